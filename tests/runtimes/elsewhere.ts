/**
 * Runs programs of this library in other runtimes than Deno: as one file, which Deno bundles.
 *
 * @module
 */
import { assertEquals } from "@std/assert";

const granted = (["read", "run", "write", "net", "env"] as const).every((name) =>
  Deno.permissions.querySync({ name }).state === "granted"
);

const decoder = new TextDecoder();

/** Returns the version that a program states; `undefined` if it cannot run. */
export function versionOf(program: string): string | undefined {
  try {
    if (!granted) return undefined;
    const { success, stdout } = new Deno.Command(program, { args: ["--version"], stderr: "null" }).outputSync();
    return success ? decoder.decode(stdout).trim() : undefined;
  } catch {
    return undefined; // it is not installed
  }
}

/** A program that runs JavaScript. */
export type Runtime = { readonly name: string; readonly path: string; readonly version: string };

/** The runtimes that `tests/runtimes/fetch.ts` fetches, as package and program. */
export const FETCHED = {
  "node22": { package: "npm:node@22", program: "bin/node" },
  "node24": { package: "npm:node@24", program: "bin/node" },
  "bun": { package: "npm:bun@1", program: "bin/bun.exe" },
} as const;

/** The folder of the runtimes that have been fetched. */
export const FOLDER = new URL("../../.runtimes/node_modules/", import.meta.url);

/** Returns the available runtimes: those that have been fetched, and Node and Bun where they are installed. */
export function runtimes(): readonly Runtime[] {
  const fetched = Object.entries(FETCHED).map(([name, { program }]) => `${FOLDER.pathname}${name}/${program}`);
  const found = [...fetched, "node", "bun"].flatMap((path): readonly Runtime[] => {
    const version = versionOf(path);
    if (version === undefined) return [];
    return [{ name: `${version.startsWith("v") ? "Node" : "Bun"} ${version.replace(/^v/, "")}`, path, version }];
  });
  return found.filter(({ name }, k) => found.findIndex((other) => other.name === name) === k);
}

/** Whether Deno can bundle: without a network it may lack the program that does it. */
let bundles: boolean | undefined;

/**
 * Bundles a program.
 *
 * @param folder The folder for it.
 * @param source The program; `LIBRARY` stands for the URL of the repository.
 * @returns The path of the bundle, `undefined` where Deno cannot bundle.
 */
export function bundle(folder: string, source: string): string | undefined {
  const entry = `${folder}/entry.ts`, path = `${folder}/bundle.mjs`;
  const run = (entry: string, path: string) =>
    new Deno.Command(Deno.execPath(), { args: ["bundle", "--platform=browser", "-o", path, entry] }).outputSync();
  if (bundles === undefined) {
    Deno.writeTextFileSync(entry, "export const x = 1;");
    bundles = run(entry, path).success;
  }
  if (!bundles) return undefined;
  Deno.writeTextFileSync(entry, source.replaceAll("LIBRARY/", new URL("../../", import.meta.url).href));
  const { success, stderr } = run(entry, path);
  assertEquals(success, true, decoder.decode(stderr));
  return path;
}

/** Runs a bundle and returns the record that it prints. */
export function answerOf(path: string, args: readonly string[]): unknown {
  const { stdout, stderr } = new Deno.Command(path, { args: [...args] }).outputSync();
  const text = decoder.decode(stdout);
  if (!text.startsWith("{")) throw new Error(`${path} ${args.join(" ")}: ${text}${decoder.decode(stderr)}`);
  return JSON.parse(text);
}

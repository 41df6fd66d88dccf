/**
 * Functions outside WebAssembly that vector code calls in rare cases: for angles too large to reduce by a few products.
 *
 * @module
 */
import { type Scalar, subexpressionsOf } from "../../scalar/scalar.ts";
import type { Callable, ModuleBuilder } from "../../wasm/mod.ts";
import { hugeAngleFunctions } from "./huge_angle.ts";

/** The functions that modules import from `engine`. */
export const SLOW_FUNCTIONS: ReturnType<typeof hugeAngleFunctions> = hugeAngleFunctions();

/** Functions that a kernel calls for the lanes that its own instructions do not cover. */
export type SlowPaths = { readonly [name in keyof typeof SLOW_FUNCTIONS]?: Callable<"f64"> };

/** Imports the functions that expressions may call into a module, which must not have functions of its own yet. */
export function importSlowPaths(m: ModuleBuilder, expressions: readonly Scalar[]): SlowPaths {
  const names = new Set(subexpressionsOf(expressions).flatMap((x) => x.kind === "unary" ? [x.name] : []));
  return Object.fromEntries(
    // The keys of both records are the same.
    (Object.keys(SLOW_FUNCTIONS) as (keyof SlowPaths)[]).filter((name) => names.has(name)).map((name) => [
      name,
      m.importFunction({ module: "engine", name }, { parameters: { x: "f64" }, result: "f64" }),
    ]),
  );
}

/**
 * Functions outside WebAssembly that vector code calls in rare cases: for angles too large to reduce by a few products.
 *
 * @module
 */
import { type Scalar, subexpressionsOf } from "../../scalar/scalar.ts";
import type { UnaryFunction } from "../../scalar/functions.ts";
import type { Callable, ModuleBuilder } from "../../wasm/mod.ts";
import { hugeAngleFunctions } from "./huge_angle.ts";
import type { SlowFunctions } from "./vector_functions.ts";

/** All functions outside WebAssembly that vector code may call. */
export const SLOW_FUNCTIONS: SlowFunctions = /* @__PURE__ */ hugeAngleFunctions();

/** Functions that a kernel calls for the lanes that its own instructions do not cover. */
export type SlowPaths = { readonly [name in UnaryFunction]?: Callable<"f64"> };

/**
 * Imports the functions that expressions may call into a module, which must not have functions of its own yet.
 *
 * @param slow The functions, which modules import from `engine`.
 */
export function importSlowPaths(m: ModuleBuilder, expressions: readonly Scalar[], slow: SlowFunctions): SlowPaths {
  const names = new Set(subexpressionsOf(expressions).flatMap((x) => x.kind === "unary" ? [x.name] : []));
  return Object.fromEntries(
    // The keys are names of functions.
    (Object.keys(slow) as UnaryFunction[]).filter((name) => names.has(name)).map((name) => [
      name,
      m.importFunction({ module: "engine", name }, { parameters: { x: "f64" }, result: "f64" }),
    ]),
  );
}

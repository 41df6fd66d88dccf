/**
 * The facts that passes need about expressions: costs and sizes.
 *
 * Loops grow by one function at a time while they are fused. So nothing here walks an expression anew that it has
 * walked before, or walks further than the answer needs.
 *
 * @module
 */
import { FUNCTION_COSTS } from "../../scalar/functions.ts";
import type { Scalar } from "../../scalar/scalar.ts";

/** Counts the functions that expressions are made of, each once; stops above `most`. */
export function countFunctions(expressions: readonly Scalar[], most: number): number {
  return totalUpTo(expressions, most, () => 1);
}

/** Returns about how long an expression takes, an addition being 1; stops above `most`. */
export function costUpTo(expression: Scalar, most: number): number {
  return totalUpTo([expression], most, (x) => x.kind === "select" ? 1 : FUNCTION_COSTS[x.name].time);
}

function totalUpTo(
  expressions: readonly Scalar[],
  most: number,
  valueOf: (x: Extract<Scalar, { inputs: unknown }>) => number,
): number {
  const seen = new Set<Scalar>(), open = [...expressions];
  let total = 0;
  for (let x = open.pop(); x !== undefined && total <= most; x = open.pop()) {
    if (!("inputs" in x) || seen.has(x)) continue;
    seen.add(x);
    total += valueOf(x);
    const { inputs } = x;
    for (let k = 0; k < inputs.length; k++) open.push(inputs[k]!);
  }
  return total;
}

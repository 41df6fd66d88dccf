/**
 * Single numbers: one instruction on each takes less time than a call of a kernel, and much less than making one.
 *
 * @module
 */
import { BINARY_FUNCTIONS } from "../../scalar/functions.ts";
import type { Scalar } from "../../scalar/scalar.ts";
import type { MutableView, View } from "../../view.ts";
import { elementsOf } from "./map_call.ts";

/**
 * Computes a sum, difference, product or quotient of two numbers, if an expression is one. These are rounded once in any dtype, so
 * that the result has the bits of a kernel's: computed in float64 and rounded, it is the nearest float32.
 *
 * @param output An array of one element.
 * @returns Whether it has computed anything.
 */
export function mapSingle(expression: Scalar, inputs: readonly View[], output: MutableView): boolean {
  if (expression.kind !== "binary") return false;
  const { name, inputs: [a, b] } = expression;
  if (name !== "add" && name !== "sub" && name !== "mul" && name !== "div") return false;
  if (a.kind !== "argument" || b.kind !== "argument") return false;
  const x = inputs[a.index]!, y = inputs[b.index]!;
  output.data[output.offset] = BINARY_FUNCTIONS[name](elementsOf(x)[x.offset]!, elementsOf(y)[y.offset]!);
  return true;
}

/**
 * Operations on single numbers, computed in JavaScript: a call of a kernel takes longer, and making a kernel much longer.
 *
 * @module
 */
import { BINARY_FUNCTIONS } from "../../scalar/functions.ts";
import type { Scalar } from "../../scalar/scalar.ts";
import type { MutableView, View } from "../../view.ts";

/**
 * Computes the sum, difference, product or quotient of two numbers, if the expression is one. The result has the same
 * bits as a kernel's: a float64 result that is rounded to float32 is the nearest float32 for these four operations.
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
  output.data[output.offset] = BINARY_FUNCTIONS[name](x.data[x.offset]!, y.data[y.offset]!);
  return true;
}

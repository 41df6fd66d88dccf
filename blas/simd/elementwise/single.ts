/**
 * Operations on single numbers, computed in JavaScript: a call of a kernel takes longer, and making a kernel much longer.
 *
 * @module
 */
import type { Scalar } from "../../scalar/interned.ts";
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
  if (a.kind !== "argument" || b.kind !== "argument") return false;
  const left = inputs[a.index]!, right = inputs[b.index]!, x = left.data[left.offset]!, y = right.data[right.offset]!;
  switch (name) {
    case "add":
      output.data[output.offset] = x + y;
      return true;
    case "sub":
      output.data[output.offset] = x - y;
      return true;
    case "mul":
      output.data[output.offset] = x * y;
      return true;
    case "div":
      output.data[output.offset] = x / y;
      return true;
    default:
      return false;
  }
}

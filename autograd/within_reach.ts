/**
 * Results that were computed by other means than their derivatives.
 *
 * @module
 */
import type { View } from "../blas/view.ts";
import { interpreterOf, isAbstract } from "./abstract_view.ts";
import { stopGradient } from "./stop_gradient.ts";
import type { Tensor } from "./tensor.ts";
import { innerView } from "./tensor_record.ts";

/**
 * Returns the view of a result whose derivatives with respect to these operands are defined apart, at the level of the
 * innermost operand. A result that does not depend on that operand is from further outside, where nothing knows the
 * operand: a graph that leads from it to the operand would leave the function that the operand belongs to.
 */
export function withinReach(result: Tensor, operands: readonly Tensor[]): View {
  const innermost = interpreterOf(operands.map((t) => innerView(t))), view = innerView(result);
  if (innermost?.hold === undefined || (isAbstract(view) && view.interpreter.level >= innermost.level)) return view;
  return innermost.hold(stopGradient(result));
}

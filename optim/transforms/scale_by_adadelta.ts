/**
 * Adadelta's scaling.
 *
 * @module
 */
import { add, div, mul, sqrt } from "../../blas/scalar/scalar.ts";
import { deferredElementwise, deferredNumber, materialize } from "./deferred.ts";
import { meanSquareFor } from "./flush.ts";
import { leafwise, type Memory } from "./leafwise.ts";
import type { Transform } from "./transform.ts";

const stepOf = /* @__PURE__ */ deferredElementwise((g, v, u, epsilon) =>
  mul(div(sqrt(add(u, epsilon)), sqrt(add(v, epsilon))), g)
);

/**
 * Divides each gradient by the root of its mean square, and multiplies it by the root of the mean square of the updates so far.
 *
 * @param settings The share that both means keep, and the number that is added to them, checked.
 */
export function scaleByAdadelta(
  { rho, epsilon }: { readonly rho: number; readonly epsilon: number },
): Transform<Memory<"meanSquare" | "meanSquareStep">> {
  const [kept, rest, added] = [rho, 1 - rho, epsilon].map(deferredNumber), meanSquareOf = meanSquareFor(epsilon);
  return leafwise<"meanSquare" | "meanSquareStep">({
    name: "scaleByAdadelta",
    config: { rho, epsilon },
    slots: ["meanSquare", "meanSquareStep"],
    begin: () => (gradient, [v, u], parameter) => {
      const meanSquare = materialize(meanSquareOf(v!, gradient, kept!, rest!), parameter);
      const update = materialize(stepOf(gradient, meanSquare, u!, added!), parameter);
      return [update, [meanSquare, materialize(meanSquareOf(u!, update, kept!, rest!), parameter)]];
    },
  });
}

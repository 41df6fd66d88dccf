/**
 * Sums over the steps of a loop that are deferred until after it: one product of tall matrices in place of a small
 * product and an addition in each step.
 *
 * @module
 */
import type { View } from "../../blas/view.ts";
import { add } from "../ops/arithmetic.ts";
import { matmul } from "../ops/matmul.ts";
import { reshape } from "../ops/reshape.ts";
import { sum } from "../ops/sum.ts";
import { transpose } from "../ops/transpose.ts";
import { apply, type Primitive } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import type { Equation } from "./recorded_function.ts";

/** A sum over all steps, computed from stacked values: those of all steps along a new first axis. */
export type Deferred = {
  /** The values that must be stacked. */
  readonly needs: readonly View[];
  readonly total: (stacked: (view: View) => Tensor) => Tensor;
};

/** Questions about the values of a step. */
export type Values = {
  /** Returns the equation of the backward step that computes a value. */
  readonly maker: (view: View) => Equation | undefined;
  /** Whether a value differs from step to step. */
  readonly isChanging: (view: View) => boolean;
  /** Whether a value is stacked anyway. */
  readonly isStacked: (view: View) => boolean;
};

/** Linear operations of one operand, which can be applied to the sum instead of the terms. */
const LINEAR: ReadonlySet<string> = new Set(["transpose", "reshape", "sum", "broadcastTo"]);

/**
 * Defers the sum of a value over all steps.
 *
 * @returns `undefined` if that takes too much memory, or is not known to be equivalent.
 */
export function deferredSum(view: View, values: Values): Deferred | undefined {
  if (values.isChanging(view) && values.isStacked(view)) {
    return { needs: [view], total: (stacked) => sum(stacked(view), { axes: 0 }) };
  }
  const made = values.maker(view);
  if (made === undefined) return undefined;
  const { primitive, attributes, inputs } = made;
  if (primitive.name === "add" && inputs.every(({ shape }) => String(shape) === String(view.shape))) {
    const parts = inputs.map((t) => deferredSum(t.view, values)), [a, b] = parts;
    if (a === undefined || b === undefined) return undefined;
    return { needs: [...a.needs, ...b.needs], total: (stacked) => add(a.total(stacked), b.total(stacked)) };
  }
  if (primitive.name === "matmul") return deferredProduct(inputs[0]!.view, inputs[1]!.view, values);
  if (!LINEAR.has(primitive.name)) return undefined;
  const inner = deferredSum(inputs[0]!.view, values);
  if (inner === undefined) return undefined;
  // These are the primitive and its own attributes.
  const finish = (t: Tensor): Tensor => apply(primitive as Primitive<unknown>, attributes, [t]);
  return { needs: inner.needs, total: (stacked) => finish(inner.total(stacked)) };
}

/** Defers a sum of products of two matrices: it is one product of the matrices of all steps, joined along the inner axis. */
function deferredProduct(a: View, b: View, values: Values): Deferred | undefined {
  if (a.shape.length !== 2 || b.shape.length !== 2 || !values.isChanging(a) || !values.isChanging(b)) return undefined;
  const [m, k] = a.shape as [number, number], n = b.shape[1]!; // a matrix
  if (k * (m + n) > 4 * m * n) return undefined;
  const left = sourceOf(a, values), right = sourceOf(b, values);
  return {
    needs: [left.view, right.view],
    total: (stacked) =>
      // Both are [steps * k, …], so that a matrix that was transposed in each step need not be copied.
      matmul(
        transpose(columns(stacked(left.view), left.isTransposed ? [0, 1, 2] : [0, 2, 1])),
        columns(stacked(right.view), right.isTransposed ? [0, 2, 1] : [0, 1, 2]),
      ),
  };
}

/** Returns the matrix of which this one is the transpose, if it is one, or the matrix itself. */
function sourceOf(view: View, { maker }: Values): { readonly view: View; readonly isTransposed: boolean } {
  const made = maker(view), isTransposed = made?.primitive.name === "transpose";
  return { view: isTransposed ? made!.inputs[0]!.view : view, isTransposed };
}

/** Returns the matrices of all steps, one below another. */
function columns(stacked: Tensor, axes: readonly number[]): Tensor {
  const turned = axes[1] === 1 ? stacked : transpose(stacked, axes), [steps, rows, width] = turned.shape;
  return reshape(turned, [steps! * rows!, width!]);
}

/**
 * Walking through several strided views in step.
 *
 * @module
 */
import type { Shape } from "./shape.ts";
import type { MutableView, View } from "./view.ts";

/** A shape with the strides of several views over it, with as few axes as possible. */
export type Walk = { readonly shape: Shape; readonly strides: readonly (readonly number[])[] };

/**
 * Drops axes of length 1 and joins neighbouring axes that every view steps through evenly, so that inner loops are
 * long. The order of elements stays. The shape `[]` becomes one axis of length 1.
 */
export function coalesce(shape: Shape, strides: readonly (readonly number[])[]): Walk {
  const lengths: number[] = [];
  const steps = strides.map((): number[] => []);
  for (let axis = 0; axis < shape.length; axis++) {
    const length = shape[axis]!;
    if (length === 1) continue;
    const last = lengths.length - 1;
    const even = last >= 0 && strides.every((stride, k) => steps[k]![last] === length * stride[axis]!);
    if (even) lengths[last] = lengths[last]! * length;
    else lengths.push(length);
    strides.forEach((stride, k) => steps[k]![even ? last : last + 1] = stride[axis]!);
  }
  if (lengths.length === 0) return { shape: [1], strides: strides.map(() => [1]) };
  return { shape: lengths, strides: steps };
}

/**
 * The walks of a reduction: over the axes that it keeps, with the strides of input and output, and over those that it
 * reduces, with the input's strides.
 */
export type ReductionWalks = { readonly outside: Walk; readonly inside: Walk };

/** Returns the walks of a reduction of the axes that have length 1 in the output. */
export function reductionWalks(input: View, output: View | MutableView): ReductionWalks {
  const axesOf = (isKept: boolean) =>
    input.shape.map((_, axis) => axis).filter((axis) => (output.shape[axis] === input.shape[axis]) === isKept);
  const walk = (axes: readonly number[], views: readonly (View | MutableView)[]): Walk =>
    coalesce(axes.map((axis) => input.shape[axis]!), views.map(({ stride }) => axes.map((axis) => stride[axis]!)));
  return { outside: walk(axesOf(true), [input, output]), inside: walk(axesOf(false), [input]) };
}

/**
 * Calls `visit` with the offsets of the first element of every innermost run.
 *
 * @param walk The walk; if it has no elements, `visit` is not called.
 * @param offsets The offset of each view's first element.
 * @param visit Receives the offsets, in an array that is reused for the next call.
 */
export function forEachRun({ shape, strides }: Walk, offsets: readonly number[], visit: (at: number[]) => void): void {
  const outer = shape.length - 1;
  if (shape.includes(0)) return;
  const at = offsets.slice(), index = new Array<number>(outer).fill(0);
  while (true) {
    visit(at);
    let axis = outer - 1;
    for (; axis >= 0; axis--) {
      const more = ++index[axis]! < shape[axis]!;
      for (let k = 0; k < at.length; k++) {
        at[k]! += strides[k]![axis]! * (more ? 1 : 1 - shape[axis]!);
      }
      if (more) break;
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}

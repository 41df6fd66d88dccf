/**
 * Elements picked along an axis by index, and their adjoint: elements added up where an index says.
 *
 * Both move memory and compute next to nothing, so plain loops do for every engine.
 *
 * @module
 */
import type { DType } from "./dtype.ts";
import { coalesce, forEachRun } from "./reference/iterate.ts";
import type { MutableView, View } from "./view.ts";

/**
 * `y[o, j, i] = x[o, indices[o, j, i], i]`, where `j` runs along the axis, `o` and `i` along those before and after it.
 *
 * @param operands `indices` and `y` of one shape, `x` of the same but for the axis, whose length must not be 0 if `y` has
 * elements. Indices are rounded, and those outside taken as the nearest inside.
 */
export function gather<D extends DType>(
  { axis, x, indices, y }: {
    readonly axis: number;
    readonly x: View<D>;
    readonly indices: View<D>;
    readonly y: MutableView<D>;
  },
): void {
  const from = x.data as MutableView<D>["data"], to = y.data;
  forEachPair(axis, x, y, indices, (p, q, n, pStep, qStep) => {
    for (let i = 0; i < n; i++, p += pStep, q += qStep) to[q] = from[p]!;
  });
}

/**
 * `y[o, indices[o, j, i], i] += x[o, j, i]`. Indices may repeat; their elements are added in the order of `j`.
 *
 * @param operands As of {@link gather}, `x` and `y` with changed roles.
 */
export function scatterAdd<D extends DType>(
  { axis, x, indices, y }: {
    readonly axis: number;
    readonly x: View<D>;
    readonly indices: View<D>;
    readonly y: MutableView<D>;
  },
): void {
  const from = x.data as MutableView<D>["data"], to = y.data;
  forEachPair(axis, y, x, indices, (p, q, n, pStep, qStep) => {
    for (let i = 0; i < n; i++, p += pStep, q += qStep) to[p] = to[p]! + from[q]!;
  });
}

type Strided = Pick<View, "shape" | "stride" | "offset">;

/** What happens to `n` pairs of elements: from `p` on in the array pointed into, from `q` on in the other. */
type Visit = (p: number, q: number, n: number, pStep: number, qStep: number) => void;

/** Visits the pairs: a row at once where one index serves all of it, as that of an embedding does, else one by one. */
function forEachPair(axis: number, whole: Strided, picked: Strided, indices: View, visit: Visit): void {
  const rest = picked.shape.map((_, k) => k).filter((k) => k !== axis);
  const across = coalesce(
    rest.map((k) => picked.shape[k]!),
    [whole, picked, indices].map(({ stride }) => rest.map((k) => stride[k]!)),
  );
  const last = across.shape.length - 1, n = across.shape[last]!, count = picked.shape[axis]!;
  const [pStep, qStep, rStep] = across.strides.map((strides) => strides[last]!) as [number, number, number];
  const pAlong = whole.stride[axis]!, qAlong = picked.stride[axis]!, rAlong = indices.stride[axis]!;
  const highest = whole.shape[axis]! - 1;
  const pick = (r: number): number => Math.min(Math.max(Math.round(indices.data[r]!), 0), highest) * pAlong;
  forEachRun(across, [whole.offset, picked.offset, indices.offset], (at) => {
    const [p, q, r] = at as [number, number, number];
    for (let j = 0; j < count; j++) {
      const to = q + j * qAlong, index = r + j * rAlong;
      if (rStep === 0 || n === 1) visit(p + pick(index), to, n, pStep, qStep);
      else {
        for (let i = 0; i < n; i++) visit(p + i * pStep + pick(index + i * rStep), to + i * qStep, 1, 0, 0);
      }
    }
  });
}

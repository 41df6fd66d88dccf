/**
 * Elements picked along an axis by index, and their adjoint: elements added up where an index says.
 *
 * Both move memory and compute next to nothing, so plain loops do for every engine.
 *
 * @module
 */
import type { DType } from "./dtype.ts";
import { coalesce, forEachRun } from "./walk.ts";
import type { MutableView, View } from "./view.ts";

/** What {@link gather} and {@link scatterAdd} work on. */
export type GatherOperands<D extends DType> = {
  /** The axis that the indices count along. */
  readonly axis: number;
  /** The array read from. */
  readonly x: View<D>;
  /** Whole numbers, one for each element picked. */
  readonly indices: View<D>;
  /** The array written to. */
  readonly y: MutableView<D>;
};

/**
 * `y[o, j, i] = x[o, indices[o, j, i], i]`, where `j` runs along the axis, `o` and `i` along those before and after it.
 *
 * @param operands `indices` and `y` of one shape, `x` of the same but for the axis, whose length must not be 0 if `y` has
 * elements. Indices are rounded, and those outside taken as the nearest inside.
 */
export function gather<D extends DType>({ axis, x, indices, y }: GatherOperands<D>): void {
  const from = x.data as MutableView<D>["data"], to = y.data;
  const highest = x.shape[axis]! - 1, at = indices.data as MutableView<D>["data"];
  forEachPair(axis, x, y, indices, {
    row: (p, q, n, pStep, qStep) => {
      if (pStep === 1 && qStep === 1 && n >= LONG) to.set(from.subarray(p, p + n), q);
      else for (let i = 0; i < n; i++, p += pStep, q += qStep) to[q] = from[p]!;
    },
    column: (p, q, r, n, pStep, qStep, rStep) => {
      for (let j = 0; j < n; j++, q += qStep, r += rStep) {
        const index = at[r]!, whole = index | 0; // quick, and enough for what has been checked
        const own = whole === index && whole >= 0 && whole <= highest ? whole : nearest(index, highest);
        to[q] = from[p + own * pStep]!;
      }
    },
  });
}

/**
 * `y[o, indices[o, j, i], i] += x[o, j, i]`. Indices may repeat; their elements are added in the order of `j`.
 *
 * @param operands As of {@link gather}, `x` and `y` with changed roles.
 */
export function scatterAdd<D extends DType>({ axis, x, indices, y }: GatherOperands<D>): void {
  const from = x.data as MutableView<D>["data"], to = y.data;
  const highest = y.shape[axis]! - 1, at = indices.data as MutableView<D>["data"];
  forEachPair(axis, y, x, indices, {
    row: (p, q, n, pStep, qStep) => {
      for (let i = 0; i < n; i++, p += pStep, q += qStep) to[p] = to[p]! + from[q]!;
    },
    column: (p, q, r, n, pStep, qStep, rStep) => {
      for (let j = 0; j < n; j++, q += qStep, r += rStep) {
        const index = at[r]!, whole = index | 0;
        const own = whole === index && whole >= 0 && whole <= highest ? whole : nearest(index, highest);
        to[p + own * pStep] = to[p + own * pStep]! + from[q]!;
      }
    },
  });
}

/** Rows of so many elements are moved by one call. */
const LONG = 16;

type Strided = Pick<View, "shape" | "stride" | "offset">;

/** What happens to elements: `p` counts in the array pointed into, `q` in the other, `r` in the indices. */
type Visit = {
  /** To `n` pairs for which one index serves. */
  readonly row: (p: number, q: number, n: number, pStep: number, qStep: number) => void;
  /** To `n` elements along the axis, of which each has an index. */
  readonly column: (p: number, q: number, r: number, n: number, pStep: number, qStep: number, rStep: number) => void;
};

/** The position that an index means: rounded, and the nearest inside. */
const nearest = (index: number, highest: number): number => Math.min(Math.max(Math.round(index), 0), highest);

/** Visits the elements: a row at once where one index serves all of it, as that of an embedding does, else along the axis. */
function forEachPair(axis: number, whole: Strided, picked: Strided, indices: View, { row, column }: Visit): void {
  const rest = picked.shape.map((_, k) => k).filter((k) => k !== axis);
  const across = coalesce(
    rest.map((k) => picked.shape[k]!),
    [whole, picked, indices].map(({ stride }) => rest.map((k) => stride[k]!)),
  );
  const last = across.shape.length - 1, n = across.shape[last]!, count = picked.shape[axis]!;
  const [pStep, qStep, rStep] = across.strides.map((strides) => strides[last]!) as [number, number, number];
  const pAlong = whole.stride[axis]!, qAlong = picked.stride[axis]!, rAlong = indices.stride[axis]!;
  const highest = whole.shape[axis]! - 1;
  forEachRun(across, [whole.offset, picked.offset, indices.offset], (at) => {
    const [p, q, r] = at as [number, number, number];
    if (rStep === 0 && n > 1) {
      for (let j = 0; j < count; j++) {
        row(p + nearest(indices.data[r + j * rAlong]!, highest) * pAlong, q + j * qAlong, n, pStep, qStep);
      }
    } else {
      for (let i = 0; i < n; i++) column(p + i * pStep, q + i * qStep, r + i * rStep, count, pAlong, qAlong, rAlong);
    }
  });
}

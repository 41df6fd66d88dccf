/**
 * Picking elements along an axis by index, and the adjoint: adding elements at the positions that indices name.
 *
 * These are plain loops; `blas/simd/gather.ts` picks lines of elements in WebAssembly.
 *
 * @module
 */
import type { DType } from "./dtype.ts";
import { coalesce, forEachRun } from "./walk.ts";
import type { MutableView, View } from "./view.ts";

/** Operands of {@link gather} and {@link scatterAdd}. */
export type GatherOperands<D extends DType> = {
  /** The axis that the indices count along. */
  readonly axis: number;
  /** The array that is read. */
  readonly x: View<D>;
  /** Whole numbers, one for each element picked. */
  readonly indices: View<D>;
  /** The array that is written. */
  readonly y: MutableView<D>;
};

/**
 * Computes `y[o, j, i] = x[o, indices[o, j, i], i]`: `j` runs along the axis, `o` and `i` along the axes around it.
 *
 * @param operands `indices` and `y` have one shape; `x` has the same except along the axis, which must not be empty if
 * `y` has elements. Indices are rounded, and clamped to the axis.
 */
export function gather<D extends DType>({ axis, x, indices, y }: GatherOperands<D>): void {
  const from = x.data as MutableView<D>["data"], to = y.data; // only read here
  const highest = x.shape[axis]! - 1, at = indices.data as MutableView<D>["data"]; // only read here
  forEachPair(axis, x, y, indices, {
    rows: (p, q, r, steps) => pickRows(from, to, at, p, q, r, steps, highest),
    column: (p, q, r, n, pStep, qStep, rStep) => pick(from, to, at, p, q, r, n, pStep, qStep, rStep, highest),
  });
}

/**
 * Computes `y[o, indices[o, j, i], i] += x[o, j, i]`. Indices may repeat; their elements are added in the order of `j`.
 *
 * @param operands As for {@link gather}, with `x` and `y` exchanged.
 */
export function scatterAdd<D extends DType>({ axis, x, indices, y }: GatherOperands<D>): void {
  const from = x.data as MutableView<D>["data"], to = y.data; // only read here
  const highest = y.shape[axis]! - 1, at = indices.data as MutableView<D>["data"]; // only read here
  forEachPair(axis, y, x, indices, {
    rows: (p, q, r, steps) => addRows(from, to, at, p, q, r, steps, highest),
    column: (p, q, r, n, pStep, qStep, rStep) => addUp(from, to, at, p, q, r, n, pStep, qStep, rStep, highest),
  });
}

/** Tells whether all numbers are whole, and from `low` to `high`. */
export function allWithin({ shape, stride, offset, data }: View, low: number, high: number): boolean {
  const { shape: [...lengths], strides: [steps] } = coalesce(shape, [stride]), last = lengths.length - 1;
  let all = true;
  forEachRun({ shape: lengths, strides: [steps!] }, [offset], ([start]) => {
    for (let k = 0, at = start!; k < lengths[last]!; k++, at += steps![last]!) {
      const value = data[at]!;
      if (!(Number.isInteger(value) && value >= low && value <= high)) all = false;
    }
  });
  return all;
}

/** Rows of at least this many elements are moved by a call each, which takes as long as a loop over them. */
const LONG = 28;

type Data = MutableView["data"];

/**
 * Visits `n` elements of an axis, each with its own index. `p` is a position in the indexed array, `q` in the other
 * one, `r` in the indices `at`.
 */
type Column = (
  from: Data,
  to: Data,
  at: Data,
  p: number,
  q: number,
  r: number,
  n: number,
  pStep: number,
  qStep: number,
  rStep: number,
  highest: number,
) => void;

/** Visits `count` rows of `n` elements, each with one index, from the same positions as {@link Column}. */
type Rows = (
  from: Data,
  to: Data,
  at: Data,
  p: number,
  q: number,
  r: number,
  steps: RowSteps,
  highest: number,
) => void;

/** How many rows there are, and the steps of the three arrays from row to row, and of two of them within a row. */
type RowSteps = {
  readonly count: number;
  readonly n: number;
  readonly pStep: number;
  readonly qStep: number;
  readonly pAlong: number;
  readonly qAlong: number;
  readonly rAlong: number;
};

// Top-level functions in integer arithmetic that the runtime recognizes: several times as fast as closures.

/** Computes `to[q + j, i] = from[p + at[r + j], i]`. */
const pickRows: Rows = (from, to, at, p, q, r, { count, n, pStep, qStep, pAlong, qAlong, rAlong }, highest) => {
  const whole = pStep === 1 && qStep === 1 && n >= LONG;
  for (let j = 0; j < count; j++) {
    let own = (p + Math.imul(positionOf(at[(r + Math.imul(j, rAlong)) | 0]!, highest), pAlong)) | 0;
    let there = (q + Math.imul(j, qAlong)) | 0;
    if (whole) to.set(from.subarray(own, own + n), there);
    else {
      for (let i = 0; i < n; i++) {
        to[there] = from[own]!;
        own = (own + pStep) | 0;
        there = (there + qStep) | 0;
      }
    }
  }
};

/** Computes `to[p + at[r + j], i] += from[q + j, i]`. */
const addRows: Rows = (from, to, at, p, q, r, { count, n, pStep, qStep, pAlong, qAlong, rAlong }, highest) => {
  for (let j = 0; j < count; j++) {
    let own = (p + Math.imul(positionOf(at[(r + Math.imul(j, rAlong)) | 0]!, highest), pAlong)) | 0;
    let there = (q + Math.imul(j, qAlong)) | 0;
    for (let i = 0; i < n; i++) {
      to[own] = to[own]! + from[there]!;
      own = (own + pStep) | 0;
      there = (there + qStep) | 0;
    }
  }
};

/** Computes `to[q + j] = from[p + at[r + j]]`, each array with its own step. */
const pick: Column = (from, to, at, p, q, r, n, pStep, qStep, rStep, highest) => {
  for (let j = 0; j < n; j++) {
    const own = positionOf(at[(r + Math.imul(j, rStep)) | 0]!, highest);
    to[(q + Math.imul(j, qStep)) | 0] = from[(p + Math.imul(own, pStep)) | 0]!;
  }
};

/** Computes `to[p + at[r + j]] += from[q + j]`, each array with its own step. */
const addUp: Column = (from, to, at, p, q, r, n, pStep, qStep, rStep, highest) => {
  for (let j = 0; j < n; j++) {
    const own = (p + Math.imul(positionOf(at[(r + Math.imul(j, rStep)) | 0]!, highest), pStep)) | 0;
    to[own] = to[own]! + from[(q + Math.imul(j, qStep)) | 0]!;
  }
};

type Strided = Pick<View, "shape" | "stride" | "offset">;

/** The processing of elements: `p` is a position in the indexed array, `q` in the other one, `r` in the indices. */
type Visit = {
  /** Processes rows of pairs that share one index. */
  readonly rows: (p: number, q: number, r: number, steps: RowSteps) => void;
  /** Processes `n` elements along the axis, each with its own index. */
  readonly column: (p: number, q: number, r: number, n: number, pStep: number, qStep: number, rStep: number) => void;
};

/** Returns the position that an index means: rounded, and clamped to the axis. */
export function positionOf(index: number, highest: number): number {
  const whole = index | 0; // enough for indices that have been checked
  return whole === index && whole >= 0 && whole <= highest
    ? whole
    : Math.min(Math.max(Math.round(index), 0), highest) | 0;
}

/**
 * Visits the elements: a whole row at once where its elements share an index, as in an embedding, otherwise along the
 * axis.
 */
function forEachPair(axis: number, whole: Strided, picked: Strided, indices: View, { rows, column }: Visit): void {
  const rest = picked.shape.map((_, k) => k).filter((k) => k !== axis);
  const across = coalesce(
    rest.map((k) => picked.shape[k]!),
    [whole, picked, indices].map(({ stride }) => rest.map((k) => stride[k]!)),
  );
  const last = across.shape.length - 1, n = across.shape[last]!, count = picked.shape[axis]!;
  // A step of each operand.
  const [pStep, qStep, rStep] = across.strides.map((strides) => strides[last]!) as [number, number, number];
  const pAlong = whole.stride[axis]!, qAlong = picked.stride[axis]!, rAlong = indices.stride[axis]!;
  const steps = { count, n, pStep, qStep, pAlong, qAlong, rAlong };
  forEachRun(across, [whole.offset, picked.offset, indices.offset], (at) => {
    const [p, q, r] = at as [number, number, number]; // a position for each operand
    if (rStep === 0 && n > 1) {
      rows(p, q, r, steps);
    } else {
      for (let i = 0; i < n; i++) column(p + i * pStep, q + i * qStep, r + i * rStep, count, pAlong, qAlong, rAlong);
    }
  });
}

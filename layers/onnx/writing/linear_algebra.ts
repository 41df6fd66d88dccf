/**
 * Linear algebra, which ONNX does not have, in operations that it has: eliminations and reflections written out column by
 * column, rotations as a fold.
 *
 * @module
 */
import * as ops from "../../../autograd/ops/mod.ts";
import type { AxisRange } from "../../../autograd/ops/mod.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { innerShape } from "../../../autograd/tensor_record.ts";
import { scanAlong } from "../../../autograd/transforms/scan_along.ts";
import { arange, constant, eye, full } from "../../../autograd/values/constructors.ts";

/** A function of tensors in place of a primitive. */
export type Expansion = (inputs: readonly Tensor[], settings: Readonly<Record<string, unknown>>) => readonly Tensor[];

const transposed = (t: Tensor): Tensor => {
  const rank = innerShape(t).length;
  return ops.transpose(t, [...Array.from({ length: rank - 2 }, (_, k) => k), rank - 1, rank - 2]);
};

/** Rows `from` up to `to`, and columns, of matrices. */
function block(t: Tensor, rows: AxisRange, columns: AxisRange): Tensor {
  return ops.sliceAxes(t, [...innerShape(t).slice(0, -2).map((): AxisRange => []), rows, columns]);
}

const column = (t: Tensor, j: number): Tensor => block(t, [], [j, j + 1]);
const row = (t: Tensor, i: number): Tensor => block(t, [i, i + 1], []);
const element = (t: Tensor, i: number, j: number): Tensor => block(t, [i, i + 1], [j, j + 1]);

/** A column of 1 where the test holds for the number of the row, and 0 elsewhere. */
const rowsWhere = (t: Tensor, count: number, test: (row: number) => boolean): Tensor =>
  constant(Float64Array.from({ length: count }, (_, k) => test(k) ? 1 : 0), { dtype: t.dtype, shape: [count, 1] });

const sizesOf = (t: Tensor): readonly [number, number] => innerShape(t).slice(-2) as [number, number]; // of matrices

const cholesky: Expansion = ([a]) => {
  const [n] = sizesOf(a!), columns: Tensor[] = [];
  let rest = ops.scale(ops.add(a!, transposed(a!)), 0.5);
  for (let j = 0; j < n; j++) {
    const own = ops.mul(ops.div(column(rest, j), ops.sqrt(element(rest, j, j))), rowsWhere(rest, n, (k) => k >= j));
    columns.push(own);
    rest = ops.sub(rest, ops.matmul(own, transposed(own)));
  }
  return [ops.concat(columns, -1)];
};

const solveTriangular: Expansion = ([a, b], { lower }) => {
  const [n] = sizesOf(a!), order = Array.from({ length: n }, (_, k) => lower ? k : n - 1 - k), rows: Tensor[] = [];
  let rest = b!;
  for (const i of order) {
    const own = ops.div(row(rest, i), element(a!, i, i));
    rows[i] = own;
    rest = ops.sub(rest, ops.matmul(ops.mul(column(a!, i), rowsWhere(a!, n, (k) => lower ? k > i : k < i)), own));
  }
  return [ops.concat(rows, -2)];
};

/** Gauss-Jordan elimination with the largest pivots: the solution, the pivots, and -1 for each exchange of rows, or 1. */
function eliminated(
  a: Tensor,
  b: Tensor,
): { readonly x: Tensor; readonly pivots: readonly Tensor[]; readonly signs: readonly Tensor[] } {
  const [n] = sizesOf(a), [, width] = sizesOf(b), pivots: Tensor[] = [], signs: Tensor[] = [];
  const numbers = arange(0, n, 1, { dtype: a.dtype });
  let both = ops.concat([a, b], -1);
  for (let j = 0; j < n; j++) {
    const candidates = ops.where(rowsWhere(a, n, (k) => k >= j), ops.abs(column(both, j)), -1);
    const at = ops.argmax(ops.squeeze(candidates, -1), -1), own = rowsWhere(a, n, (k) => k === j);
    const found = ops.expandDims(ops.equal(numbers, ops.expandDims(at, -1)), -1);
    const pivotRow = ops.sum(ops.mul(both, found), { axes: -2, keepDims: true });
    both = ops.where(own, pivotRow, ops.where(found, row(both, j), both));
    const pivot = column(pivotRow, j), factors = ops.where(own, 0, ops.div(column(both, j), pivot));
    both = ops.sub(both, ops.matmul(factors, pivotRow));
    pivots.push(ops.reshape(pivot, innerShape(a).slice(0, -2)));
    signs.push(ops.neg(ops.sub(ops.scale(ops.notEqual(at, j), 2), 1)));
  }
  const divisors = ops.stack(pivots, -1);
  return { x: ops.div(block(both, [], [n, n + width]), ops.expandDims(divisors, -1)), pivots, signs };
}

const solve: Expansion = ([a, b]) => [eliminated(a!, b!).x];

/** The identity for each matrix of a stack. */
const identities = (a: Tensor): Tensor =>
  ops.broadcastTo(eye(sizesOf(a)[0], sizesOf(a)[0], { dtype: a.dtype }), innerShape(a));

const inverse: Expansion = ([a]) => [eliminated(a!, identities(a!)).x];

const determinant: Expansion = ([a]) => {
  if (sizesOf(a!)[0] === 0) return [full(innerShape(a!).slice(0, -2), 1, { dtype: a!.dtype })];
  const { pivots, signs } = eliminated(a!, column(a!, 0));
  return [[...pivots, ...signs].reduce((product, factor) => ops.mul(product, factor))];
};

const logDeterminant: Expansion = ([a]) => {
  if (sizesOf(a!)[0] === 0) return [full(innerShape(a!).slice(0, -2), 0, { dtype: a!.dtype })];
  const { pivots } = eliminated(a!, column(a!, 0));
  return [pivots.map((pivot) => ops.log(ops.abs(pivot))).reduce((sum, part) => ops.add(sum, part))];
};

/** Householder reflections, with LAPACK's signs. */
const qr: Expansion = ([a]) => {
  const [m, n] = sizesOf(a!), reflections: { readonly v: Tensor; readonly factor: Tensor }[] = [];
  const squares = (t: Tensor): Tensor => ops.sum(ops.square(t), { axes: -2, keepDims: true });
  const reflected = (t: Tensor, { v, factor }: (typeof reflections)[number]): Tensor =>
    ops.sub(t, ops.mul(factor, ops.matmul(v, ops.matmul(transposed(v), t))));
  let r = a!;
  for (let j = 0; j < n; j++) {
    const own = column(r, j), first = element(r, j, j), below = squares(ops.mul(own, rowsWhere(r, m, (k) => k > j)));
    const length = ops.sqrt(ops.add(ops.square(first), below));
    const diagonal = ops.where(ops.greater(first, 0), ops.neg(length), length), isNone = ops.equal(below, 0);
    const v = ops.where(
      rowsWhere(r, m, (k) => k === j),
      ops.sub(first, diagonal),
      ops.mul(own, rowsWhere(r, m, (k) => k > j)),
    );
    const factor = ops.where(isNone, 0, ops.scale(ops.reciprocal(ops.where(isNone, 1, squares(v))), 2));
    reflections.push({ v, factor });
    r = reflected(r, reflections[j]!);
  }
  const start = ops.broadcastTo(block(eye(m, m, { dtype: a!.dtype }), [], [0, n]), innerShape(a!));
  return [reflections.reduceRight(reflected, start), ops.triu(block(r, [0, n], []))];
};

/** How often each pair of columns is rotated: single and double precision need some six to eight. */
const SWEEPS = 10;

/** What is rotated: a matrix, and the product of the rotations. */
type Rotated = readonly [matrix: Tensor, rotations: Tensor];

/** Rotates all pairs of columns, sweep after sweep. */
function rotated(start: Rotated, n: number, step: (now: Rotated, p: Tensor, q: Tensor) => Rotated): Rotated {
  if (n < 2) return start;
  return scanAlong(
    (now: Rotated, { p, q }: { readonly p: Tensor; readonly q: Tensor }) => [step(now, p, q), null] as const,
    start,
    pairsOf(start[0], n),
  )[0];
}

/** All pairs of columns, sweep after sweep, as columns of 0 and 1. */
function pairsOf(like: Tensor, n: number): { readonly p: Tensor; readonly q: Tensor } {
  const pairs = Array.from(
    { length: n },
    (_, p) => Array.from({ length: n - p - 1 }, (_, k) => [p, p + 1 + k] as const),
  ).flat();
  const all = Array.from({ length: SWEEPS }, () => pairs).flat();
  const hot = (which: 0 | 1): Tensor => {
    const table = new Float64Array(all.length * n);
    all.forEach((pair, step) => table[step * n + pair[which]] = 1);
    return constant(table, { dtype: like.dtype, shape: [all.length, n, 1] });
  };
  return { p: hot(0), q: hot(1) };
}

/** The rotation of columns `p` and `q` that makes `gamma`, their product, 0. */
function rotation(p: Tensor, q: Tensor, [alpha, beta, gamma]: readonly [Tensor, Tensor, Tensor], n: number): Tensor {
  const isDone = ops.equal(gamma, 0);
  const zeta = ops.div(ops.sub(beta, alpha), ops.scale(ops.where(isDone, 1, gamma), 2));
  const root = ops.add(ops.abs(zeta), ops.sqrt(ops.add(ops.square(zeta), 1)));
  const t = ops.where(isDone, 0, ops.div(ops.where(ops.less(zeta, 0), constant(-1, { dtype: p.dtype }), 1), root));
  const c = ops.rsqrt(ops.add(ops.square(t), 1)), s = ops.mul(t, c);
  const both = ops.add(ops.matmul(p, transposed(p)), ops.matmul(q, transposed(q)));
  const across = ops.sub(ops.matmul(p, transposed(q)), ops.matmul(q, transposed(p)));
  return ops.add(ops.add(eye(n, n, { dtype: p.dtype }), ops.mul(ops.sub(c, 1), both)), ops.mul(s, across));
}

/** 1 or -1 for each column, so that the first of its largest elements is positive. */
function signsOf(t: Tensor): Tensor {
  const at = ops.argmax(ops.abs(t), { axis: innerShape(t).length - 2, keepDims: true });
  return ops.where(ops.less(ops.takeAlong(t, at, innerShape(t).length - 2), 0), constant(-1, { dtype: t.dtype }), 1);
}

/** Takes columns in an order `[..., n]`. */
const ordered = (t: Tensor, order: Tensor): Tensor =>
  ops.takeAlong(t, ops.broadcastTo(ops.expandDims(order, -2), innerShape(t)), innerShape(t).length - 1);

const eigh: Expansion = ([a]) => {
  const [n] = sizesOf(a!), symmetric = ops.scale(ops.add(a!, transposed(a!)), 0.5);
  const [last, vectors] = rotated([symmetric, identities(symmetric)], n, ([m, v], p, q) => {
    const between = (x: Tensor, y: Tensor): Tensor => ops.matmul(transposed(x), ops.matmul(m, y));
    const j = rotation(p, q, [between(p, p), between(q, q), between(p, q)], n);
    return [ops.matmul(transposed(j), ops.matmul(m, j)), ops.matmul(v, j)];
  });
  const values = ops.sum(ops.mul(last, eye(n, n, { dtype: a!.dtype })), { axes: -1 });
  const order = ops.argsort(values, { axis: -1 }), own = ordered(vectors, order);
  return [ops.takeAlong(values, order, innerShape(values).length - 1), ops.mul(own, signsOf(own))];
};

/** Of matrices with at least as many rows as columns: rotations make the columns orthogonal. */
function triplets(a: Tensor): readonly [u: Tensor, s: Tensor, v: Tensor] {
  const [, n] = sizesOf(a),
    start = ops.broadcastTo(eye(n, n, { dtype: a.dtype }), [...innerShape(a).slice(0, -2), n, n]);
  const [last, vectors] = rotated([a, start], n, ([m, v], p, q) => {
    const x = ops.matmul(m, p), y = ops.matmul(m, q);
    const common = (s: Tensor, t: Tensor): Tensor => ops.sum(ops.mul(s, t), { axes: -2, keepDims: true });
    const j = rotation(p, q, [common(x, x), common(y, y), common(x, y)], n);
    return [ops.matmul(m, j), ops.matmul(v, j)];
  });
  const lengths = ops.sqrt(ops.sum(ops.square(last), { axes: -2 })),
    order = ops.argsort(lengths, { axis: -1, descending: true });
  const s = ops.takeAlong(lengths, order, innerShape(lengths).length - 1),
    divisors = ops.expandDims(ops.where(ops.equal(s, 0), 1, s), -2);
  return [ops.div(ordered(last, order), divisors), s, ordered(vectors, order)];
}

const svd: Expansion = ([a]) => {
  const [m, n] = sizesOf(a!), [left, s, right] = triplets(m < n ? transposed(a!) : a!);
  const [u, v] = m < n ? [right, left] : [left, right], signs = signsOf(u);
  return [ops.mul(u, signs), s, ops.mul(v, signs)];
};

/** Functions in place of the primitives of linear algebra. */
export const EXPANSIONS: Readonly<Record<string, Expansion>> = {
  cholesky,
  solveTriangular,
  solve,
  inverse,
  determinant,
  logDeterminant,
  qr,
  eigh,
  svd,
};

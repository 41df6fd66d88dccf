/**
 * Linear algebra: a stack of small matrices, and large ones.
 *
 * @module
 */
import * as ng from "@nanograd/nanograd";
import type { Tensor } from "@nanograd/nanograd";
import { uniform } from "../fill.ts";
import type { Workload } from "../workload.ts";
import { million } from "./million.ts";

const STACK = [100, 100, 100] as const, LARGE = [1000, 1000] as const;

/** Matrices with a heavy diagonal, which are far from singular. */
const regular = (x: Tensor): Tensor => ng.add(x, ng.scale(ng.eye(x.shape.at(-1)!), 20));
/** Symmetric ones; positive definite, since their diagonal is heavy. */
const positive = (x: Tensor): Tensor => regular(ng.scale(ng.add(x, ng.transpose(x, axesOf(x))), 0.5));
const axesOf = ({ shape: { length } }: Tensor): readonly number[] =>
  Array.from({ length }, (_, k) => k < length - 2 ? k : 2 * length - 3 - k);

const square = (
  name: string,
  f: (x: Tensor) => Tensor | readonly Tensor[],
  shape: readonly number[] = STACK,
): readonly Workload[] => million("linear algebra", name, [uniform(shape)], ([x]) => f(x!), { tolerance: 2e-3 });

const withSide = (name: string, f: (x: Tensor, b: Tensor) => Tensor, shape: readonly number[] = STACK) =>
  million(
    "linear algebra",
    name,
    [uniform(shape), uniform([...shape.slice(0, -1), 10])],
    ([x, b]) => f(x!, b!),
    { tolerance: 2e-3 },
  );

/** Decompositions and systems of equations. */
export const linearAlgebra: readonly Workload[] = [
  ...square("cholesky of 100 matrices", (x) => ng.cholesky(positive(x))),
  ...square("cholesky of a matrix", (x) => ng.cholesky(ng.add(positive(x), ng.scale(ng.eye(1000), 40))), LARGE),
  ...withSide("solve of 100 matrices", (x, b) => ng.solve(regular(x), b)),
  ...withSide("solve of a matrix", (x, b) => ng.solve(ng.add(regular(x), ng.scale(ng.eye(1000), 20)), b), LARGE),
  ...withSide("solveTriangular of 100 matrices", (x, b) => ng.solveTriangular(regular(x), b)),
  ...square("inverse of 100 matrices", (x) => ng.inverse(regular(x))),
  ...square("determinants of 100 matrices", (x) => ng.logDeterminant(regular(x))),
  ...square("qr of 100 matrices", (x) => ng.abs(ng.qr(x).r)),
  ...square("eigh of 100 matrices", (x) => ng.eigh(positive(x)).values),
  ...square("svd of 100 matrices", (x) => ng.svd(x).s),
  ...withSide("leastSquares of 100 matrices", (x, b) => ng.leastSquares(regular(x), b)),
  ...square("matrixPower", (x) => ng.matrixPower(ng.scale(x, 0.1), 3)),
  ...square("norms of rows", (x) => ng.norm(x, { order: 2, axes: -1 })),
  ...square("trace", (x) => ng.trace(x, { axes: [1, 2] })),
];

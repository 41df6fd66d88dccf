import * as ng from "../../../autograd/mod.ts";
import type { DType, Tensor } from "../../../autograd/mod.ts";
import { transposeLast } from "../../../autograd/linalg/matrices.ts";
import { testOperation } from "../differentiable_twice.ts";

type Draw = <D extends DType>(dtype: D) => readonly Tensor<D>[];

const normal = <D extends DType>(seed: number, shape: readonly number[], dtype: D): Tensor<D> =>
  ng.randomNormal(ng.key(seed), shape, { dtype });

/** Matrices near a multiple of the identity, so that none is nearly singular. */
const regular = <D extends DType>(seed: number, shape: readonly number[], dtype: D): Tensor<D> =>
  ng.add(ng.scale(normal(seed, shape, dtype), 0.5), ng.scale(ng.eye(shape.at(-2)!, shape.at(-1)!, { dtype }), 2));

/** Matrices whose eigenvalues and singular values are far apart: 1, 2, 3 and so on, and some noise. */
const spread = <D extends DType>(seed: number, shape: readonly number[], dtype: D): Tensor<D> => {
  const [rows, columns] = shape.slice(-2) as [number, number];
  const diagonal = Array.from(
    { length: rows },
    (_, i) => Array.from({ length: columns }, (_, j) => i === j ? i + 1 : 0),
  );
  return ng.add(ng.scale(normal(seed, shape, dtype), 0.2), ng.constant(diagonal, { dtype }));
};

const positive = <D extends DType>(seed: number, shape: readonly number[], dtype: D): Tensor<D> => {
  const a = normal(seed, shape, dtype);
  return ng.add(ng.matmul(a, transposeLast(a)), ng.eye(shape.at(-1)!, shape.at(-1)!, { dtype }));
};

const draw = (
  ...draws: readonly (readonly [typeof normal, readonly number[]])[]
): Draw =>
(dtype) => draws.map(([make, shape], k) => make(k + 5, shape, dtype));

const joined = (...ts: readonly Tensor[]): Tensor => ng.concat(ts.map((t) => ng.flatten(t)));

for (const shape of [[3, 3], [2, 2, 2], [1, 1]]) {
  const at = `[${shape}]`;
  testOperation({ name: `cholesky of ${at}`, call: (a) => ng.cholesky(a!), inputs: draw([positive, shape]) });
  testOperation({ name: `inverse of ${at}`, call: (a) => ng.inverse(a!), inputs: draw([regular, shape]) });
  testOperation({ name: `determinant of ${at}`, call: (a) => ng.determinant(a!), inputs: draw([regular, shape]) });
  testOperation({
    name: `logDeterminant of ${at}`,
    call: (a) => ng.logDeterminant(a!),
    inputs: draw([regular, shape]),
  });
  testOperation({ name: `matrixPower 3 of ${at}`, call: (a) => ng.matrixPower(a!, 3), inputs: draw([regular, shape]) });
  testOperation({
    name: `matrixPower -2 of ${at}`,
    call: (a) => ng.matrixPower(a!, -2),
    inputs: draw([regular, shape]),
  });
  testOperation({
    name: `eigh of ${at}`,
    call: (a) => joined(...Object.values(ng.eigh(a!))),
    inputs: draw([spread, shape]),
  });
}
for (const shape of [[3, 3], [4, 2], [2, 3], [2, 3, 2]]) {
  const at = `[${shape}]`;
  testOperation({
    name: `qr of ${at}`,
    call: (a) => joined(...Object.values(ng.qr(a!))),
    inputs: draw([spread, shape]),
  });
  testOperation({
    name: `svd of ${at}`,
    call: (a) => joined(...Object.values(ng.svd(a!))),
    inputs: draw([spread, shape]),
  });
  testOperation({
    name: `leastSquares with ${at}`,
    call: (a, b) => ng.leastSquares(a!, b!),
    inputs: draw([spread, shape], [normal, [shape.at(-2)!, 2]]),
  });
}
for (const [a, b] of [[[3, 3], [3]], [[2, 3, 3], [2, 3]], [[2, 1, 3, 3], [4, 3, 2]], [[2, 2], [3, 2, 1]]] as const) {
  const at = `[${a}] and [${b}]`;
  testOperation({ name: `solve of ${at}`, call: (x, y) => ng.solve(x!, y!), inputs: draw([regular, a], [normal, b]) });
  for (const lower of [true, false]) {
    testOperation({
      name: `solveTriangular of ${at}, ${lower ? "lower" : "upper"}`,
      call: (x, y) => ng.solveTriangular(x!, y!, { lower }),
      inputs: draw([regular, a], [normal, b]),
    });
  }
}
for (const order of [undefined, 1, 2, 3, 4.5, -1, -2, Infinity, -Infinity]) {
  testOperation({
    name: `norm of vectors, order ${order}`,
    call: (t) => ng.norm(t!, { axes: 1, ...order === undefined ? {} : { order } }),
    inputs: draw([normal, [2, 3, 2]]),
  });
}
for (const order of ["frobenius", "nuclear", 1, -1, 2, -2, Infinity, -Infinity] as const) {
  testOperation({
    name: `norm of matrices, order ${order}`,
    call: (t) => ng.norm(t!, { axes: [0, 2], order, keepDims: true }),
    inputs: draw([normal, [3, 2, 2]]),
  });
}

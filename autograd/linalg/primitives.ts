/**
 * The list of all primitives of linear algebra that the generic checks go through.
 *
 * @module
 */
import type { MultiPrimitive } from "../multi_primitive.ts";
import type { Primitive } from "../primitive.ts";
import { choleskyPrimitives } from "./cholesky.ts";
import { determinantPrimitives } from "./determinant.ts";
import { eighPrimitives } from "./eigh.ts";
import { qrPrimitives } from "./qr.ts";
import { multiSolvePrimitives, solvePrimitives } from "./solve.ts";
import { solveTriangularPrimitives } from "./solve_triangular.ts";
import { svdPrimitives } from "./svd.ts";

/** Primitives of one result. */
export const LINALG_PRIMITIVES: readonly Primitive<unknown>[] = [
  ...choleskyPrimitives,
  ...solvePrimitives,
  ...determinantPrimitives,
]; // each keeps the type of its attributes beside them, in its samples

/** Primitives of several results, or of several operands that are differentiated together. */
export const LINALG_MULTI_PRIMITIVES: readonly MultiPrimitive<unknown>[] = [
  ...multiSolvePrimitives,
  ...solveTriangularPrimitives,
  ...qrPrimitives,
  ...eighPrimitives,
  ...svdPrimitives,
];

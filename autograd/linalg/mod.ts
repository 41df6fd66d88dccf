/**
 * Linear algebra: decompositions, systems of equations, norms.
 *
 * @module
 */
export { cholesky } from "./cholesky.ts";
export { determinant, logDeterminant } from "./determinant.ts";
export { eigh, type EighResult } from "./eigh.ts";
export { leastSquares } from "./least_squares.ts";
export { matrixPower } from "./matrix_power.ts";
export { norm, type NormOptions, type NormOrder } from "./norm.ts";
export { qr, type QrResult } from "./qr.ts";
export { inverse, solve } from "./solve.ts";
export { solveTriangular, type SolveTriangularOptions } from "./solve_triangular.ts";
export { svd, type SvdResult } from "./svd.ts";

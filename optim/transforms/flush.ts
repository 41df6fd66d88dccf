/**
 * Flushing to zero: the memory of optimizers never becomes subnormal.
 *
 * If a gradient stays 0, as that of a unit that is never active, its memory decays to numbers below float32's smallest
 * normal one, 1.2e-38, and stays there. Processors compute with such numbers a hundred times more slowly than with
 * others, and WebAssembly cannot tell them to flush such numbers.
 *
 * @module
 */
import { abs, add, less, mul, type Scalar, select } from "../../blas/scalar/scalar.ts";
import { deferredElementwise } from "./deferred.ts";

/** The memory is set to 0 below this, which is still a normal number after one step of decay. */
const SMALLEST = 1e-37;

/** The square of a smaller number, times the usual 1 - beta, would be subnormal. */
const SMALLEST_ROOT = 1e-17;

/** From this epsilon on, an update with the root of a flushed mean square equals one with the exact root. */
const LEAST_EPSILON = 1e-12;

/** Returns a number for the memory, or 0 in place of a tiny one. */
export const flushed = (x: Scalar): Scalar => select(less(abs(x), SMALLEST), 0, x);

const ofTiny = (g: Scalar): Scalar => select(less(abs(g), SMALLEST_ROOT), 0, g);

const exactMeanSquare = /* @__PURE__ */ deferredElementwise((v, g, beta, rest) =>
  add(mul(beta, v), mul(rest, mul(g, g)))
);
const flushedMeanSquare = /* @__PURE__ */ deferredElementwise((v, g, beta, rest) =>
  flushed(add(mul(beta, v), mul(rest, mul(ofTiny(g), ofTiny(g)))))
);

/**
 * Returns the decaying mean of squares, as a function of its last value, the gradient, beta and 1 - beta. It is exact
 * if epsilon is too small to hide the effect of flushing on the root.
 */
export const meanSquareFor = (epsilon: number): typeof exactMeanSquare =>
  epsilon >= LEAST_EPSILON ? flushedMeanSquare : exactMeanSquare;

/**
 * Flushing to zero: what optimizers remember never becomes subnormal.
 *
 * The memory of a gradient that stays 0, such as that of a unit that is never active, decays to numbers below float32's
 * smallest normal one, 1.2e-38, and stays there; processors compute with such numbers a hundred times slower than with
 * others, and WebAssembly cannot ask them not to.
 *
 * @module
 */
import { abs, add, less, mul, type Scalar, select } from "../../blas/scalar/scalar.ts";
import { deferredElementwise } from "./deferred.ts";

/** What is remembered is 0 below this: one step of decay from it is a normal number still. */
const SMALLEST = 1e-37;

/** The square of a number below this, times what is usual for 1 - beta, would be subnormal. */
const SMALLEST_ROOT = 1e-17;

/** From this epsilon on, no update can tell the root of a flushed mean square from that of the exact one. */
const LEAST_EPSILON = 1e-12;

/** A number to be remembered, or 0 in place of a tiny one. */
export const flushed = (x: Scalar): Scalar => select(less(abs(x), SMALLEST), 0, x);

const ofTiny = (g: Scalar): Scalar => select(less(abs(g), SMALLEST_ROOT), 0, g);

const exactMeanSquare = deferredElementwise((v, g, beta, rest) => add(mul(beta, v), mul(rest, mul(g, g))));
const flushedMeanSquare = deferredElementwise((v, g, beta, rest) =>
  flushed(add(mul(beta, v), mul(rest, mul(ofTiny(g), ofTiny(g)))))
);

/**
 * The decaying mean of squares, of its last value, the gradient, beta and 1 - beta. Where epsilon is too small to hide what
 * flushing does to its root, it is exact.
 */
export const meanSquareFor = (epsilon: number): typeof exactMeanSquare =>
  epsilon >= LEAST_EPSILON ? flushedMeanSquare : exactMeanSquare;

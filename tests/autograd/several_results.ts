/**
 * Primitives with several results, for tests: one that is an operation of programs, and one that programs call outside.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import { batchAligned, batchOneByOne } from "../../autograd/batch.ts";
import type { MultiPrimitive } from "../../autograd/multi_primitive.ts";
import { add, mul, neg } from "../../autograd/ops/arithmetic.ts";
import { mapPart } from "../../blas/parts/map.ts";
import { mapsOf } from "../../blas/program/operations/map.ts";
import { argument, cos, sin } from "../../blas/scalar/scalar.ts";
import { allocate, type View } from "../../blas/view.ts";
import { elementsOf } from "../blas/layouts.ts";

type NoAttributes = Readonly<Record<never, never>>;

/** Sine and cosine in one pass. */
export const sineAndCosine: MultiPrimitive<NoAttributes> = {
  name: "sineAndCosine",
  samples: () => [[2, 3], [], [0, 2]].map((shape) => ({ attributes: {}, inputs: [{ shape }] })),
  shapes: ([shape]) => either.right([shape!, shape!]),
  part: mapPart,
  operator: () => mapsOf([sin(argument(0)), cos(argument(0))]),
  batch: batchAligned,
  vjps: ([ofSine, ofCosine], { outputs: [sine, cosine] }) => {
    const shares = [
      ...ofSine === null ? [] : [mul(ofSine!, cosine!)],
      ...ofCosine === null ? [] : [neg(mul(ofCosine!, sine!))],
    ];
    return [shares.length === 2 ? add(shares[0]!, shares[1]!) : shares[0] ?? null];
  },
};

/** The whole quotient, and the remainder. */
export const quotientAndRemainder: MultiPrimitive<NoAttributes> = {
  name: "quotientAndRemainder",
  // Between 2 and 3, so that no quotient changes when an operand changes a little.
  samples: () =>
    [[2, 3], [0, 2]].map((shape) => ({
      attributes: {},
      inputs: [{ shape, min: 2.3, max: 2.7 }, { shape, min: 0.95, max: 1.05 }],
    })),
  shapes: ([a]) => either.right([a!, a!]),
  batch: batchOneByOne,
  evaluate: ([a, b], _, [shape]) => {
    const xs = elementsOf(a!), ys = elementsOf(b!), { dtype } = a!;
    const quotient = allocate(dtype, shape!), remainder = allocate(dtype, shape!);
    xs.forEach((x, i) => {
      const q = Math.floor(x / ys[i]!);
      quotient.data[quotient.offset + i] = q;
      remainder.data[remainder.offset + i] = x - q * ys[i]!;
    });
    return [quotient as View, remainder as View];
  },
  vjps: ([, ofRemainder], { outputs: [quotient] }) =>
    ofRemainder === null ? [null, null] : [ofRemainder!, neg(mul(ofRemainder!, quotient!))],
};

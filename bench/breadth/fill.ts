/**
 * The contents of inputs: numbers from a formula that PyTorch's twin (`torch_fill.py`) computes too, so that results
 * can be compared without sending arrays.
 *
 * @module
 */
import { constant, type DType, type Shape, sizeOf, type Tensor } from "@nanograd/nanograd";

/** An input: uniform numbers in `offset` plus or minus `scale`, or whole numbers below `count`. */
export type InputSpec = {
  readonly shape: Shape;
  readonly fill:
    | { readonly kind: "uniform"; readonly scale: number; readonly offset: number }
    | { readonly kind: "whole"; readonly count: number };
};

/** Specifies numbers in `offset` plus or minus `scale`. */
export function uniform(
  shape: Shape,
  { scale = 1, offset = 0 }: { readonly scale?: number; readonly offset?: number } = {},
): InputSpec {
  return { shape, fill: { kind: "uniform", scale, offset } };
}

/** Specifies whole numbers in `[0, count)`: classes, positions. */
export function whole(shape: Shape, count: number): InputSpec {
  return { shape, fill: { kind: "whole", count } };
}

/** Returns a number in [0, 1), without a pattern that a matrix of any width would show. */
const noise = (i: number, place: number): number => {
  const wild = Math.sin(i * 12.9898 + place * 78.233 + 1) * 43758.5453;
  return wild - Math.floor(wild);
};

/** Makes an input; `place` is its position in the list, so that two inputs differ. */
export function fillInput<D extends DType>({ shape, fill }: InputSpec, place: number, dtype: D): Tensor<D> {
  const size = sizeOf(shape), values = dtype === "float32" ? new Float32Array(size) : new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const u = noise(i, place);
    values[i] = fill.kind === "whole" ? Math.floor(u * fill.count) : fill.offset + fill.scale * (2 * u - 1);
  }
  return constant(values, { dtype, shape });
}

/**
 * Three numbers that distinguish results: the sum, a weighted sum, and the sum of absolute values, which errors are
 * relative to.
 */
export type Fingerprint = readonly [sum: number, weighted: number, absolute: number];

/** Computes the fingerprint of a list of numbers. */
export function fingerprint(values: ArrayLike<number>): Fingerprint {
  let sum = 0, weighted = 0, absolute = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    sum += value;
    weighted += value * Math.cos(i * 0.7 + 0.3);
    absolute += Math.abs(value);
  }
  return [sum, weighted, absolute];
}

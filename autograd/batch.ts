/**
 * Batching rules: how `vmap` applies a primitive to operands some of which hold many examples.
 *
 * A rule stands beside the derivative of its primitive, as the method `batch`. The rules that many primitives share are here.
 *
 * @module
 */
import type { Shape } from "../blas/shape.ts";
import type { Tensor } from "./tensor.ts";

/** An operand of a batching rule. */
export type BatchOperand = {
  /** The shape of one example. */
  readonly shape: Shape;
  /** Whether examples differ; if not, the operand is the same for all. */
  readonly isBatched: boolean;
  /** The operand: `[size, ...shape]` if it is batched, otherwise `shape`. */
  readonly tensor: Tensor;
  /** Returns the operand with axes of length 1 before those of an example, so that an example has `rank` of them. */
  aligned(rank: number): Tensor;
  /** Returns the operand as {@link aligned}, with a first axis of length 1 if it is the same for all. */
  ranked(rank: number): Tensor;
  /** Returns the operand as `[size, ...shape]`, repeated if it is the same for all; with a rank, aligned. */
  whole(rank?: number): Tensor;
};

/** The result of a function of single examples: `[size, ...shape]` if it is batched. */
export type BatchResult = { readonly tensor: Tensor; readonly isBatched: boolean };

/**
 * What a batching rule may use.
 *
 * @typeParam A The settings of the primitive.
 * @typeParam R What the primitive returns: a tensor, or an array of them.
 */
export type BatchContext<A, R> = {
  /** The settings. */
  readonly attributes: A;
  /** The number of examples, at least 1. */
  readonly size: number;
  /** Applies the primitive itself, to whole batches. */
  again(attributes: A, operands: readonly Tensor[]): R;
  /** Applies the primitive to one example after another. */
  oneByOne(): R;
  /** Runs a function of single examples on batches. */
  map(
    operands: readonly BatchResult[],
    f: (examples: readonly Tensor[]) => readonly Tensor[],
  ): readonly BatchResult[];
  /** Returns `[size, ...shape]`, repeated if it is the same for all. */
  repeated(result: BatchResult): Tensor;
  /**
   * Returns the results of the primitive, computed in whatever way, with the derivative that the primitive has for single
   * examples.
   */
  withOwnDerivative(results: readonly Tensor[]): readonly Tensor[];
};

/** The batching rule of primitives that broadcast their operands. */
export function batchAligned<A, R>(operands: readonly BatchOperand[], { attributes, again }: BatchContext<A, R>): R {
  let rank = 0;
  for (const { shape } of operands) rank = Math.max(rank, shape.length);
  return again(attributes, operands.map((operand) => operand.aligned(rank)));
}

/** The batching rule of primitives that run along one axis of their operands, which have the same number of axes. */
export function batchAlong<A extends { readonly axis: number }, R>(
  operands: readonly BatchOperand[],
  { attributes, again }: BatchContext<A, R>,
): R {
  return again({ ...attributes, axis: attributes.axis + 1 }, operands.map((operand) => operand.whole()));
}

/** The batching rule of primitives that take leading axes for a stack, the same for all operands. */
export function batchWhole<A, R>(operands: readonly BatchOperand[], { attributes, again }: BatchContext<A, R>): R {
  return again(attributes, operands.map((operand) => operand.whole()));
}

/** The batching rule of primitives that reduce axes of their first operand, with which the others broadcast. */
export function batchRows<A extends { readonly axes: readonly number[] }, R>(
  [first, ...others]: readonly BatchOperand[],
  { attributes, again }: BatchContext<A, R>,
): R {
  const rank = first!.shape.length, differ = others.some(({ isBatched }) => isBatched);
  // Derivatives count axes from the front, and assume that scale and shift have the same shape.
  return again({ ...attributes, axes: shifted(attributes.axes) }, [
    first!.whole(),
    ...others.map((operand) => differ ? operand.whole(rank) : operand.ranked(rank)),
  ]);
}

/** The batching rule of primitives that work on single examples only. */
export function batchOneByOne<A, R>(_: readonly BatchOperand[], { oneByOne }: BatchContext<A, R>): R {
  return oneByOne();
}

/** Returns the axes of an example as axes of a batch. */
export const shifted = (axes: readonly number[]): readonly number[] => axes.map((axis) => axis + 1);

/**
 * Runs cells over sequences.
 *
 * @module
 */
import { concat, less, reshape, transpose, where } from "../../autograd/ops/mod.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { scanAlong } from "../../autograd/transforms/scan_along.ts";
import { type ParameterTree, zipTensors } from "../../autograd/tree/parameter_tree.ts";
import { arange, zeros } from "../../autograd/values/constructors.ts";
import { cast } from "../../autograd/ops/cast.ts";
import type { AnyCell } from "./recurrent.ts";

/** Sequences of the same length, or padded ones: `mask` is 0 at padding. */
export type Sequences = {
  /** `[time, features]` or `[batch, time, features]` */
  readonly x: Tensor;
  /** `[batch, time, 1]` */
  readonly mask?: Tensor;
};

/** How a cell is run. */
export type Direction = { readonly reverse: boolean; readonly returnSequences: boolean };

/** Makes the mask of padded sequences from their lengths, `[batch]`. */
export function maskOf({ shape: [batch, time], dtype }: Tensor, lengths: Tensor): Tensor {
  const positions = reshape(arange(0, time!, 1, { dtype }), [1, time!, 1]);
  return less(positions, reshape(cast(lengths, dtype), [batch!, 1, 1]));
}

/**
 * Runs a cell over sequences, from the end if `reverse`.
 *
 * @returns The outputs of all steps, `[..., time, hiddenSize]`, or that of the last one, `[..., hiddenSize]`.
 */
export function runCell(
  cell: AnyCell,
  params: object,
  { x, mask }: Sequences,
  { reverse, returnSequences }: Direction,
): Tensor {
  const batch = x.shape.slice(0, -2);
  const nothing = zeros([...batch, cell.hiddenSize], { dtype: x.dtype });
  // Carries are trees of tensors.
  const begin = { inner: cell.start(batch) as ParameterTree, output: returnSequences ? null : nothing };
  // Time is moved to the front before the projection, whose result is several times as large.
  const given = timeFirst(x),
    xs = { given: cell.project?.(params, given) ?? given, mask: mask ? timeFirst(mask) : null };
  const step = (carry: typeof begin, slice: typeof xs): readonly [typeof begin, Tensor | null] => {
    const [inner, output] = cell.stepProjected === undefined
      ? cell.step(params, carry.inner, slice.given)
      : cell.stepProjected(params, carry.inner, slice.given);
    const chosen = slice.mask === null ? output : where(slice.mask, output, carry.output ?? 0);
    const next = slice.mask === null
      ? inner as ParameterTree // carries are trees of tensors
      : zipTensors((a, b) => where(maskLike(slice.mask!, a), a, b), inner as ParameterTree, carry.inner); // as above
    return [{ inner: next, output: returnSequences ? null : chosen }, returnSequences ? chosen : null];
  };
  // The step is generic in its trees, which the types of scanAlong cannot express; its results have the types below.
  const [last, outputs] = scanAlong(step as never, begin as never, xs as never, { reverse }) as readonly [
    typeof begin,
    Tensor | null,
  ];
  return returnSequences ? timeFirst(outputs!) : last.output!;
}

/** Exchanges batch and time, if there is a batch. */
const timeFirst = (t: Tensor): Tensor => t.shape.length === 2 ? t : transpose(t, [1, 0, 2]);

/** Reshapes the mask of a step, `[batch, 1]`, for a tensor of any rank. */
const maskLike = (mask: Tensor, { shape }: Tensor): Tensor =>
  shape.length === 2 ? mask : reshape(mask, [mask.shape[0]!, ...shape.slice(1).map(() => 1)]);

/** Runs one cell forwards and another one backwards, and joins their outputs. */
export function runBoth(
  cell: AnyCell,
  { forward, backward }: { readonly forward: object; readonly backward: object },
  sequences: Sequences,
  returnSequences: boolean,
): Tensor {
  const outputs = [forward, backward].map((params, k) =>
    runCell(cell, params, sequences, { reverse: k === 1, returnSequences })
  );
  return concat(outputs, outputs[0]!.shape.length - 1);
}

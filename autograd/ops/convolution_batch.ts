/**
 * The batching rules of convolution and its adjoints: batches of images with the same kernels are one larger batch;
 * batches of kernels become filters of one convolution if they see the same images, and groups of it if each sees
 * images of its own.
 *
 * @module
 */
import type { BatchContext, BatchOperand } from "../batch.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { reshape } from "./reshape.ts";
import { transpose } from "./transpose.ts";

type Rule = <A extends { readonly groups: number }>(
  operands: readonly BatchOperand[],
  context: BatchContext<A, Tensor>,
) => Tensor;

/** The rule of conv2d, of images and kernels. */
export const batchConvolution: Rule = ([x, w], { attributes, size, again }) => {
  const { groups } = attributes;
  if (!w!.isBatched) return unfolded(again(attributes, [folded(x!.tensor), w!.tensor]), size);
  if (!x!.isBatched) {
    const kernels = folded(folded(transpose(inGroups(w!.tensor, 1, groups), [1, 0, 2, 3, 4, 5])));
    return outOfFilters(again(attributes, [x!.tensor, kernels]), groups, size);
  }
  return outOfChannels(again(grouped(attributes, size), [intoChannels(x!.tensor), folded(w!.tensor)]), size);
};

/** The rule of the adjoint with respect to the images, of results and kernels. */
export const batchConvolutionInput: Rule = ([y, w], { attributes, size, again }) =>
  w!.isBatched
    ? outOfChannels(again(grouped(attributes, size), [intoChannels(y!.whole()), folded(w!.tensor)]), size)
    : unfolded(again(attributes, [folded(y!.tensor), w!.tensor]), size);

/** The rule of the adjoint with respect to the kernels, of images and results. */
export const batchConvolutionWeight: Rule = ([x, y], { attributes, size, again }) => {
  const { groups } = attributes;
  if (x!.isBatched) {
    return unfolded(again(grouped(attributes, size), [intoChannels(x!.tensor), intoChannels(y!.whole())]), size);
  }
  const w = again(attributes, [x!.tensor, intoFilters(y!.tensor, groups)]);
  const [, filters, height, width] = innerShape(w), [all] = innerShape(w), own = all! / (groups * size);
  const apart = transpose(reshape(w, [groups, size, own, filters!, height!, width!]), [1, 0, 2, 3, 4, 5]);
  return reshape(apart, [size, groups * own, filters!, height!, width!]);
};

const grouped = <A extends { readonly groups: number }>(attributes: A, size: number): A => ({
  ...attributes,
  groups: attributes.groups * size,
});

/** Returns `[a, b, ...]` as `[a * b, ...]`. */
function folded(t: Tensor): Tensor {
  const [a, b, ...rest] = innerShape(t);
  return reshape(t, [a! * b!, ...rest]);
}

/** Returns `[size * n, ...]` as `[size, n, ...]`. */
function unfolded(t: Tensor, size: number): Tensor {
  const [all, ...rest] = innerShape(t);
  return reshape(t, [size, all! / size, ...rest]);
}

/** Returns `[size, batch, channels, ...]` as `[batch, size * channels, ...]`. */
function intoChannels(t: Tensor): Tensor {
  const [size, batch, channels, height, width] = innerShape(t);
  return reshape(transpose(t, [1, 0, 2, 3, 4]), [batch!, size! * channels!, height!, width!]);
}

/** Returns `[batch, size * channels, ...]` as `[size, batch, channels, ...]`. */
function outOfChannels(t: Tensor, size: number): Tensor {
  const [batch, channels, height, width] = innerShape(t);
  return transpose(reshape(t, [batch!, size, channels! / size, height!, width!]), [1, 0, 2, 3, 4]);
}

/** Returns `[size, batch, filters, ...]` as `[batch, groups * size * filters / groups, ...]`. */
function intoFilters(t: Tensor, groups: number): Tensor {
  const [size, batch, filters, height, width] = innerShape(t);
  const turned = transpose(inGroups(t, 2, groups), [1, 2, 0, 3, 4, 5]);
  return reshape(turned, [batch!, size! * filters!, height!, width!]);
}

/** Returns `[batch, groups * size * filters / groups, ...]` as `[size, batch, filters, ...]`. */
function outOfFilters(t: Tensor, groups: number, size: number): Tensor {
  const [batch, all, height, width] = innerShape(t), filters = all! / size;
  const apart = reshape(t, [batch!, groups, size, filters / groups, height!, width!]);
  return reshape(transpose(apart, [2, 0, 1, 3, 4, 5]), [size, batch!, filters, height!, width!]);
}

/** Splits one of five axes into groups and the elements of each. */
function inGroups(t: Tensor, axis: number, groups: number): Tensor {
  return reshape(t, innerShape(t).flatMap((length, k) => k === axis ? [groups, length / groups] : [length]));
}

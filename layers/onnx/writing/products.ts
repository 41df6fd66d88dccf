/**
 * Products of matrices, and convolutions.
 *
 * @module
 */
import type { ConvolutionOperation } from "../../../blas/program/operations/convolution.ts";
import type { GemmOperation } from "../../../blas/program/operations/gemm.ts";
import type { Operand, ValueType } from "../../../blas/program/program.ts";
import { broadcastShapes, lengthsBetween, type Shape, unwrap } from "../../../blas/shape.ts";
import { type Context, exactOperand, expandWire, type Loose, looseOperand, reshapeWire } from "./context.ts";
import type { Wire } from "./graph_writer.ts";

/** A stack of matrices: repeated along batch axes if it may be, and never along those of the matrices. */
function stack(context: Context, operand: Operand): Loose {
  const loose = looseOperand(context, operand), matrix = lengthsBetween(operand.shape, -2);
  if (loose.shape.slice(-2).every((length, k) => length === matrix[k])) return loose;
  return { wire: exactOperand(context, operand), shape: operand.shape };
}

/** Writes a product. */
export function writeGemm(context: Context, { a, b }: GemmOperation, [result]: readonly ValueType[]): readonly Wire[] {
  const [p, q] = [stack(context, a), stack(context, b)],
    batch = unwrap(
      broadcastShapes("encodeOnnx", [p.shape.slice(0, -2), q.shape.slice(0, -2)]),
    );
  const wire = context.writer.one("MatMul", [p.wire, q.wire]);
  return [expandWire(context, wire, [...batch, p.shape.at(-2)!, q.shape.at(-1)!], result!.shape)];
}

/** Writes a convolution, or one of its adjoints. */
export function writeConvolution(
  context: Context,
  operation: ConvolutionOperation,
  [result]: readonly ValueType[],
): readonly Wire[] {
  const { form, geometry, operands: [p, q] } = operation, { stride, padding, dilation, groups } = geometry;
  const first = exactOperand(context, p), second = exactOperand(context, q), { writer } = context;
  const settings = { strides: stride, dilations: dilation, group: groups };
  switch (form) {
    case "conv2d":
      return [writer.one("Conv", [first, second], { ...settings, pads: padding })];
    case "conv2dInput":
      return [writeInput(context, operation, first, second, result!.shape)];
    case "conv2dWeight":
      return [writeWeight(context, operation, first, second, result!.shape)];
  }
}

/** From windows and kernels to images: a transposed convolution, with zeros where no window reaches. */
function writeInput(
  { writer }: Context,
  { geometry, operands: [p, q] }: ConvolutionOperation,
  y: Wire,
  w: Wire,
  shape: Shape,
): Wire {
  const { stride, padding, dilation, groups } = geometry, counts = p.shape.slice(2), kernel = q.shape.slice(2);
  // The images with all their padding; what lies beyond those that are wanted is cut off or added.
  const full = counts.map((count, k) => (count - 1) * stride[k]! + (kernel[k]! - 1) * dilation[k]! + 1);
  const after = full.map((length, k) => length - padding[k]! - shape[k + 2]!);
  const pads = [padding[0], padding[1], ...after.map((count) => Math.max(0, count))];
  const wire = writer.one("ConvTranspose", [y, w], { strides: stride, dilations: dilation, group: groups, pads });
  if (after.every((count) => count >= 0)) return wire;
  const missing = [0, 0, 0, 0, 0, 0, ...after.map((count) => Math.max(0, -count))];
  return writer.one("Pad", [wire, writer.list(missing)]);
}

/** From images and windows to kernels: a convolution in which batch and channels change places. */
function writeWeight(
  context: Context,
  { geometry, operands: [p, q] }: ConvolutionOperation,
  x: Wire,
  y: Wire,
  shape: Shape,
): Wire {
  const { writer } = context, { stride, padding, dilation, groups } = geometry;
  // Images, and windows: both have four axes.
  const [n, channels, height, width] = p.shape as [number, number, number, number],
    [, filters, rows, columns] = q.shape as [number, number, number, number]; // as above
  const each = channels / groups, own = filters / groups;
  // [n, groups, each, ...] becomes [each, groups, n, ...], and [n, filters, ...] becomes [filters, n, ...].
  const images = writer.one("Transpose", [reshapeWire(context, x, p.shape, [n, groups, each, height, width])], {
    perm: [2, 1, 0, 3, 4],
  });
  const joined = reshapeWire(context, images, [each, groups, n, height, width], [each, groups * n, height, width]);
  const kernels = writer.one("Transpose", [y], { perm: [1, 0, 2, 3] });
  const counts = shape.slice(2), span = [rows, columns].map((count, k) => (count - 1) * stride[k]! + 1);
  // As many steps as there are elements in a kernel: padding after the image that no window uses is left out.
  const pads = counts.map((count, k) => (count - 1) * dilation[k]! + span[k]! - p.shape[k + 2]! - padding[k]!);
  const cut = pads.some((count) => count < 0)
    ? writer.one("Slice", [
      joined,
      writer.list([0, 0]),
      writer.list(pads.map((count, k) => p.shape[k + 2]! + Math.min(0, count))),
      writer.list([2, 3]),
    ])
    : joined;
  const wire = writer.one("Conv", [cut, kernels], {
    strides: dilation,
    dilations: stride,
    group: groups,
    pads: [padding[0], padding[1], ...pads.map((count) => Math.max(0, count))],
  });
  const turned = writer.one("Transpose", [wire], { perm: [1, 0, 2, 3] });
  return reshapeWire(context, turned, [groups * own, each, ...counts], shape);
}

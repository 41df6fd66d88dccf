/**
 * Convolution over two axes: the primitive, its two adjoints, and the operation.
 *
 * The three primitives come from one trilinear form, `sum(conv(x, w) * y)`, each without one of its operands. The
 * derivative of each with respect to an operand is another of them, so they can be differentiated any number of times.
 *
 * @module
 */
import { pipe } from "../../deps.ts";
import * as either from "../../blas/either.ts";
import type { ConvolutionGeometry } from "../../blas/convolution.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import { convolutionPart } from "../../blas/parts/convolution.ts";
import { convolutionOf } from "../../blas/program/operations/convolution.ts";
import { sameShape, type Shape, type ShapeResult, unwrap } from "../../blas/shape.ts";
import { convolutionPrograms } from "../../blas/parts/programs.ts";
import { apply, applyChecked, checkOperands, type Primitive, type Sample } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { add } from "./arithmetic.ts";
import { batchConvolution, batchConvolutionInput, batchConvolutionWeight } from "./convolution_batch.ts";
import { type Padding, type PerAxis, planConvolution } from "./convolution_shape.ts";
import { reshape } from "./reshape.ts";

/** The geometry, and the sizes that the adjoints cannot derive from their operands. */
export type ConvolutionAttributes = ConvolutionGeometry & {
  /** Height and width of the images. */
  readonly inputSize: readonly [height: number, width: number];
  /** Height and width of the kernels. */
  readonly kernelSize: readonly [height: number, width: number];
};

/** Operands `[batch, channels, height, width]` and `[filters, channels / groups, kernel height, kernel width]`. */
const conv2dPrimitive: Primitive<ConvolutionAttributes> = {
  name: "conv2d",
  samples: () => samples(({ x, w }) => [x, w]),
  shape: ([input, weight], settings): ShapeResult =>
    pipe(
      planConvolution({ op: "conv2d", input: input!, weight: weight!, settings: windowsOf(settings) }, 2),
      either.map(({ shape }) => shape),
    ),
  operator: (geometry) => convolutionOf("conv2d", geometry),
  part: convolutionPart,
  programs: convolutionPrograms,
  batch: batchConvolution,
  vjp: (index, cotangent, { attributes, inputs: [x, w] }) =>
    index === 0
      ? apply(conv2dInputPrimitive, attributes, [cotangent, w!])
      : apply(conv2dWeightPrimitive, attributes, [x!, cotangent]),
};

/** Operands: a result of conv2d, and its weight. The result has the shape of conv2d's input. */
const conv2dInputPrimitive: Primitive<ConvolutionAttributes> = {
  name: "conv2dInput",
  samples: () => samples(({ y, w }) => [y, w]),
  shape: ([y, w], attributes): ShapeResult => {
    const x = [y![0]!, (w![1] ?? 0) * attributes.groups, ...attributes.inputSize];
    return adjointShape("conv2dInput", { x, w: w!, y: y! }, x, attributes);
  },
  operator: (geometry) => convolutionOf("conv2dInput", geometry),
  part: convolutionPart,
  programs: convolutionPrograms,
  batch: batchConvolutionInput,
  vjp: (index, cotangent, { attributes, inputs: [y, w] }) =>
    index === 0
      ? apply(conv2dPrimitive, attributes, [cotangent, w!])
      : apply(conv2dWeightPrimitive, attributes, [cotangent, y!]),
};

/** Operands: the input of conv2d, and its result. The result has the shape of conv2d's weight. */
const conv2dWeightPrimitive: Primitive<ConvolutionAttributes> = {
  name: "conv2dWeight",
  samples: () => samples(({ x, y }) => [x, y]),
  shape: ([x, y], attributes): ShapeResult => {
    const w = [y![1]!, x![1]! / attributes.groups, ...attributes.kernelSize];
    return adjointShape("conv2dWeight", { x: x!, w, y: y! }, w, attributes);
  },
  operator: (geometry) => convolutionOf("conv2dWeight", geometry),
  part: convolutionPart,
  programs: convolutionPrograms,
  batch: batchConvolutionWeight,
  vjp: (index, cotangent, { attributes, inputs: [x, y] }) =>
    index === 0
      ? apply(conv2dInputPrimitive, attributes, [y!, cotangent])
      : apply(conv2dPrimitive, attributes, [x!, cotangent]),
};

/** The primitives of this file, for the generic checks. */
export const conv2dPrimitives = [conv2dPrimitive, conv2dInputPrimitive, conv2dWeightPrimitive];

// A function declaration, like those below, since a constant would be initialized too late for the primitives above.
function windowsOf({ stride, padding, dilation, groups }: ConvolutionGeometry): ConvolutionGeometry {
  return { stride, padding, dilation, groups };
}

/** Returns the shape of an adjoint if its convolution takes `x` and `w` to `y`. */
function adjointShape(
  op: string,
  { x, w, y }: { readonly x: Shape; readonly w: Shape; readonly y: Shape },
  result: Shape,
  attributes: ConvolutionAttributes,
): ShapeResult {
  return pipe(
    planConvolution({ op, input: x, weight: w, settings: windowsOf(attributes) }, 2),
    either.chain(({ shape }) =>
      sameShape(shape, y) ? either.right(result) : either.left(
        new ShapeError({
          op,
          given: { x, w, y },
          problem: `conv2d takes x and w to [${shape.join(", ")}], so y must have that shape`,
          remedy: "pass the result of conv2d and the settings that it was called with",
        }),
      )
    ),
  );
}

/** Returns geometries that differ in every setting, with the requested operands. */
function samples(
  operands: (shapes: { readonly x: Shape; readonly w: Shape; readonly y: Shape }) => readonly Shape[],
): readonly Sample<ConvolutionAttributes>[] {
  const plain: ConvolutionGeometry = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 };
  const cases: readonly (readonly [x: Shape, w: Shape, geometry?: Partial<ConvolutionGeometry>])[] = [
    [[2, 2, 4, 5], [3, 2, 3, 2]],
    [[1, 2, 3, 4], [2, 2, 3, 3], { padding: [1, 1, 1, 1] }],
    [[1, 2, 4, 3], [2, 2, 2, 2], { padding: [2, 0, 1, 3] }],
    [[2, 2, 6, 5], [2, 2, 3, 2], { stride: [2, 3] }], // the last rows and columns are not covered by a window
    [[1, 2, 5, 6], [1, 2, 2, 3], { dilation: [3, 2], padding: [0, 1, 1, 0] }],
    [[2, 4, 3, 3], [6, 2, 2, 2], { groups: 2 }],
    [[2, 3, 4, 5], [3, 1, 3, 3], { groups: 3, padding: [1, 1, 1, 1] }],
    [[1, 2, 5, 4], [4, 1, 3, 2], { groups: 2, stride: [2, 1], dilation: [1, 2] }],
    [[2, 3, 2, 3], [2, 3, 1, 1]],
    [[1, 2, 5, 3], [2, 2, 1, 1], { stride: [2, 2] }],
    [[1, 1, 1, 1], [1, 1, 1, 1]],
    [[0, 2, 3, 3], [2, 2, 2, 2]],
    [[2, 0, 3, 3], [2, 0, 2, 2]],
    [[1, 2, 3, 3], [0, 2, 2, 2]],
  ];
  return cases.map(([x, w, unusual]) => {
    const geometry = { ...plain, ...unusual };
    const y = unwrap(planConvolution({ op: "conv2d", input: x, weight: w, settings: geometry }, 2)).shape;
    return { attributes: attributesOf(geometry, x, w), inputs: operands({ x, w, y }).map((shape) => ({ shape })) };
  });
}

function attributesOf(geometry: ConvolutionGeometry, x: Shape, w: Shape): ConvolutionAttributes {
  return { ...windowsOf(geometry), inputSize: [x[2]!, x[3]!], kernelSize: [w[2]!, w[3]!] };
}

/** The settings of {@link conv2d}. */
export type ConvolutionOptions = {
  /** Steps from one window to the next, 1 if left out. */
  readonly stride?: PerAxis | undefined;
  /** How many zeros are added around every image, 0 if left out. */
  readonly padding?: Padding | undefined;
  /** Steps from one element of a window to the next, 1 if left out. */
  readonly dilation?: PerAxis | undefined;
  /** The number of groups that the channels are split into, 1 if left out. */
  readonly groups?: number | undefined;
};

/**
 * Slides kernels over images and sums up the products at every position: the operation that neural networks call
 * convolution and mathematics calls cross-correlation.
 *
 * Both adjoints are operations too, so the result can be differentiated any number of times.
 *
 * @param input `[channels, height, width]`, or `[batch, channels, height, width]`.
 * @param weight `[filters, channels / groups, kernel height, kernel width]`
 * @param bias `[filters]`, added at every position; `null` for none.
 * @param options `stride` (default 1), `padding` (default 0) and `dilation` (default 1): a number, or `[height,
 * width]`; padding also `[top, left, bottom, right]`. `groups` (default 1): if there are as many groups as channels,
 * every filter sees a single channel, which is a depthwise convolution.
 * @returns `[filters, output height, output width]`, with a batch axis if the input has one. An output axis has length
 * `floor((length + padding - dilation * (kernel - 1) - 1) / stride) + 1`, where padding counts both sides.
 * @throws {ShapeError} If an operand has another number of axes; if channels, filters and groups do not fit together;
 * if the kernel is larger than the padded image; or if a setting is not a whole number or is too small.
 * @throws {DTypeError} If the dtypes differ.
 * @see Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016.
 *
 * @example The difference of neighbours
 * ```ts
 * import { conv2d, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const image = tensor64([[[1, 2, 4], [8, 16, 32]]]);
 * const across = tensor64([[[[-1, 1]]]]);
 * assertEquals(toArray(conv2d(image, across, null)), [[[1, 2], [8, 16]]]);
 * assertEquals(toArray(conv2d(image, across, tensor64([5]), { stride: [2, 1] })), [[[6, 7]]]);
 * ```
 */
export function conv2d<D extends DType>(
  input: Tensor<D>,
  weight: Tensor<NoInfer<D>>,
  bias: Tensor<NoInfer<D>> | null,
  options: ConvolutionOptions = {},
): Tensor<D> {
  checkOptions("apply conv2d", options, { stride: true, padding: true, dilation: true, groups: true });
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  checkOperands("conv2d", [input, weight, ...(bias ?? null) === null ? [] : [bias!]]);
  const { geometry, shape } = unwrap(
    planConvolution({
      op: "conv2d",
      input: innerShape(input),
      weight: innerShape(weight),
      bias: bias?.shape,
      settings: { stride, padding, dilation, groups },
    }, 2),
  );
  return convolve(input, weight, bias, geometry, shape);
}

/** Convolves images, or rows as images of height 1, that have been checked; `shape` is that of the result. */
export function convolve<D extends DType>(
  input: Tensor<D>,
  weight: Tensor<D>,
  bias: Tensor<D> | null,
  geometry: ConvolutionGeometry,
  shape: Shape,
): Tensor<D> {
  const rows = innerShape(weight).length === 3, batched = innerShape(input).length === innerShape(weight).length;
  const images = reshape(input, [...batched ? [] : [1], ...rows ? withHeight(innerShape(input)) : innerShape(input)]);
  const kernels = rows ? reshape(weight, withHeight(innerShape(weight))) : weight;
  const attributes = attributesOf(geometry, innerShape(images), innerShape(kernels));
  const output = applyChecked(conv2dPrimitive, attributes, [images, kernels]);
  return withBias(reshape(output, shape), bias, rows ? 1 : 2);
}

const withHeight = (shape: Shape): Shape => [...shape.slice(0, -1), 1, shape.at(-1)!];

/** Applies the adjoint of conv2d with respect to its images, of size `inputSize`; `y` and `weight` have four axes. */
export function convolveInput<D extends DType>(
  y: Tensor<D>,
  weight: Tensor<D>,
  geometry: ConvolutionGeometry,
  inputSize: readonly [height: number, width: number],
): Tensor<D> {
  const kernelSize = [innerShape(weight)[2]!, innerShape(weight)[3]!] as const;
  return apply(conv2dInputPrimitive, { ...windowsOf(geometry), inputSize, kernelSize }, [y, weight]);
}

/** Adds a number for each channel, the axis before the last `axes`. */
export function withBias<D extends DType>(t: Tensor<D>, bias: Tensor<D> | null, axes: number): Tensor<D> {
  return bias ? add(t, reshape(bias, [bias.shape[0]!, ...new Array<number>(axes).fill(1)])) : t;
}

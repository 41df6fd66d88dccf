/**
 * Transposed convolutions: what is common to all numbers of axes.
 *
 * @module
 */
import { type ConvolutionGeometry, windowCount } from "../../blas/convolution.ts";
import type { DType } from "../../blas/dtype.ts";
import { checkResultShape, type Shape } from "../../blas/shape.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { convolveInput, withBias } from "./conv2d.ts";
import { add } from "./arithmetic.ts";
import {
  type Axes,
  biasProblem,
  type ConvolutionCall,
  convolutionError,
  expandSetting,
  imageGeometry,
  INPUT_AXES,
  KERNEL_AXES,
  type SettingsProblem,
  settingsProblem,
} from "./convolution_shape.ts";
import { pad } from "./pad.ts";
import { reshape } from "./reshape.ts";
import { partAlong, sliceAxes } from "./slice.ts";
import { transpose } from "./transpose.ts";

/** The settings, as users pass them. */
type Settings = ConvolutionCall["settings"] & { readonly outputPadding: number | readonly number[] };

const CONVOLUTIONS = { 1: "conv1d", 2: "conv2d", 3: "conv3d" } as const;

/** How a transposed convolution is computed: over the last two axes, and one more for volumes. */
type TransposedPlan = {
  readonly geometry: ConvolutionGeometry;
  /** The shapes of the images and the kernels: those of planes, if they are volumes. */
  readonly images: Shape;
  readonly kernels: Shape;
  /** Height and width of the input that conv2d would take. */
  readonly size: readonly [height: number, width: number];
  /** The rows and columns that no window reaches. */
  readonly beyond: readonly number[];
  /** For volumes: how planes are spread. */
  readonly depth: Depth | undefined;
  /** The shape of the result. */
  readonly shape: Shape;
};

/** How the planes of a volume are spread over those of the result. */
type Depth = {
  /** The number of planes of the input, and of the kernel. */
  readonly planes: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Planes that fall away in front, and planes that are added behind. */
  readonly before: number;
  readonly extra: number;
  /** The number of planes of the result. */
  readonly length: number;
};

/**
 * Plans a transposed convolution.
 *
 * @throws {ShapeError} If the operands or settings do not fit together.
 */
export function planTransposed(call: ConvolutionCall & { readonly settings: Settings }, axes: Axes): TransposedPlan {
  const { input, weight, bias, settings } = call, { stride, padding, dilation, groups, outputPadding } = settings;
  const refuse = (problem: SettingsProblem | undefined): void => {
    if (problem !== undefined) throw convolutionError(call, problem);
  };
  refuse(settingsProblem({ stride, padding, dilation, outputPadding }, axes));
  refuse(operandsProblem(input, weight, groups, axes));
  refuse(biasProblem(bias, weight[1]! * groups));
  refuse(outputPaddingProblem(settings, axes));
  const asked = { ...imageGeometry(settings, axes), groups }, extras = expandSetting(outputPadding, axes);
  // In the last two axes from here on.
  const images = imageShape(input, axes), kernels = kernelShape(weight, axes);
  const { geometry, extra, beyond } = planOutputPadding(asked, [0, ...extras].slice(-2));
  const size = outputSize(images, kernels, geometry, extra), depth = axes === 3 ? depthOf(call) : undefined;
  const lengths = [...depth === undefined ? [] : [depth.length], ...size.map((length, k) => length + beyond[k]!)];
  const result = lengths.slice(-axes), isEmpty = input.slice(-axes).some((length) => length < 1);
  if (isEmpty || (depth?.length ?? 1) < 1 || !givesBack(images, kernels, geometry, size)) {
    refuse({
      problem: `the result would be ${result.join(" x ")}, and must be at least ${
        axes === 1 ? "1 long" : result.fill(1).join(" x ")
      }`,
      remedy: isEmpty
        ? `pass an input with ${axes === 1 ? "elements" : `${axes === 3 ? "planes, " : ""}rows and columns`}`
        : "pad less: padding makes the result smaller",
    });
  }
  const shape = [...input.slice(0, -1 - axes), weight[1]! * groups, ...lengths.slice(-axes)];
  checkResultShape(call.op, shape);
  return { geometry, images, kernels, size, beyond, depth, shape };
}

function depthOf({ input, weight, settings }: ConvolutionCall & { readonly settings: Settings }): Depth {
  const first = (setting: number | readonly number[]): number => expandSetting(setting, 3)[0]!;
  // `map` returns as many as it is given: three.
  const [stride, dilation, extra] = [settings.stride, settings.dilation, settings.outputPadding].map(first) as [
    number,
    number,
    number,
  ];
  const planes = input.at(-3)!, kernel = weight[2]!, around = expandSetting(settings.padding, 6), before = around[0]!;
  const length = spread(planes, kernel, stride, dilation) + extra - before - around[3]!;
  return { planes, kernel, stride, dilation, before, extra, length };
}

/** How far windows of elements reach that are strides apart. */
const spread = (count: number, kernel: number, stride: number, dilation: number): number =>
  (count - 1) * stride + dilation * (kernel - 1) + 1;

/**
 * Checks and computes a transposed convolution.
 *
 * @param op The operation that errors name.
 * @param operands `input`, `weight` and `bias`, tensors of one dtype.
 */
export function transposeConvolution<D extends DType>(
  op: string,
  axes: Axes,
  [input, weight, bias]: readonly [Tensor<D>, Tensor<D>, Tensor<D> | null],
  settings: Settings,
): Tensor<D> {
  const { geometry, images, kernels, size, beyond, depth, shape } = planTransposed(
    { op, input: innerShape(input), weight: innerShape(weight), bias: bias?.shape, settings },
    axes,
  );
  const planes = depth === undefined ? input : planesFirst(input, depth);
  const seen = convolveInput(reshape(planes, images), reshape(weight, kernels), geometry, size);
  const output = pad(seen, [[0, 0], [0, 0], [0, beyond[0]!], [0, beyond[1]!]]);
  const whole = depth === undefined ? output : addPlanes(output, depth);
  return withBias(reshape(whole, shape), bias, axes);
}

/** Returns volumes `[…, channels, planes, height, width]` as `[batch, planes, channels, height, width]`. */
function planesFirst<D extends DType>(input: Tensor<D>, { planes }: Depth): Tensor<D> {
  // The input has four or five axes, as checked.
  const shape = innerShape(input), [channels, , height, width] = shape.slice(-4) as [number, number, number, number];
  const batch = shape.length === 5 ? shape[0]! : 1;
  return transpose(reshape(input, [batch, channels, planes, height, width]), [0, 2, 1, 3, 4]);
}

/** Adds up what each plane of the kernel makes of each plane: images `[batch * planes, filters * kernel, height, width]`. */
function addPlanes<D extends DType>(images: Tensor<D>, depth: Depth): Tensor<D> {
  const { planes, kernel, stride, dilation, before, extra, length } = depth, reach = (kernel - 1) * dilation;
  // Images have four axes.
  const [count, channels, height, width] = innerShape(images) as readonly [number, number, number, number];
  const batch = count / planes, filters = channels / kernel, size = height * width;
  const parts = transpose(reshape(images, [batch, planes, filters, kernel, size]), [0, 2, 3, 1, 4]);
  const apart = pad(reshape(parts, [batch, filters, kernel, planes, 1, size]), [
    ...NONE,
    ...NONE,
    [0, stride - 1],
    [0, 0],
  ]);
  const spaced = sliceAxes(reshape(apart, [batch, filters, kernel, planes * stride, size]), [
    [],
    [],
    [],
    [0, (planes - 1) * stride + 1],
  ]);
  const all = Array.from({ length: kernel }, (_, k) => {
    const own = reshape(partAlong(spaced, 2, k, 1), [batch, filters, (planes - 1) * stride + 1, size]);
    return pad(own, [...NONE, [k * dilation, reach - k * dilation + extra], [0, 0]]);
  });
  const [first, ...rest] = all as [Tensor<D>, ...Tensor<D>[]]; // a kernel has planes
  const sum = rest.reduce((total, part) => add(total, part), first);
  return reshape(partAlong(sum, 2, before, length), [batch, filters, length, height, width]);
}

/** No padding of two axes. */
const NONE = [[0, 0], [0, 0]] as const;

/** The shape of images, with a batch axis: the planes of volumes are a batch of images. */
function imageShape(shape: Shape, axes: Axes): Shape {
  const [batch, channels, ...lengths] = shape.length === axes + 2 ? shape : [1, ...shape];
  const planes = axes === 3 ? lengths[0]! : 1;
  return [batch! * planes, channels!, ...[1, ...lengths].slice(-2)];
}

/** The shape of kernels of images: those of all planes, beside one another. */
function kernelShape([channels, own, ...lengths]: Shape, axes: Axes): Shape {
  return [channels!, own! * (axes === 3 ? lengths[0]! : 1), ...[1, ...lengths].slice(-2)];
}

/**
 * Expresses output padding in conv2d's terms. With output padding of a stride or more, conv2d would have more windows.
 * It is therefore subtracted from the padding after the image; once that is used up, rows and columns `beyond` every
 * window are added, which are 0.
 */
function planOutputPadding({ stride, padding, ...geometry }: ConvolutionGeometry, asked: readonly number[]): {
  readonly geometry: ConvolutionGeometry;
  readonly extra: readonly number[];
  readonly beyond: readonly number[];
} {
  const wide = asked.map((count, axis) => count >= stride[axis]! ? count : 0);
  const after = (axis: 0 | 1): number => Math.max(0, padding[axis + 2]! - wide[axis]!);
  return {
    geometry: { ...geometry, stride, padding: [padding[0], padding[1], after(0), after(1)] },
    extra: asked.map((count, axis) => count - wide[axis]!),
    beyond: wide.map((count, axis) => Math.max(0, count - padding[axis + 2]!)),
  };
}

function outputSize(
  input: Shape,
  weight: Shape,
  { stride, padding, dilation }: ConvolutionGeometry,
  extra: readonly number[],
): readonly [height: number, width: number] {
  const length = (axis: 0 | 1): number =>
    (input.at(axis - 2)! - 1) * stride[axis] - padding[axis] - padding[axis + 2]! +
    dilation[axis] * (weight[axis + 2]! - 1) + 1 + extra[axis]!;
  return [length(0), length(1)];
}

function operandsProblem(
  input: Shape,
  weight: Shape,
  groups: number,
  axes: Axes,
): SettingsProblem | undefined {
  if (weight.length !== axes + 2 || weight.slice(2).some((length) => length < 1)) {
    return {
      problem: `weight must be [channels, filters / groups, ${KERNEL_AXES[axes]}], the last ${
        ["one", "two", "three"][axes - 1]
      } 1 or more`,
      remedy: "reshape it; with one filter or one channel, that axis has length 1",
    };
  }
  if (input.length !== axes + 1 && input.length !== axes + 2) {
    return {
      problem: `input must be ${INPUT_AXES[axes]}, or with a batch axis before, and has ${input.length} axes`,
      remedy: "reshape it; with one channel, that axis has length 1",
    };
  }
  const channels = input.at(-1 - axes)!;
  if (channels !== weight[0]) {
    return {
      problem: `channels of input (${channels}) must equal the first axis of weight (${weight[0]})`,
      remedy: `pass the weight of the ${CONVOLUTIONS[axes]} that is transposed: its filters are the channels here`,
    };
  }
  if (Number.isInteger(groups) && groups >= 1 && channels % groups === 0) return undefined;
  return {
    problem: `groups must be a whole number that divides the ${channels} channels of input`,
    remedy: "1 lets every filter see every channel",
  };
}

function outputPaddingProblem(settings: Settings, axes: Axes): SettingsProblem | undefined {
  const [extra, stride, dilation] = [settings.outputPadding, settings.stride, settings.dilation].map((setting) =>
    expandSetting(setting, axes)
  ) as [readonly number[], readonly number[], readonly number[]]; // `map` returns as many as it is given: three
  const axis = extra.findIndex((count, k) => count >= Math.max(stride[k]!, dilation[k]!));
  return axis < 0 ? undefined : {
    problem: `outputPadding (${extra[axis]}) must be less than the stride (${stride[axis]}) or the dilation (${
      dilation[axis]
    })`,
    remedy: `it selects one of the sizes that ${
      CONVOLUTIONS[axes]
    } takes to the same size; pad adds any number of zeros`,
  };
}

/** Tells whether the result is an image that the convolution takes back to the input. */
function givesBack(
  input: Shape,
  weight: Shape,
  { stride, padding, dilation }: ConvolutionGeometry,
  size: readonly [number, number],
): boolean {
  return ([0, 1] as const).every((axis) => {
    const length = input.at(axis - 2)!;
    const count = windowCount(size[axis], weight[axis + 2]!, {
      stride: stride[axis],
      dilation: dilation[axis],
      padding: padding[axis] + padding[axis + 2]!,
    });
    return length >= 1 && size[axis] >= 1 && count === length;
  });
}

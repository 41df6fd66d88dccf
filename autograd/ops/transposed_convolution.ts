/**
 * The part that transposed convolutions over one axis and over two share.
 *
 * @module
 */
import { type ConvolutionGeometry, windowCount } from "../../blas/convolution.ts";
import type { DType } from "../../blas/dtype.ts";
import type { Shape } from "../../blas/shape.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { convolveInput, withBias } from "./conv2d.ts";
import {
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

/** The settings, as users pass them. */
type Settings = ConvolutionCall["settings"] & { readonly outputPadding: number | readonly number[] };

/** One axis is the width of an image of height 1. */
type Axes = 1 | 2;

const CONVOLUTIONS = { 1: "conv1d", 2: "conv2d" } as const;

/** The plan of a transposed convolution, which is always computed over two axes. */
type TransposedPlan = {
  readonly geometry: ConvolutionGeometry;
  /** The shapes of the images and the kernels. */
  readonly images: Shape;
  readonly kernels: Shape;
  /** Height and width of the input that conv2d would take. */
  readonly size: readonly [height: number, width: number];
  /** The rows and columns that no window reaches. */
  readonly beyond: readonly number[];
  /** The shape of the result. */
  readonly shape: Shape;
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
  const asked = { ...imageGeometry(settings, axes), groups };
  const rows = axes === 1 ? [0, ...expandSetting(outputPadding, 1)] : expandSetting(outputPadding, 2);
  refuse(outputPaddingProblem(asked, rows, axes));
  // From here on, all shapes have two axes.
  const images = imageShape(input, axes), kernels = withHeight(weight, axes);
  const { geometry, extra, beyond } = planOutputPadding(asked, rows);
  const size = outputSize(images, kernels, geometry, extra);
  refuse(sizeProblem(images, kernels, geometry, size, beyond, axes));
  const lengths = size.map((length, axis) => length + beyond[axis]!);
  const shape = [...input.slice(0, -1 - axes), weight[1]! * groups, ...lengths.slice(-axes)];
  return { geometry, images, kernels, size, beyond, shape };
}

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
  const { geometry, images, kernels, size, beyond, shape } = planTransposed(
    { op, input: innerShape(input), weight: innerShape(weight), bias: bias?.shape, settings },
    axes,
  );
  const seen = convolveInput(reshape(input, images), reshape(weight, kernels), geometry, size);
  const output = pad(seen, [[0, 0], [0, 0], [0, beyond[0]!], [0, beyond[1]!]]);
  return withBias(reshape(output, shape), bias, axes);
}

const withHeight = (shape: Shape, axes: Axes): Shape => axes === 1 ? [...shape.slice(0, -1), 1, shape.at(-1)!] : shape;

/** Returns the shape with a batch axis, and with a height if it has one axis. */
const imageShape = (shape: Shape, axes: Axes): Shape =>
  withHeight(shape.length === axes + 2 ? shape : [1, ...shape], axes);

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
        axes === 1 ? "one" : "two"
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

function outputPaddingProblem(
  { stride, dilation }: ConvolutionGeometry,
  extra: readonly number[],
  axes: Axes,
): SettingsProblem | undefined {
  const axis = ([0, 1] as const).find((axis) => extra[axis]! >= Math.max(stride[axis], dilation[axis]));
  return axis === undefined ? undefined : {
    problem: `outputPadding (${extra[axis]}) must be less than the stride (${stride[axis]}) or the dilation (${
      dilation[axis]
    })`,
    remedy: `it selects one of the sizes that ${
      CONVOLUTIONS[axes]
    } takes to the same size; pad adds any number of zeros`,
  };
}

/** Checks that the result is an image that the convolution takes back to the input. */
function sizeProblem(
  input: Shape,
  weight: Shape,
  { stride, padding, dilation }: ConvolutionGeometry,
  size: readonly [number, number],
  beyond: readonly number[],
  axes: Axes,
): SettingsProblem | undefined {
  for (const axis of [0, 1] as const) {
    const length = input.at(axis - 2)!;
    const count = windowCount(size[axis], weight[axis + 2]!, {
      stride: stride[axis],
      dilation: dilation[axis],
      padding: padding[axis] + padding[axis + 2]!,
    });
    if (length >= 1 && size[axis] >= 1 && count === length) continue;
    return {
      problem: `the result would be ${
        size.map((own, k) => own + beyond[k]!).slice(-axes).join(" x ")
      }, and must be at least ${axes === 1 ? "1 long" : "1 x 1"}`,
      remedy: length < 1
        ? `pass an input with ${axes === 1 ? "elements" : "rows and columns"}`
        : "pad less: padding makes the result smaller",
    };
  }
  return undefined;
}

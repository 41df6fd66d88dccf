/**
 * Transposed convolution: the adjoint of convolution as an operation.
 *
 * @module
 */
import { type ConvolutionGeometry, windowCount } from "../../blas/convolution.ts";
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import type { Shape } from "../../blas/shape.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { type ConvolutionOptions, convolveInput, withBias } from "./conv2d.ts";
import {
  biasProblem,
  type ConvolutionCall,
  convolutionError,
  expandSetting,
  imageGeometry,
  type PerAxis,
  type SettingsProblem,
  settingsProblem,
} from "./convolution_shape.ts";
import { pad } from "./pad.ts";
import { reshape } from "./reshape.ts";

/** The settings of {@link convTranspose2d}. */
export type TransposedConvolutionOptions = ConvolutionOptions & {
  /**
   * Rows and columns to add to the result at the bottom and at the right, fewer than the stride or the dilation; 0 if
   * left out.
   */
  readonly outputPadding?: PerAxis;
};

/**
 * Spreads every element of the input over a window of the output, weighted by the kernel: {@link conv2d} with the same
 * weight and settings does this to gradients. Where conv2d makes images smaller, this makes them larger.
 *
 * With a stride above 1, conv2d takes inputs of several sizes to results of one size; `outputPadding` selects one of
 * them.
 *
 * @param input `[channels, height, width]`, or `[batch, channels, height, width]`.
 * @param weight `[channels, filters / groups, kernel height, kernel width]`, the weight of the conv2d that is
 * transposed.
 * @param bias `[filters]`, added at every position; `null` for none.
 * @param options `stride`, `padding`, `dilation` and `groups` of the conv2d that is transposed, so padding makes the
 * result smaller; `outputPadding` (default 0): a number or `[height, width]`, less than the stride or the dilation,
 * whichever is larger.
 * @returns `[filters, output height, output width]`, with a batch axis if the input has one. An output axis has length
 * `(length - 1) * stride - padding + dilation * (kernel - 1) + 1 + outputPadding`, where padding counts both sides.
 * @throws {ShapeError} If an operand has another number of axes; if channels, filters and groups do not fit together;
 * if nothing is left of the result; or if a setting is not a whole number, is too small or, for `outputPadding`, too
 * large.
 * @throws {DTypeError} If the dtypes differ.
 * @see Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016, chapter 4.
 *
 * @example Each element becomes a square
 * ```ts
 * import { convTranspose2d, ones, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const square = ones([1, 1, 2, 2], { dtype: "float64" });
 * const doubled = convTranspose2d(tensor64([[[1, 2]]]), square, null, { stride: 2 });
 * assertEquals(toArray(doubled), [[[1, 1, 2, 2], [1, 1, 2, 2]]]);
 * ```
 */
export function convTranspose2d<D extends DType>(
  input: Tensor<D>,
  weight: Tensor<NoInfer<D>>,
  bias: Tensor<NoInfer<D>> | null,
  options: TransposedConvolutionOptions = {},
): Tensor<D> {
  checkOptions("apply convTranspose2d", options, {
    stride: true,
    padding: true,
    dilation: true,
    groups: true,
    outputPadding: true,
  });
  const { stride = 1, padding = 0, dilation = 1, groups = 1, outputPadding = 0 } = options;
  checkOperands("convTranspose2d", [input, weight, ...(bias ?? null) === null ? [] : [bias!]]);
  const settings = { stride, padding, dilation, groups, outputPadding };
  const { geometry, size, beyond } = planTransposed({
    op: "convTranspose2d",
    input: input.shape,
    weight: weight.shape,
    bias: bias?.shape,
    settings,
  });
  const images = input.shape.length === 4 ? input : reshape(input, [1, ...input.shape]);
  const output = pad(convolveInput(images, weight, geometry, size), [[0, 0], [0, 0], [0, beyond[0]!], [0, beyond[1]!]]);
  return withBias(reshape(output, [...input.shape.slice(0, -3), ...output.shape.slice(1)]), bias, 2);
}

/** How a transposed convolution is computed, and the shape of its result. */
export type TransposedPlan = {
  readonly geometry: ConvolutionGeometry;
  /** Height and width of what conv2d would take. */
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
export function planTransposed(
  call: ConvolutionCall & { readonly settings: Required<TransposedConvolutionOptions> },
): TransposedPlan {
  const { input, weight, bias, settings } = call, { stride, padding, dilation, groups, outputPadding } = settings;
  const refuse = (problem: SettingsProblem | undefined): void => {
    if (problem !== undefined) throw convolutionError(call, problem);
  };
  refuse(settingsProblem({ stride, padding, dilation, outputPadding }, 2));
  refuse(operandsProblem(input, weight, groups));
  refuse(biasProblem(bias, weight[1]! * groups));
  const asked = { ...imageGeometry(settings, 2), groups };
  refuse(outputPaddingProblem(asked, expandSetting(outputPadding, 2)));
  const { geometry, extra, beyond } = planOutputPadding(asked, outputPadding);
  const size = outputSize(input, weight, geometry, extra);
  refuse(sizeProblem(input, weight, geometry, size, beyond));
  const lengths = size.map((length, axis) => length + beyond[axis]!);
  return { geometry, size, beyond, shape: [...input.slice(0, -3), weight[1]! * groups, ...lengths] };
}

/**
 * Expresses output padding in conv2d's terms. Output padding of a stride or more would mean more windows for conv2d. It
 * is therefore subtracted from the padding after the image; once that is used up, rows and columns `beyond` every
 * window are added, which are 0.
 */
function planOutputPadding({ stride, padding, ...geometry }: ConvolutionGeometry, outputPadding: PerAxis): {
  readonly geometry: ConvolutionGeometry;
  readonly extra: readonly number[];
  readonly beyond: readonly number[];
} {
  const asked = expandSetting(outputPadding, 2), wide = asked.map((count, axis) => count >= stride[axis]! ? count : 0);
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
  input: readonly number[],
  weight: readonly number[],
  groups: number,
): SettingsProblem | undefined {
  if (weight.length !== 4 || weight[2]! < 1 || weight[3]! < 1) {
    return {
      problem: "weight must be [channels, filters / groups, kernel height, kernel width], the last two 1 or more",
      remedy: "reshape it; with one filter or one channel, that axis has length 1",
    };
  }
  if (input.length !== 3 && input.length !== 4) {
    return {
      problem: `input must be [channels, height, width], or with a batch axis before, and has ${input.length} axes`,
      remedy: "reshape it; with one channel, that axis has length 1",
    };
  }
  const channels = input.at(-3)!;
  if (channels !== weight[0]) {
    return {
      problem: `channels of input (${channels}) must equal the first axis of weight (${weight[0]})`,
      remedy: "pass the weight of the conv2d that is transposed: its filters are the channels here",
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
): SettingsProblem | undefined {
  const axis = ([0, 1] as const).find((axis) => extra[axis]! >= Math.max(stride[axis], dilation[axis]));
  return axis === undefined ? undefined : {
    problem: `outputPadding (${extra[axis]}) must be less than the stride (${stride[axis]}) or the dilation (${
      dilation[axis]
    })`,
    remedy: "it selects one of the sizes that conv2d takes to the same size; pad adds any number of zeros",
  };
}

/** Checks that the result is an image that conv2d takes back to the input. */
function sizeProblem(
  input: Shape,
  weight: Shape,
  { stride, padding, dilation }: ConvolutionGeometry,
  size: readonly [number, number],
  beyond: readonly number[],
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
      problem: `the result would be ${size.map((own, k) => own + beyond[k]!).join(" x ")}, and must be at least 1 x 1`,
      remedy: length < 1 ? "pass an input with rows and columns" : "pad less: padding makes the result smaller",
    };
  }
  return undefined;
}

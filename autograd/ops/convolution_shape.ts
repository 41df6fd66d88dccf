/**
 * The settings of convolutions and the shapes that they allow.
 *
 * @module
 */
import type { Either } from "../../deps.ts";
import * as either from "../../blas/either.ts";
import { type ConvolutionGeometry, windowCount } from "../../blas/convolution.ts";
import { describeSetting } from "../../blas/describe.ts";
import { ShapeError } from "../../blas/errors.ts";
import { sameShape, type Shape } from "../../blas/shape.ts";

/** One number for both axes of an image, or one for each. */
export type PerAxis = number | readonly [height: number, width: number];

/** The padding around an image: one number for all sides, one for each axis, or one for each side. */
export type Padding = PerAxis | readonly [top: number, left: number, bottom: number, right: number];

/** One number for all axes of a volume, or one for each. */
export type PerAxis3d = number | readonly [depth: number, height: number, width: number];

/** The padding around a volume: one number for all sides, one for each axis, or one for each side. */
export type Padding3d =
  | PerAxis3d
  | readonly [front: number, top: number, left: number, back: number, bottom: number, right: number];

/** Settings as users pass them, for any number of axes. */
export type WindowSettings = {
  readonly stride: number | readonly number[];
  readonly padding: number | readonly number[];
  readonly dilation: number | readonly number[];
};

/** The part of an error besides the given operands: the problem and the remedy. */
export type SettingsProblem = { readonly problem: string; readonly remedy: string };

/** A convolution as requested. */
export type ConvolutionCall = {
  /** The operation that errors name. */
  readonly op: string;
  readonly input: Shape;
  readonly weight: Shape;
  readonly bias?: Shape | undefined;
  readonly settings: WindowSettings & { readonly groups: number };
};

/** A convolution that can be computed. */
export type ConvolutionPlan = {
  /** The geometry in the last two axes; a single axis is the width. */
  readonly geometry: ConvolutionGeometry;
  /** The shape of the result, with a batch axis if the input has one. */
  readonly shape: Shape;
};

/** The axes of one input, by the number of axes that windows slide along. */
export const INPUT_AXES = {
  1: "[channels, length]",
  2: "[channels, height, width]",
  3: "[channels, depth, height, width]",
} as const;

/** The axes of a kernel. */
export const KERNEL_AXES = {
  1: "kernel length",
  2: "kernel height, kernel width",
  3: "kernel depth, kernel height, kernel width",
} as const;

/** The forms other than a single number in which settings, and padding, may be given; for error messages. */
export const PER_AXIS = { 1: "", 2: ", or [height, width]", 3: ", or [depth, height, width]" } as const;
const PER_SIDE = {
  1: ", or [left, right]",
  2: ", [height, width] or [top, left, bottom, right]",
  3: ", [depth, height, width] or [front, top, left, back, bottom, right]",
} as const;

/** The number of axes that windows slide along: 1, 2 or 3. */
export type Axes = keyof typeof INPUT_AXES;

/** Checks a convolution over one, two or three axes; the geometry is that of the last two. */
export function planConvolution(call: ConvolutionCall, axes: Axes): Either<ShapeError, ConvolutionPlan> {
  const { input, weight, settings } = call;
  const problem = settingsProblem(settings, axes) ?? operandsProblem(call, axes) ?? groupsProblem(call) ??
    windowProblem(call, axes) ?? biasProblem(call.bias, weight[0]!);
  if (problem !== undefined) return either.left(convolutionError(call, problem));
  const lengths = windowCounts(call, axes);
  const shape = [...input.slice(0, -axes - 1), weight[0]!, ...lengths];
  return either.right({ geometry: { ...imageGeometry(settings, axes), groups: settings.groups }, shape });
}

/** Makes the error that shows the operands given and the settings that differ from the defaults. */
export function convolutionError(
  { op, input, weight, bias, settings }: ConvolutionCall,
  problem: SettingsProblem,
): ShapeError {
  const given = { input, weight, ...(bias && { bias }), ...describeSettings(settings, DEFAULTS) };
  return new ShapeError({ op, given, ...problem });
}

const DEFAULTS = { stride: 1, padding: 0, dilation: 1, groups: 1, outputPadding: 0 } as const;

/** Formats settings for errors, without those that have their default. */
export function describeSettings(
  settings: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  const unusual = Object.entries(settings).filter(([name, value]) => value !== defaults[name]);
  return Object.fromEntries(unusual.map(([name, value]) => [name, describeSetting(value)]));
}

/** The smallest value of each setting. */
const LEAST = { size: 1, stride: 1, padding: 0, dilation: 1, outputPadding: 0, scale: 1 } as const;

/** Settings that are numbers, or lists with a number for each axis, padding also with one for each side. */
export type NumericSettings = { readonly [K in keyof typeof LEAST]?: number | readonly number[] };

/** Returns the problem with the settings themselves, or `undefined`. */
export function settingsProblem(settings: NumericSettings, axes: Axes): SettingsProblem | undefined {
  // These are all the keys of that record.
  const names = (Object.keys(LEAST) as (keyof typeof LEAST)[]).filter((name) => settings[name] !== undefined);
  const wrong = names.find((name) =>
    !isSetting(settings[name], LEAST[name], [axes, name === "padding" ? 2 * axes : axes])
  );
  if (wrong === undefined) return undefined;
  const lists = wrong === "padding" ? PER_SIDE[axes] : PER_AXIS[axes];
  return {
    problem: `${wrong} must be a whole number of ${LEAST[wrong]} or more${lists}`,
    remedy: wrong === "padding" ? "use sliceAxes to make an input smaller" : `${LEAST[wrong]} is the least`,
  };
}

function isSetting(value: unknown, least: number, lengths: readonly number[]): boolean {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const fits = !Array.isArray(value) || lengths.includes(value.length);
  return fits && list.every((x) => Number.isInteger(x) && Number(x) >= least);
}

function operandsProblem({ input, weight }: ConvolutionCall, axes: Axes): SettingsProblem | undefined {
  if (weight.length !== axes + 2) {
    return {
      problem: `weight must have ${axes + 2} axes, [filters, channels / groups, ${
        KERNEL_AXES[axes]
      }], and has ${weight.length}`,
      remedy: "reshape it; with one filter or one channel, that axis has length 1",
    };
  }
  if (input.length === axes + 1 || input.length === axes + 2) return undefined;
  return {
    problem: `input must be ${INPUT_AXES[axes]}, or with a batch axis before, and has ${input.length} axes`,
    remedy: "reshape it; with one channel, that axis has length 1",
  };
}

function groupsProblem({ input, weight, settings: { groups } }: ConvolutionCall): SettingsProblem | undefined {
  // Of at least two axes.
  const channels = input.at(1 - weight.length)!, [filters, own] = weight as readonly [number, number];
  if (!Number.isInteger(groups) || groups < 1) {
    return { problem: `groups must be a whole number of 1 or more`, remedy: "1 lets every filter see every channel" };
  }
  if (channels !== own * groups) {
    return {
      problem: `filters see ${own} channels in each of ${groups} group${groups === 1 ? "" : "s"}, so input must have ${
        own * groups
      } channels, and has ${channels}`,
      remedy: groups === 1 && channels % Math.max(own, 1) === 0
        ? `pass a weight for ${channels} channels, or groups ${channels / Math.max(own, 1)}`
        : "correct the weight, the input or groups",
    };
  }
  if (filters % groups === 0) return undefined;
  return {
    problem: `groups (${groups}) must divide the number of filters (${filters})`,
    remedy: "change either, so that every group has as many filters",
  };
}

function windowProblem(call: ConvolutionCall, axes: Axes): SettingsProblem | undefined {
  const { input, weight, settings } = call, kernel = weight.slice(2);
  if (kernel.some((length) => length < 1)) {
    return {
      problem: "the kernel must have at least one element",
      remedy: "pass a weight whose last axes are 1 or more",
    };
  }
  if (windowCounts(call, axes).every((count) => count >= 1)) return undefined;
  const { padding, dilation } = expand(settings, axes);
  const span = kernel.map((length, axis) => dilation[axis]! * (length - 1) + 1);
  const padded = input.slice(-axes).map((length, axis) => length + padding[axis]! + padding[axes + axis]!);
  return {
    problem: `the kernel spans ${span.join(" x ")}, more than the padded input, which is ${padded.join(" x ")}`,
    remedy: "add padding, or make the kernel or its dilation smaller",
  };
}

/** Returns the problem with the shape of a bias, or `undefined`. */
export function biasProblem(bias: Shape | undefined, filters: number): SettingsProblem | undefined {
  if (bias === undefined || sameShape(bias, [filters])) return undefined;
  return {
    problem: `bias must be [${filters}], one number for each channel of the result`,
    remedy: "flatten or slice it, or pass null for none",
  };
}

function windowCounts({ input, weight, settings }: ConvolutionCall, axes: Axes): readonly number[] {
  const { stride, padding, dilation } = expand(settings, axes);
  return input.slice(-axes).map((length, axis) =>
    windowCount(length, weight[2 + axis]!, {
      stride: stride[axis]!,
      padding: padding[axis]! + padding[axes + axis]!,
      dilation: dilation[axis]!,
    })
  );
}

/** Returns one number for each axis, and for padding one for each side: first those before, then those after. */
function expand({ stride, padding, dilation }: WindowSettings, axes: Axes) {
  return {
    stride: expandSetting(stride, axes),
    padding: expandSetting(padding, 2 * axes),
    dilation: expandSetting(dilation, axes),
  };
}

/** Returns a setting as a list of that length; a shorter list is repeated. */
export function expandSetting(setting: number | readonly number[], length: 2): readonly [number, number];
export function expandSetting(
  setting: number | readonly number[],
  length: 4,
): readonly [number, number, number, number];
export function expandSetting(setting: number | readonly number[], length: number): readonly number[];
export function expandSetting(setting: number | readonly number[], length: number): readonly number[] {
  const expanded = new Array<number>(length); // a loop: Array.from took a quarter of a small convolution's time
  for (let k = 0; k < length; k++) expanded[k] = typeof setting === "number" ? setting : setting[k % setting.length]!;
  return expanded;
}

/** Returns settings that have been checked in two axes, the last two: a single one is the width of an image of height 1. */
export function imageGeometry(settings: WindowSettings, axes: Axes): Omit<ConvolutionGeometry, "groups"> {
  const { stride, padding, dilation } = expand(settings, axes);
  if (axes === 1) {
    return { stride: [1, stride[0]!], padding: [0, padding[0]!, 0, padding[1]!], dilation: [1, dilation[0]!] };
  }
  const [row, column] = axes === 2 ? [0, 1] : [1, 2];
  return {
    stride: [stride[row]!, stride[column]!],
    padding: [padding[row]!, padding[column]!, padding[axes + row]!, padding[axes + column]!],
    dilation: [dilation[row]!, dilation[column]!],
  };
}

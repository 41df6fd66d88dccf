/**
 * Checks and initial values that convolutional layers share.
 *
 * @module
 */
import { describeSetting } from "../blas/describe.ts";
import { sizeOf } from "../blas/shape.ts";
import { type Axes, type NumericSettings, settingsProblem } from "../autograd/ops/convolution_shape.ts";
import { checkSize } from "./checks.ts";
import { FAN_IN_UNIFORM, uniformOf, ZEROS } from "./initializers.ts";
import { TensorSpec } from "./spec.ts";

/** Throws if the size of a kernel, or a setting, is not of whole numbers, or is too small. */
export function checkSettings(
  action: string,
  kernelSize: number | readonly number[],
  settings: NumericSettings & { readonly groups?: number | undefined },
  axes: Axes,
): void {
  // A size that is left out would be mistaken for a setting that has a default.
  const kernel = settingsProblem({ size: kernelSize ?? NaN }, axes);
  const problem = kernel ? kernel.problem.replace("size", "kernelSize") : settingsProblem(settings, axes)?.problem;
  if (problem === undefined) return;
  const shown = Object.entries({ kernelSize, ...settings }).map(([name, value]) => `${name} ${describeSetting(value)}`)
    .join(", ");
  throw new RangeError(`Cannot ${action} with ${shown}: ${problem}; correct it`);
}

/** Throws if groups do not divide the channels. */
export function checkGroups(action: string, inChannels: number, outChannels: number, groups: number): void {
  checkSize(action, "groups", groups);
  if (inChannels % groups === 0 && outChannels % groups === 0) return;
  throw new RangeError(
    `Cannot ${action} with ${groups} groups of ${inChannels} and ${outChannels} channels: groups must divide both; ` +
      "1 lets every filter see every channel",
  );
}

/** Specifies a bias that starts like PyTorch's: uniform if the weight is, otherwise at 0. */
export function fanInBias(count: number, { shape, dtype, initializer }: TensorSpec): TensorSpec {
  const usual = initializer.name === FAN_IN_UNIFORM.name;
  const limit = 1 / Math.sqrt(sizeOf(shape.slice(1)));
  return new TensorSpec([count], dtype, usual ? uniformOf(limit) : ZEROS);
}

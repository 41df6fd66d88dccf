/**
 * How threads divide `conv2dWeight`: along its channels, or its filters. Images are summed in the same order.
 *
 * @module
 */
import type { Chain } from "../../simd/program/products/conv_chains.ts";
import type { MachineLowered, MachineShares } from "../program/lowering.ts";
import { cutAlong, epilogueParts, partOfLoop } from "../program/parts.ts";
import { ofResults } from "../program/shares.ts";
import type { ConvolutionParts } from "./parts.ts";

/** What a part of the channels or filters has from the whole: with it, sums are in the same order. */
export type WholeWeight = {
  /** Images that are summed in registers together. */
  readonly many: number;
  /** How windows are divided. */
  readonly chain: Chain;
  /** Bytes between filters of the results, and where the first channel of the part begins. */
  readonly row: number;
  readonly first: number;
};

/** The fewest channels that are divided. */
const FEW_CHANNELS = 4;

/**
 * Returns how threads divide the adjoint in the kernels of a convolution of one group.
 *
 * @param lower Lowers a part.
 */
export function weightShares(
  parts: ConvolutionParts,
  whole: WholeWeight,
  lower: (part: ConvolutionParts, whole: WholeWeight) => MachineLowered | undefined,
): MachineShares {
  const { operation, sizes, bytes, bits } = parts, { channels, filters, kernelHeight, kernelWidth } = sizes;
  const { operands: [x, y], epilogue } = operation, tap = kernelHeight * kernelWidth * bytes;
  if (epilogue === undefined && channels >= FEW_CHANNELS) {
    return {
      units: channels,
      least: 1,
      part: (from, to) => {
        const own = { ...operation, operands: [cutAlong(x, 1, from, to), y] } as const;
        const part = { ...parts, sizes: { ...sizes, channels: to - from }, operation: own };
        return lower(part, { ...whole, first: from * tap });
      },
    };
  }
  // Filters are the lanes of vectors, which are cut nowhere but at their ends.
  const lanes = bits / 8 / bytes, after = epilogueParts(epilogue, [filters, channels, kernelHeight, kernelWidth]);
  const units = after === false ? 1 : Math.max(1, Math.floor(filters / lanes));
  const index = (unit: number) => unit === units ? filters : unit * lanes;
  return {
    units,
    least: 1,
    part: (first, end) => {
      const from = index(first), to = index(end), then = after === false ? undefined : after;
      const own = {
        ...operation,
        operands: [x, cutAlong(y, 1, from, to)],
        ...then && { epilogue: partOfLoop(then, from, to) },
      } as const;
      const lowered = lower({ ...parts, sizes: { ...sizes, filters: to - from }, operation: own }, whole);
      if (lowered === undefined || lowered.epilogue !== undefined) return undefined;
      return ofResults(lowered, () => [from * whole.row, to * whole.row]);
    },
  };
}

/**
 * `conv2d` of programs in machine code.
 *
 * @module
 */
import { toLines } from "../../alignment.ts";
import type { Move } from "../code/code.ts";
import { Lanes } from "../code/lanes.ts";
import { epilogueOf } from "../maps/epilogue.ts";
import type { MachineLowered } from "../program/lowering.ts";
import { clearPlanes, fillPlanes, type Images, planesOf } from "./planes.ts";
import { copyWindows, denseOf } from "./dense.ts";
import { isDepthwise } from "./depthwise.ts";
import { type ConvolutionParts, isPointwise } from "./parts.ts";
import { emitWindows, sumBytes, type Windows } from "./windows.ts";

/** The registers that are in use after each image: its number. */
const HELD = 1;

/** Prepares a convolution; returns `undefined` if WebAssembly must compute it. */
export function lowerForward(parts: ConvolutionParts): MachineLowered | undefined {
  const { operation, sizes, bytes, dtype, bits } = parts;
  const { operands: [x, w], geometry: { stride, dilation, padding }, epilogue } = operation;
  const { batch, channels, filters, groups, height, width, kernelHeight, kernelWidth, outputHeight, outputWidth } =
    sizes;
  const [top, left, bottom, right] = padding, taps = kernelHeight * kernelWidth;
  if (x.stride[3] !== 1) return undefined;
  // Planes of one group at a time: they stay in a nearer cache.
  const images: Images = {
    dtype,
    channels,
    height,
    width,
    channel: x.stride[1]! * bytes,
    row: x.stride[2]! * bytes,
    margins: { top, left, bottom, right },
    stride,
  };
  const planes = planesOf(images), pixels = outputHeight * outputWidth * bytes, image = groups * filters * pixels;
  // Such windows are a single line in the image itself.
  const isDirect = isPointwise(parts, x, width) && !isDepthwise(sizes);
  const windows: Windows = {
    filters,
    filterWeights: w.stride[0]! * bytes,
    filterResults: pixels,
    channels,
    channelWeights: w.stride[1]! * bytes,
    channelPlanes: isDirect ? x.stride[1]! * bytes : planes.channel,
    taps: Array.from({ length: taps }, (_, tap) => {
      const u = Math.floor(tap / kernelWidth), v = tap % kernelWidth;
      return { a: (u * w.stride[2]! + v * w.stride[3]!) * bytes, b: planes.offset(u * dilation[0], v * dilation[1]) };
    }),
    lines: isDirect ? 1 : outputHeight,
    length: isDirect ? outputHeight * outputWidth : outputWidth,
    linePlanes: planes.row,
    lineResults: outputWidth * bytes,
    exact: isDirect,
  };
  const dense = isDirect ? undefined : denseOf(windows, bytes, bits);
  const then = epilogueOf(epilogue, { dtype, bits, blocks: [image / bytes], held: HELD }), { staged } = then;
  const copyAt = staged + (isDirect ? 0 : planes.bytes), sumsAt = copyAt + toLines(dense?.bytes ?? 0);
  return {
    workspace: sumsAt + sumBytes(dense?.to ?? windows, bytes, bits),
    ...then.lowered,
    emit: (code, regions) => {
      const { value, results, workspace } = regions, lanes = new Lanes(code, dtype);
      if (!isDirect) {
        const spread = code.pointer(workspace, staged);
        clearPlanes(code, lanes, planes, spread);
        code.free(spread);
      }
      code.count(batch, 1, (index) => {
        const from = code.pointerAlong(value(x.value), x.offset * bytes, index, x.stride[0]! * bytes);
        const weights = code.pointer(value(w.value), w.offset * bytes);
        const spread = isDirect ? from : code.pointer(workspace, staged);
        const to = epilogue === undefined
          ? code.pointerAlong(results[0]!, 0, index, image)
          : code.pointerAlong(workspace, 0, index, then.inBlocks ? 0 : image);
        const moves: readonly Move[] = [
          [from, channels * x.stride[1]! * bytes],
          [weights, filters * w.stride[0]! * bytes],
          [to, filters * pixels],
        ];
        code.loop(groups, moves, () => {
          if (!isDirect) fillPlanes(code, lanes, images, planes, from, spread);
          const given = { weights, results: to, sums: { region: workspace, offset: sumsAt } };
          if (dense === undefined) return emitWindows(code, lanes, windows, { ...given, planes: spread });
          copyWindows(code, lanes, dense, spread, workspace, copyAt);
          const copy = code.pointer(workspace, copyAt);
          emitWindows(code, lanes, dense.to, { ...given, planes: copy });
          code.free(copy);
        });
        code.free(from, weights, to, ...isDirect ? [] : [spread]);
        then.emitBlock(code, regions, { first: 0, count: image / bytes, counter: index, step: image / bytes });
      });
      then.emit(code, regions);
    },
  };
}

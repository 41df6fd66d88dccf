/**
 * `conv2d` of programs: windows are the rows of the product, filters its columns.
 *
 * @module
 */
import { laneInstructionsOf } from "../../lane_instructions.ts";
import { call, i32 } from "../../../wasm/mod.ts";
import type { Lowered } from "../emitter.ts";
import { emitClear, emitPad, sizeOfPlanes, withMargins } from "./conv_images.ts";
import { type LongAxis, passEmitter, sumBytes } from "./conv_passes.ts";
import { alignedBytes, type ConvolutionProblem, planesOf } from "./conv_problem.ts";
import { emitPack } from "./pack.ts";
import { repeat } from "./repeat.ts";

/** Prepares a convolution. */
export function lowerForward({ operation, geometry, sizes, bytes, dtype }: ConvolutionProblem): Lowered | undefined {
  const { operands: [x, w], epilogue } = operation;
  const { batch, channels, filters, groups, kernelHeight, kernelWidth, outputHeight, outputWidth } = sizes;
  const { stride, dilation, padding: [top, left, bottom, right] } = geometry;
  const taps = kernelHeight * kernelWidth, k = channels * taps, p = outputHeight * outputWidth, width = 32 / bytes;
  const [filterStep, channelStep, rowStep, columnStep] = w.stride as [number, number, number, number];
  if (rowStep !== kernelWidth * columnStep || channelStep !== taps * columnStep) return undefined;
  const image = planesOf(x, groups, bytes), padded = [top, left, bottom, right].some((count) => count > 0);
  const margins = { top, left, bottom, right }, copy = withMargins(image, margins, bytes);
  const crop = Math.max(0, -top) * image.row + Math.max(0, -left) * image.column, seen = padded ? copy : image;
  if (!padded && [image.row, image.column, image.channel].some((step) => step < 0)) return undefined;
  const panel = k * 32, panels = Math.ceil(filters / width) * panel;
  const axis: LongAxis = {
    length: channels,
    terms: taps,
    a: seen.channel,
    b: taps * 32,
    depth: (count) => ({
      loops: [{ count, a: seen.channel, b: taps * 32 }],
      steps: Array.from({ length: taps }, (_, tap) => ({
        a: Math.floor(tap / kernelWidth) * dilation[0] * seen.row + tap % kernelWidth * dilation[1] * seen.column,
        b: tap * 32,
      })),
      tail: [],
    }),
  };
  const rooms = [
    epilogue === undefined ? 0 : groups * filters * p * bytes,
    groups * panels,
    padded ? sizeOfPlanes(copy) : 0,
    sumBytes(axis, filters * p, bytes),
  ].map(alignedBytes);
  return {
    workspace: rooms.reduce((sum, bytes) => sum + bytes),
    kernels: [],
    inPlace: epilogue !== undefined,
    emit: (context) => {
      const lanes = laneInstructionsOf(dtype, context.relaxed), { module, workspace } = context;
      const staged = workspace, packed = staged + rooms[0]!, spread = packed + rooms[1]!;
      const loop = epilogue === undefined
        ? undefined
        : context.loop({ loop: epilogue, dtype, results: context.results });
      const product = {
        rows: {
          units: outputHeight,
          unit: stride[0] * seen.row,
          offsets: Array.from({ length: outputWidth }, (_, j) => j * stride[1] * seen.column),
        },
        columns: filters,
        panel,
        column: p * bytes,
      };
      const tiles = passEmitter(module, lanes, product, axis, spread + rooms[2]!);
      const body = module.function({ parameters: { image: "i32", weight: "i32", target: "i32" } }, (f, at) => {
        if (padded) emitPad(f, lanes, image, margins, copy, at.image, f.let(i32.add(spread, 0)));
        const source = padded ? f.let(i32.add(spread, 0)) : f.let(i32.add(at.image, crop));
        tiles(f, source, at.weight, at.target);
      });
      return module.function({ parameters: {} }, (f) => {
        if (padded) emitClear(f, copy, spread);
        for (let group = 0; group < groups; group++) {
          const from = context.address(w.value) + (w.offset + group * filters * filterStep) * bytes;
          const b = { rows: k, columns: filters, row: columnStep, column: filterStep };
          const matrix = { n: filters, k, b };
          emitPack(f, lanes, matrix, f.let(i32.add(from, 0)), f.let(i32.add(packed + group * panels, 0)));
        }
        const source = f.let(i32.add(context.address(x.value) + x.offset * bytes, 0)), index = f.local("i32");
        const target = f.let(i32.add(loop === undefined ? context.results[0]! : staged, 0));
        const size = groups * filters * p * bytes;
        repeat(f, batch, () => {
          for (let group = 0; group < groups; group++) {
            const at = i32.add(source, group * channels * image.channel);
            f.do(call(body, at, packed + group * panels, i32.add(target, group * filters * p * bytes)));
          }
          if (loop === undefined) f.increment(target, size);
          else {
            const next = f.let(i32.add(index, 1));
            f.do(call(loop, i32.sub(staged, i32.mul(index, size)), index, next));
            f.set(index, next);
          }
          f.increment(source, x.stride[0]! * bytes);
        });
      });
    },
  };
}

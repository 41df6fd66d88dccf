/**
 * `conv2d` of programs: windows are the rows of the product, filters its columns.
 *
 * @module
 */
import { laneInstructionsOf } from "../../lane_instructions.ts";
import { call, i32 } from "../../../wasm/mod.ts";
import type { Lowered, Phase } from "../emitter.ts";
import { emitUnits, loweredFrom, shareFunction, unitsOfList } from "../shares.ts";
import { emitClear, emitPad, seenImage, sizeOfPlanes } from "./conv_images.ts";
import { channelDepth, type LongAxis, passEmitter, sumBytes } from "./conv_passes.ts";
import { alignedBytes, type ConvolutionProblem, countsOf, planesOf, tapOffsets } from "./conv_problem.ts";
import { emitPackShare, packUnits } from "./pack.ts";

/** Prepares a convolution. */
export function lowerForward(problem: ConvolutionProblem): Lowered | undefined {
  const { operation: { operands: [x, w], epilogue }, geometry, sizes, bytes, dtype } = problem;
  const { batch, channels, filters, groups, kernelWidth, outputHeight, outputWidth } = sizes;
  const { stride, padding: [top, left, bottom, right] } = geometry;
  const { taps, k, p } = countsOf(sizes), width = 32 / bytes;
  // Images or kernels: four axes.
  const [filterStep, channelStep, rowStep, columnStep] = w.stride as [number, number, number, number];
  if (rowStep !== kernelWidth * columnStep || channelStep !== taps * columnStep) return undefined;
  const image = planesOf(x, groups, bytes), read = seenImage(image, { top, left, bottom, right }, bytes);
  if (read === undefined) return undefined;
  const { margins, padded, copy, seen, crop } = read;
  const panel = k * 32, panels = Math.ceil(filters / width) * panel;
  const packing = { n: filters, k, b: { rows: k, columns: filters, row: columnStep, column: filterStep } };
  const units = packUnits(filters, bytes),
    staged = epilogue === undefined ? 0 : alignedBytes(groups * filters * p * bytes);
  const elements = tapOffsets(problem, seen);
  const axis: LongAxis = {
    length: channels,
    terms: taps,
    a: seen.channel,
    b: taps * 32,
    depth: (count) => channelDepth(count, seen.channel, elements),
  };
  const margin = padded ? alignedBytes(sizeOfPlanes(copy)) : 0;
  /** Packs the filters of each group. */
  const pack: Phase = {
    units: groups * units,
    emit(context) {
      const lanes = laneInstructionsOf(dtype, context.relaxed), { module, workspace } = context;
      const some = module.function(
        { parameters: { source: "i32", target: "i32", from: "i32", to: "i32" } },
        (f, { source, target, from, to }) => emitPackShare(f, lanes, packing, { from, to }, source, target, module),
      );
      return shareFunction(module, (f, range) => {
        for (let group = 0; group < groups; group++) {
          const source = context.address(w.value) + (w.offset + group * filters * filterStep) * bytes;
          const { from, to } = unitsOfList(f, range, group, units);
          f.do(call(some, source, workspace + group * panels, from, to));
        }
      });
    },
  };
  /** Computes image by image, each with its epilogue. */
  const images: Phase = {
    units: batch,
    emit(context) {
      const lanes = laneInstructionsOf(dtype, context.relaxed), { module, workspace } = context;
      const loop = epilogue && context.loop({ loop: epilogue, dtype, results: context.results });
      const product = {
        rows: {
          units: outputHeight,
          unit: stride[0] * seen.row,
          offsets: Array.from({ length: outputWidth }, (_, j) => j * stride[1] * seen.column),
        },
        columns: filters,
        panel,
        column: p * bytes,
        padded,
      };
      const tiles = passEmitter(module, lanes, product, axis);
      const body = module.function(
        { parameters: { image: "i32", weight: "i32", target: "i32", spread: "i32", sums: "i32" } },
        (f, at) => {
          if (padded) emitPad(f, lanes, image, margins, copy, at.image, at.spread);
          tiles(f, padded ? at.spread : f.let(i32.add(at.image, crop)), at.weight, at.target, at.sums);
        },
      );
      const size = groups * filters * p * bytes;
      return shareFunction(module, (f, share) => {
        const spread = f.let(i32.add(share.scratch, staged)), sums = f.let(i32.add(spread, margin));
        if (padded) emitClear(f, copy, spread);
        const first = context.address(x.value) + x.offset * bytes;
        const source = f.let(i32.add(first, i32.mul(share.from, x.stride[0]! * bytes)));
        const target = loop === undefined
          ? f.let(i32.add(context.results[0]!, i32.mul(share.from, size)))
          : share.scratch;
        emitUnits(f, share, batch, (index) => {
          for (let group = 0; group < groups; group++) {
            const at = i32.add(source, group * channels * image.channel);
            const to = i32.add(target, group * filters * p * bytes);
            f.do(call(body, at, workspace + group * panels, to, spread, sums));
          }
          if (loop === undefined) f.increment(target, size);
          else f.do(call(loop, i32.sub(target, i32.mul(index, size)), index, f.let(i32.add(index, 1))));
          f.increment(source, x.stride[0]! * bytes);
        });
      });
    },
  };
  const shares = {
    workspace: alignedBytes(groups * panels),
    scratch: staged + margin + alignedBytes(sumBytes(axis, filters * p, bytes)),
    phases: [pack, images],
  };
  return loweredFrom(shares, epilogue !== undefined);
}

/**
 * `conv2dInput` of programs: elements of the images are the rows of the product, channels its columns. Elements whose
 * positions leave the same remainders after division by the stride meet the same elements of the kernels, in adjacent
 * windows: they form one product, a phase of positions.
 *
 * @module
 */
import { laneInstructionsOf } from "../../lane_instructions.ts";
import { call, i32, memory } from "../../../wasm/mod.ts";
import type { Lowered, Phase } from "../emitter.ts";
import { emitUnits, loweredFrom, shareFunction, unitsOfList } from "../shares.ts";
import { emitClear, emitPad, seenImage, sizeOfPlanes } from "./conv_images.ts";
import { emitMerge } from "./conv_merge.ts";
import { axisOf, latest, outside, type PositionPhase, residuesOf } from "./conv_residues.ts";
import { buildExactInput, emitIsUnbounded } from "./conv_input_exact.ts";
import { passEmitter, sumBytes } from "./conv_passes.ts";
import { alignedBytes, type ConvolutionProblem, planesOf } from "./conv_problem.ts";
import { emitPackShare, packUnits } from "./pack.ts";

/** Prepares the adjoint in the images. */
export function lowerInput({ operation, geometry, sizes, bytes, dtype }: ConvolutionProblem): Lowered | undefined {
  const { operands: [y, w], epilogue } = operation;
  const { batch, channels, filters, groups, height, width, kernelHeight, kernelWidth, outputHeight, outputWidth } =
    sizes;
  const { stride, dilation, padding: [top, left] } = geometry;
  // Images or kernels: four axes.
  const [filterStep, channelStep, rowStep, columnStep] = w.stride as [number, number, number, number];
  const down = residuesOf(height, kernelHeight, stride[0], dilation[0], top);
  const across = residuesOf(width, kernelWidth, stride[1], dilation[1], left);
  const [above, below] = outside(down, outputHeight), [before, behind] = outside(across, outputWidth);
  const margins = { top: above, left: before, bottom: below, right: behind };
  const given = planesOf(y, groups, bytes), read = seenImage(given, margins, bytes);
  if (read === undefined) return undefined;
  const { padded, copy, seen } = read;
  const phases: readonly PositionPhase[] = down.flatMap((row) =>
    across.map((column) => ({ down: row, across: column, taps: row.taps.length * column.taps.length }))
  ).filter(({ down, across }) => down.count * across.count > 0);
  const columns = Math.ceil(channels / (32 / bytes)), size = groups * channels * height * width * bytes;
  const single = stride[0] === 1 && stride[1] === 1;
  const packedBytes = phases.map(({ taps }) => columns * filters * taps * 32);
  const phaseBytes = phases.map(({ down, across }) => channels * down.count * across.count * bytes);
  const sum = (list: readonly number[]) => list.reduce((total, count) => total + count, 0);
  const starts = (list: readonly number[]) => list.map((_, i) => sum(list.slice(0, i)));
  const weightStarts = starts(packedBytes), phaseStarts = starts(phaseBytes), units = packUnits(channels, bytes);
  const staged = epilogue === undefined ? 0 : alignedBytes(size),
    margin = padded ? alignedBytes(sizeOfPlanes(copy)) : 0,
    separate = single ? 0 : alignedBytes(sum(phaseBytes));
  /** Packs the kernels of each group, for each phase of positions. */
  const pack: Phase = {
    units: groups * units,
    emit(context) {
      const lanes = laneInstructionsOf(dtype, context.relaxed), { module, workspace } = context;
      const b = { rows: filters, columns: channels, row: filterStep, column: channelStep };
      const some = new Map([...new Set(phases.map(({ taps }) => taps))].map((taps) => {
        const packing = { n: channels, k: filters, b, step: taps * 32, panel: filters * taps * 32 };
        return [
          taps,
          module.function(
            { parameters: { source: "i32", target: "i32", from: "i32", to: "i32" } },
            (f, { source, target, from, to }) => emitPackShare(f, lanes, packing, { from, to }, source, target, module),
          ),
        ];
      }));
      return shareFunction(module, (f, range) => {
        for (let group = 0; group < groups; group++) {
          const { from, to } = unitsOfList(f, range, group, units);
          phases.forEach(({ down, across, taps }, i) => {
            down.taps.forEach(({ index: u }, row) =>
              across.taps.forEach(({ index: v }, column) => {
                const offset = w.offset + group * filters * filterStep + u * rowStep + v * columnStep;
                const target = workspace + group * sum(packedBytes) + weightStarts[i]! +
                  (row * across.taps.length + column) * 32;
                f.do(call(some.get(taps)!, context.address(w.value) + offset * bytes, target, from, to));
              })
            );
          });
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
      const tiles = phases.map((phase) =>
        phase.taps === 0 ? undefined : passEmitter(module, lanes, {
          rows: {
            units: phase.down.count,
            unit: seen.row,
            offsets: Array.from({ length: phase.across.count }, (_, j) => j * seen.column),
          },
          columns: channels,
          panel: filters * phase.taps * 32,
          column: (single ? height * width : phase.down.count * phase.across.count) * bytes,
          padded,
        }, axisOf(phase, filters, seen))
      );
      const body = module.function(
        { parameters: { given: "i32", weight: "i32", target: "i32", spread: "i32", apart: "i32", sums: "i32" } },
        (f, at) => {
          if (padded) emitPad(f, lanes, given, margins, copy, at.given, at.spread);
          const source = padded ? at.spread : at.given;
          phases.forEach(({ down, across }, i) => {
            const first = (down.window - latest(down) + above) * seen.row +
              (across.window - latest(across) + before) * seen.column;
            const to = single ? at.target : f.let(i32.add(at.apart, phaseStarts[i]!));
            tiles[i]?.(f, f.let(i32.add(source, first)), f.let(i32.add(at.weight, weightStarts[i]!)), to, at.sums);
          });
          if (single && phases[0]!.taps === 0) f.do(memory.fill(at.target, 0, channels * height * width * bytes));
          if (!single) {
            const merged = { channels, height, width, stride, phases, starts: phaseStarts };
            emitMerge(f, lanes, merged, at.apart, at.target);
          }
        },
      );
      const kernels = {
        filter: filterStep * bytes,
        channel: channelStep * bytes,
        row: rowStep * bytes,
        column: columnStep * bytes,
      };
      const exact = buildExactInput(module, lanes, { sizes, geometry, given, kernels });
      return shareFunction(module, (f, share) => {
        const unbounded = emitIsUnbounded(f, lanes.bytes === 4 ? 4 : 8, workspace, groups * sum(packedBytes));
        const spread = f.let(i32.add(share.scratch, staged)), apart = f.let(i32.add(spread, margin));
        const sums = f.let(i32.add(apart, separate));
        if (padded) emitClear(f, copy, spread);
        if (!single) f.do(memory.fill(apart, 0, sum(phaseBytes))); // phases that no window reaches stay 0
        const first = context.address(y.value) + y.offset * bytes;
        const source = f.let(i32.add(first, i32.mul(share.from, y.stride[0]! * bytes)));
        const target = loop === undefined
          ? f.let(i32.add(context.results[0]!, i32.mul(share.from, size)))
          : share.scratch;
        emitUnits(f, share, batch, (index) => {
          for (let group = 0; group < groups; group++) {
            const from = i32.add(source, group * filters * given.channel);
            const to = i32.add(target, group * channels * height * width * bytes);
            const weight = context.address(w.value) + (w.offset + group * filters * filterStep) * bytes;
            f.if(
              unbounded,
              () => f.do(call(exact, from, weight, to)),
              () => f.do(call(body, from, workspace + group * sum(packedBytes), to, spread, apart, sums)),
            );
          }
          if (loop === undefined) f.increment(target, size);
          else f.do(call(loop, i32.sub(target, i32.mul(index, size)), index, f.let(i32.add(index, 1))));
          f.increment(source, y.stride[0]! * bytes);
        });
      });
    },
  };
  const shares = {
    workspace: alignedBytes(groups * sum(packedBytes)),
    scratch: staged + margin + separate + alignedBytes(
      Math.max(...phases.map((phase, i) => sumBytes(axisOf(phase, filters, seen), phaseBytes[i]! / bytes, bytes))),
    ),
    phases: [pack, images],
  };
  return loweredFrom(shares, epilogue !== undefined);
}

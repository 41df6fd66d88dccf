/**
 * `conv2dInput` of programs in machine code: positions whose remainders after division by the stride are the same meet the
 * same elements of the kernels, in neighbouring windows. They form one product.
 *
 * @module
 */
import { toLines } from "../../alignment.ts";
import { isPlain } from "../../program/operand.ts";
import { sizeOf } from "../../shape.ts";
import { latest, outside, type PositionPhase, residuesOf } from "../../simd/program/products/conv_residues.ts";
import type { Move } from "../code/code.ts";
import { Lanes } from "../code/lanes.ts";
import { at, type Pointer } from "../code/regions.ts";
import { epilogueOf } from "../maps/epilogue.ts";
import type { MachineLowered } from "../program/lowering.ts";
import { copyWindows, denseOf } from "./dense.ts";
import { emitExactInput, testUnbounded } from "./exact_input.ts";
import { mergeRows } from "./merge.ts";
import { isDepthwise } from "./depthwise.ts";
import { type ConvolutionParts, isPointwise } from "./parts.ts";
import { clearPlanes, fillPlanes, type Images, planesOf } from "./planes.ts";
import { emitWindows, sumBytes, type Windows } from "./windows.ts";

/** The registers that are in use after each image: its number. */
const HELD = 1;

/** Prepares the adjoint in the images; returns `undefined` if WebAssembly must compute it. */
export function lowerInput(parts: ConvolutionParts): MachineLowered | undefined {
  const { operation, sizes, bytes, dtype, bits } = parts;
  const { operands: [y, w], geometry: { stride, dilation, padding: [top, left] }, epilogue } = operation;
  const { batch, channels, filters, groups, height, width, kernelHeight, kernelWidth, outputHeight, outputWidth } =
    sizes;
  const down = residuesOf(height, kernelHeight, stride[0], dilation[0], top);
  const across = residuesOf(width, kernelWidth, stride[1], dilation[1], left);
  const phases: readonly PositionPhase[] = down.flatMap((row) =>
    across.map((column) => ({ down: row, across: column, taps: row.taps.length * column.taps.length }))
  );
  const [above, below] = outside(down, outputHeight), [before, behind] = outside(across, outputWidth);
  const isBounded = above + below + before + behind === 0;
  if (y.stride[3] !== 1 || (!isBounded && !isPlain(w))) return undefined;
  // Planes of one group at a time: they stay in a nearer cache.
  const given: Images = {
    dtype,
    channels: filters,
    height: outputHeight,
    width: outputWidth,
    channel: y.stride[1]! * bytes,
    row: y.stride[2]! * bytes,
    margins: { top: above, left: before, bottom: below, right: behind },
    stride: [1, 1],
  };
  const planes = planesOf(given), image = groups * channels * height * width * bytes, single = phases.length === 1;
  const part = Math.max(...phases.map(({ down, across }) => down.count * across.count * bytes));
  // Such windows are a single line in the image itself.
  const isDirect = isPointwise(parts, y, outputWidth) && !isDepthwise({ channels: filters, filters: channels });
  /** The product of a phase, and where its first window begins. */
  const products = phases.map(({ down, across }) => {
    const windows: Windows = {
      filters: channels,
      filterWeights: w.stride[1]! * bytes,
      filterResults: single ? height * width * bytes : phases.length * part,
      channels: filters,
      channelWeights: w.stride[0]! * bytes,
      channelPlanes: isDirect ? y.stride[1]! * bytes : planes.channel,
      taps: down.taps.flatMap((u) =>
        across.taps.map((v) => ({
          a: (u.index * w.stride[2]! + v.index * w.stride[3]!) * bytes,
          b: planes.offset(latest(down) - u.before, latest(across) - v.before),
        }))
      ),
      lines: isDirect ? 1 : down.count,
      length: isDirect ? height * width : across.count,
      linePlanes: planes.row,
      lineResults: across.count * bytes,
      exact: isDirect,
    };
    const isEmpty = windows.lines * windows.length * windows.taps.length === 0;
    return {
      windows,
      isEmpty,
      dense: isEmpty || isDirect ? undefined : denseOf(windows, bytes, bits),
      first: planes.offset(down.window - latest(down) + above, across.window - latest(across) + before),
    };
  });
  const copyBytes = products.reduce((most, { dense }) => Math.max(most, dense?.bytes ?? 0), 0);
  const apart = single ? 0 : toLines(channels * phases.length * part);
  const wide = products.map(({ windows, dense, isEmpty }) => isEmpty ? 0 : sumBytes(dense?.to ?? windows, bytes, bits));
  const then = epilogueOf(epilogue, { dtype, bits, blocks: [image / bytes], held: HELD }), { staged } = then;
  const copyAt = staged + (isDirect ? 0 : planes.bytes) + apart, sumsAt = copyAt + toLines(copyBytes);
  return {
    workspace: sumsAt + Math.max(0, ...wide),
    ...then.lowered,
    emit: (code, regions) => {
      const { value, results, workspace } = regions;
      const lanes = new Lanes(code, dtype);
      const group = (weights: Pointer, spread: Pointer, to: Pointer) => {
        products.forEach(({ windows, isEmpty, dense, first }, k) => {
          if (isEmpty) return; // no window reaches these positions, or there are none
          const [q, r] = [
            code.pointerTo(at(spread, first)),
            single ? to : code.pointer(workspace, staged + planes.bytes + k * part),
          ];
          const own = { weights, results: r, sums: { region: workspace, offset: sumsAt } };
          if (dense === undefined) {
            emitWindows(code, lanes, windows, { ...own, planes: q });
            code.free(q);
          } else {
            copyWindows(code, lanes, dense, q, workspace, copyAt);
            code.free(q);
            const copy = code.pointer(workspace, copyAt);
            emitWindows(code, lanes, dense.to, { ...own, planes: copy });
            code.free(copy);
          }
          if (!single) code.free(r);
        });
        if (single) return;
        const merged = { channels, height, width, stride, phases, part };
        const source = code.pointer(workspace, staged + planes.bytes);
        mergeRows(code, lanes, merged, source, to);
        code.free(source);
      };
      /** Writes the images one by one. */
      const images = (write: (from: Pointer, weights: Pointer, to: Pointer) => void) =>
        code.count(batch, 1, (index) => {
          const from = code.pointerAlong(value(y.value), y.offset * bytes, index, y.stride[0]! * bytes);
          const weights = code.pointer(value(w.value), w.offset * bytes);
          const to = epilogue === undefined
            ? code.pointerAlong(results[0]!, 0, index, image)
            : code.pointerAlong(workspace, 0, index, then.inBlocks ? 0 : image);
          write(from, weights, to);
          code.free(from, weights, to);
          then.emitBlock(code, regions, { first: 0, count: image / bytes, counter: index, step: image / bytes });
        });
      const regular = () => {
        if (!isDirect) {
          const spread = code.pointer(workspace, staged);
          // Positions that no window reaches, too, stay zero.
          const reached = !single && products.some(({ isEmpty }) => isEmpty) ? planes.bytes + apart : planes.bytes;
          clearPlanes(code, lanes, { ...planes, bytes: reached }, spread);
          code.free(spread);
        }
        images((from, weights, to) => {
          const spread = isDirect ? from : code.pointer(workspace, staged);
          const moves: readonly Move[] = [
            [from, filters * y.stride[1]! * bytes],
            [weights, filters * w.stride[0]! * bytes],
            [to, channels * height * width * bytes],
          ];
          code.loop(groups, moves, () => {
            if (!isDirect) fillPlanes(code, lanes, given, planes, from, spread);
            group(weights, spread, to);
          });
          if (!isDirect) code.free(spread);
        });
      };
      if (isBounded) regular();
      else {
        const weights = code.pointer(value(w.value), w.offset * bytes);
        testUnbounded(code, lanes, sizeOf(w.shape), weights);
        code.free(weights);
        // Times the zeros of a margin, which are in no window, such weights would be NaN.
        code.choose(
          "notZero",
          () => images((from, weights, to) => emitExactInput(code, lanes, { operation, sizes }, { from, weights, to })),
          regular,
        );
      }
      then.emit(code, regions);
    },
  };
}

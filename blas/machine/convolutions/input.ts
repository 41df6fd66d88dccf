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
import type { Code, Move } from "../code/code.ts";
import { Lanes } from "../code/lanes.ts";
import { at, type Pointer } from "../code/regions.ts";
import { epilogueOf } from "../maps/epilogue.ts";
import type { MachineLowered } from "../program/lowering.ts";
import { copyWindows, denseOf } from "./dense.ts";
import { mergeRows } from "./merge.ts";
import type { ConvolutionParts } from "./parts.ts";
import { clearPlanes, fillPlanes, type Images, planesOf } from "./planes.ts";
import { emitWindows, passOf, type Windows } from "./windows.ts";

/** Prepares the adjoint in the images; returns `undefined` if WebAssembly must compute it. */
export function lowerInput({ operation, sizes, bytes, dtype, bits }: ConvolutionParts): MachineLowered | undefined {
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
  // Positions that no window reaches, and axes of one stride only, are rare.
  const isOdd = phases.some(({ down, across, taps }) => down.count * across.count * taps === 0) ||
    stride[0] !== stride[1];
  const tooLong = phases.some(({ taps }) => passOf(filters, taps, bytes === 8) === undefined);
  if (isOdd || tooLong || y.stride[3] !== 1 || (!isBounded && !isPlain(w))) return undefined;
  const images: Images = {
    dtype,
    channels: groups * filters,
    height: outputHeight,
    width: outputWidth,
    channel: y.stride[1]! * bytes,
    row: y.stride[2]! * bytes,
    margins: { top: above, left: before, bottom: below, right: behind },
    stride: [1, 1],
  };
  const planes = planesOf(images), image = groups * channels * height * width * bytes, single = phases.length === 1;
  const parts = phases.map(({ down, across }) => down.count * across.count * bytes), part = Math.max(...parts);
  /** The product of a phase, and where its first window begins. */
  const products = phases.map(({ down, across }) => {
    const windows: Windows = {
      filters: channels,
      filterWeights: w.stride[1]! * bytes,
      filterResults: single ? height * width * bytes : phases.length * part,
      channels: filters,
      channelWeights: w.stride[0]! * bytes,
      channelPlanes: planes.channel,
      taps: down.taps.flatMap((u) =>
        across.taps.map((v) => ({
          a: (u.index * w.stride[2]! + v.index * w.stride[3]!) * bytes,
          b: planes.offset(latest(down) - u.before, latest(across) - v.before),
        }))
      ),
      lines: down.count,
      length: across.count,
      linePlanes: planes.row,
      lineResults: across.count * bytes,
    };
    return {
      windows,
      dense: denseOf(windows, bytes, bits),
      first: planes.offset(down.window - latest(down) + above, across.window - latest(across) + before),
    };
  });
  const copyBytes = products.reduce((most, { dense }) => Math.max(most, dense?.bytes ?? 0), 0);
  const staged = epilogue === undefined ? 0 : toLines(batch * image),
    apart = single ? 0 : toLines(channels * phases.length * part);
  const then = epilogueOf(epilogue, dtype, bits);
  return {
    workspace: staged + planes.bytes + apart + copyBytes,
    ...then.lowered,
    mayRefuse: !isBounded,
    emit: (code, regions) => {
      const { value, results, workspace } = regions;
      const lanes = new Lanes(code, dtype), weights = code.pointer(value(w.value), w.offset * bytes);
      if (!isBounded) refuseUnbounded(code, lanes, sizeOf(w.shape), weights);
      const from = code.pointer(value(y.value), y.offset * bytes), spread = code.pointer(workspace, staged);
      const to = code.pointer(epilogue === undefined ? results[0]! : workspace);
      clearPlanes(code, lanes, planes, spread);
      const group = () => {
        products.forEach(({ windows, dense, first }, k) => {
          const [q, r] = [
            code.pointerTo(at(spread, first)),
            single ? to : code.pointer(workspace, staged + planes.bytes + k * part),
          ];
          if (dense === undefined) {
            emitWindows(code, lanes, windows, { weights, planes: q, results: r });
            code.free(q);
          } else {
            const place = staged + planes.bytes + apart;
            copyWindows(code, lanes, dense, q, workspace, place);
            code.free(q);
            const copy = code.pointer(workspace, place);
            emitWindows(code, lanes, dense.to, { weights, planes: copy, results: r });
            code.free(copy);
          }
          if (!single) code.free(r);
        });
        if (single) return;
        const merged = { channels, height, width, phases, part };
        const source = code.pointer(workspace, staged + planes.bytes);
        mergeRows(code, lanes, merged, source, to);
        code.free(source);
      };
      code.loop(batch, [[from, y.stride[0]! * bytes], [to, image]], () => {
        fillPlanes(code, lanes, images, planes, from, spread);
        const moves: readonly Move[] = [
          [weights, filters * w.stride[0]! * bytes],
          [spread, filters * planes.channel],
          [to, channels * height * width * bytes],
        ];
        code.loop(groups, moves, group);
        moves.forEach(([pointer, by]) => code.move(pointer, -groups * by));
      });
      code.free(from, weights, spread, to);
      then.emit(code, regions);
    },
  };
}

/** Refuses weights that are infinite or NaN: times the zeros of a margin, which are in no window, they would be NaN. */
function refuseUnbounded(code: Code, lanes: Lanes, elements: number, weights: Pointer): void {
  const [sum, zero, x] = code.vectors(3), turns = Math.floor(elements / lanes.count), rest = elements % lanes.count;
  lanes.zero(sum!);
  lanes.zero(zero!);
  code.loop(turns, [[weights, lanes.width]], () => lanes.multiplyAdd(sum!, zero!, at(weights)));
  if (rest > 0) {
    const edge = lanes.edge(rest);
    lanes.load(x!, at(weights), edge);
    lanes.multiplyAdd(sum!, zero!, x!);
    lanes.release(edge);
  }
  code.move(weights, -turns * lanes.width);
  const flags = lanes.flags();
  lanes.compare("unordered", flags, sum!, sum!);
  lanes.testAny(flags);
  code.free(flags, sum!, zero!, x!);
  code.refuseIf("notZero");
}

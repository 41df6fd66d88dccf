/**
 * `conv2dWeight` of programs in machine code: elements of the kernels are the rows of the product, filters its columns. The
 * first matrix is read from images, the second is the windows, transposed.
 *
 * @module
 */
import { toLines } from "../../alignment.ts";
import { chainOf } from "../../simd/program/products/conv_chains.ts";
import type { Code, Move } from "../code/code.ts";
import { Lanes } from "../code/lanes.ts";
import { at, type Pointer } from "../code/regions.ts";
import { epilogueOf } from "../maps/epilogue.ts";
import type { MachineLowered } from "../program/lowering.ts";
import { packColumns } from "../products/pack.ts";
import { narrow } from "../products/wide.ts";
import { type ConvolutionParts, isPointwise } from "./parts.ts";
import { clearPlanes, fillPlanes, type Images, type Planes, planesOf } from "./planes.ts";
import { addPanel, panelTotals, type WeightSums } from "./weight_panel.ts";
import { weightShares, type WholeWeight } from "./weight_shares.ts";

/** The most windows for which images are summed together. */
const TERMS = 1024;

/** Bytes of images and windows that are summed together. */
const TOGETHER = 262_144;

/**
 * Prepares the adjoint in the kernels; returns `undefined` if WebAssembly must compute it.
 *
 * @param whole What it is a part of. Default: it is the whole.
 */
export function lowerWeight(given: ConvolutionParts, whole?: WholeWeight): MachineLowered | undefined {
  const { operation, sizes, bytes, dtype, bits } = given;
  const { operands: [x, y], geometry: { stride, dilation, padding }, epilogue } = operation;
  const { batch, channels, filters, groups, height, width, kernelHeight, kernelWidth, outputHeight, outputWidth } =
    sizes;
  const isDense = y.stride[3] === 1 && (y.stride[2] === outputWidth || outputHeight === 1);
  if (x.stride[3] !== 1 || !isDense) return undefined;
  const [top, left, bottom, right] = padding, count = bits / 8 / bytes;
  const images: Images = {
    dtype,
    channels: groups * channels,
    height,
    width,
    channel: x.stride[1]! * bytes,
    row: x.stride[2]! * bytes,
    margins: { top, left, bottom, right },
    stride,
  };
  const isDirect = isPointwise(given, x, width), copied = planesOf(images);
  // Such windows are in the images themselves.
  const planes: Planes = isDirect
    ? { ...copied, row: images.row, channel: images.channel, bytes: Math.max(0, x.stride[0]! * bytes) }
    : copied;
  const taps = kernelHeight * kernelWidth, vectors = filters > count ? 2 : 1;
  const pixels = outputHeight * outputWidth, panels = Math.ceil(filters / (vectors * count));
  // Images that are summed in registers together.
  const packedPixels = panels * vectors * count * pixels * bytes;
  const many = whole?.many ?? Math.max(
    1,
    Math.min(batch, Math.floor(TERMS / pixels), Math.floor(TOGETHER / (planes.bytes + packedPixels))),
  );
  const row = channels * taps * bytes, target = whole ?? { many, row, first: 0, chain: chainOf(sizes, many, dtype) };
  const parts: WeightSums = {
    filters,
    channels,
    vectors,
    width: vectors * count,
    panels,
    taps: Array.from(
      { length: taps },
      (_, tap) => planes.offset(Math.floor(tap / kernelWidth) * dilation[0], tap % kernelWidth * dilation[1]),
    ),
    packed: many * pixels * vectors * count * bytes,
    sums: channels * taps * vectors * count * 8,
    wide: 8,
    lines: outputHeight,
    length: outputWidth,
    chain: target.chain,
  };
  const then = epilogueOf(epilogue, { dtype, bits }), { staged } = then;
  const packedAt = staged + (isDirect ? 0 : many * planes.bytes),
    sumsAt = packedAt + toLines(panels * parts.packed),
    all = groups * panels * parts.sums;
  return {
    workspace: sumsAt + all + panelTotals(vectors, bits),
    ...then.lowered,
    ...whole === undefined && groups === 1 && { shares: weightShares(given, target, lowerWeight) },
    emit: (code, regions) => {
      const { value, results, workspace } = regions;
      const lanes = new Lanes(code, dtype),
        from = code.pointer(value(x.value), x.offset * bytes),
        cotangents = code.pointer(value(y.value), y.offset * bytes);
      const start = code.pointer(workspace, sumsAt);
      const spread = isDirect ? from : code.pointer(workspace, staged);
      if (!isDirect) clearPlanes(code, lanes, { ...planes, bytes: many * planes.bytes }, spread);
      clearPlanes(code, lanes, { ...planes, bytes: all }, start);
      code.free(start);
      const [xStep, yStep] = [x.stride[0]! * bytes, y.stride[0]! * bytes];
      /** Adds what so many images give. */
      const some = (own: number) => {
        if (!isDirect) {
          code.loop(
            own,
            [[from, xStep], [spread, planes.bytes]],
            () => fillPlanes(code, lanes, images, planes, from, spread),
          );
          code.move(from, -own * xStep);
          code.move(spread, -own * planes.bytes);
        }
        const c = code.pointer(workspace, sumsAt),
          moves: readonly Move[] = [
            [spread, channels * planes.channel],
            [cotangents, filters * y.stride[1]! * bytes],
            [c, panels * parts.sums],
          ];
        code.loop(groups, moves, () => {
          const b = code.pointer(workspace, packedAt), windows = code.pointerTo(at(cotangents));
          code.loop(own, [[windows, yStep], [b, pixels * parts.width * bytes]], () => {
            const [p, q] = [code.pointerTo(at(windows)), code.pointerTo(at(b))];
            const packing = { depth: pixels, columns: filters, width: parts.width, panel: parts.packed };
            packColumns(code, lanes, packing, y.stride[1]! * bytes, p, q);
            code.free(p, q);
          });
          code.free(windows, b);
          const panel = code.pointer(workspace, packedAt);
          code.loop(panels, [[panel, parts.packed], [c, parts.sums]], () => {
            const totals = code.pointer(workspace, sumsAt + all);
            addPanel(code, lanes, parts, planes, own, { image: spread, b: panel, c, totals });
            code.free(totals);
          });
          code.free(panel);
          code.move(c, -panels * parts.sums);
        });
        code.free(c);
        moves.slice(0, 2).forEach(([pointer, by]) => code.move(pointer, -groups * by));
      };
      code.loop(Math.floor(batch / many), [[from, many * xStep], [cotangents, many * yStep]], () => some(many));
      if (batch % many > 0) some(batch % many);
      code.free(from, cotangents, ...isDirect ? [] : [spread]);
      const sums = code.pointer(workspace, sumsAt);
      const to = epilogue === undefined ? code.pointer(results[0]!, target.first) : code.pointer(workspace);
      for (let group = 0; group < groups; group++) {
        for (let k = 0; k < panels; k++) {
          writePanel(code, lanes, parts, Math.min(parts.width, filters - k * parts.width), target.row, sums, to);
        }
      }
      code.free(sums, to);
      then.emit(code, regions);
    },
  };
}

/** Rounds the sums of a panel, and writes them filter by filter. Both pointers go on to the next panel. */
function writePanel(
  code: Code,
  lanes: Lanes,
  { channels, taps, width, sums }: WeightSums,
  filters: number,
  row: number,
  from: Pointer,
  to: Pointer,
): void {
  const rows = channels * taps.length, source = code.pointerTo(at(from));
  if (lanes.bytes === 4) {
    const target = code.pointerTo(at(from));
    narrow(code, lanes, rows * width, source, target);
    code.free(target);
    code.repoint(source, at(from));
  }
  const target = code.pointerTo(at(to));
  packColumns(
    code,
    lanes,
    { depth: filters, columns: rows, width: row / lanes.bytes, panel: filters * row, exact: true },
    width * lanes.bytes,
    source,
    target,
  );
  code.free(source, target);
  code.move(from, sums);
  code.move(to, filters * row);
}

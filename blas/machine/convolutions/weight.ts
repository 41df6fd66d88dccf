/**
 * `conv2dWeight` of programs in machine code: elements of the kernels are the rows of the product, filters its columns. The
 * first matrix is read from images, the second is the windows, transposed.
 *
 * @module
 */
import { toLines } from "../../alignment.ts";
import type { Code, Move } from "../code/code.ts";
import { Lanes } from "../code/lanes.ts";
import { at, type Pointer } from "../code/regions.ts";
import { epilogueOf } from "../maps/epilogue.ts";
import type { MachineLowered } from "../program/lowering.ts";
import { packColumns } from "../products/pack.ts";
import { cutRows, mostRows } from "../products/plan.ts";
import { type Depth, emitTile } from "../products/tile.ts";
import { narrow } from "../products/wide.ts";
import { type ConvolutionParts, isPointwise } from "./parts.ts";
import { clearPlanes, fillPlanes, type Images, type Planes, planesOf } from "./planes.ts";

/** The most terms that are summed in float32 before they are added to sums in float64. */
const TERMS = 1024;

/** Bytes of images and windows that are summed together. */
const TOGETHER = 262_144;

/** Terms in one turn of the innermost loop. */
const UNROLLED = 4;

/** The sums of one group: panels of filters, in each of which every element of a kernel has a vector or two. */
type Sums = {
  readonly filters: number;
  readonly channels: number;
  readonly vectors: number;
  readonly width: number;
  readonly panels: number;
  /** The place of each element of a kernel in planes, in bytes. */
  readonly taps: readonly number[];
  /** Bytes of the packed windows of a panel, and of its sums, and of one of these. */
  readonly packed: number;
  readonly sums: number;
  readonly wide: number;
  readonly lines: number;
  readonly length: number;
};

/** Prepares the adjoint in the kernels; returns `undefined` if WebAssembly must compute it. */
export function lowerWeight(given: ConvolutionParts): MachineLowered | undefined {
  const { operation, sizes, bytes, dtype, bits } = given;
  const { operands: [x, y], geometry: { stride, dilation, padding }, epilogue } = operation;
  const { batch, channels, filters, groups, height, width, kernelHeight, kernelWidth, outputHeight, outputWidth } =
    sizes;
  const isDense = y.stride[3] === 1 && (y.stride[2] === outputWidth || outputHeight === 1);
  if (x.stride[3] !== 1 || !isDense || outputWidth > TERMS) return undefined;
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
  const many = Math.max(
    1,
    Math.min(batch, Math.floor(TERMS / pixels), Math.floor(TOGETHER / (planes.bytes + packedPixels))),
  );
  const parts: Sums = {
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
  };
  const then = epilogueOf(epilogue, { dtype, bits }), { staged } = then;
  const packedAt = staged + (isDirect ? 0 : many * planes.bytes),
    sumsAt = packedAt + toLines(panels * parts.packed),
    all = groups * panels * parts.sums;
  return {
    workspace: sumsAt + all,
    ...then.lowered,
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
            addPanel(code, lanes, parts, planes, own, spread, panel, c);
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
      const sums = code.pointer(workspace, sumsAt), to = code.pointer(epilogue === undefined ? results[0]! : workspace);
      for (let group = 0; group < groups; group++) {
        for (let k = 0; k < panels; k++) {
          writePanel(code, lanes, parts, Math.min(parts.width, filters - k * parts.width), sums, to);
        }
      }
      code.free(sums, to);
      then.emit(code, regions);
    },
  };
}

/** Adds what one image gives to the sums of a panel. All pointers are the same afterwards. */
function addPanel(
  code: Code,
  lanes: Lanes,
  { channels, vectors, width, taps, wide, lines, length }: Sums,
  planes: Planes,
  images: number,
  image: Pointer,
  b: Pointer,
  c: Pointer,
): void {
  const band = Math.min(lines, Math.max(1, Math.floor(TERMS / length))), step = width * lanes.bytes;
  const most = mostRows(vectors, lanes.bits),
    together = Math.max(1, Math.min(channels, Math.floor(most / taps.length)));
  const columns = Array.from({ length: vectors }, (_, v) => ({ b: v * lanes.width, c: v * lanes.count * wide }));
  const accumulate = lanes.bytes === 4 ? "wide" : true, cRow = width * wide;
  const depthOf = (count: number): Depth => {
    const terms = (n: number) => Array.from({ length: n }, (_, i) => ({ a: i * lanes.bytes, b: i * step }));
    return {
      loops: [
        ...images === 1 ? [] : [{ turns: images, a: planes.bytes, b: lines * length * step }],
        { turns: count, a: planes.row, b: length * step },
        { turns: Math.floor(length / UNROLLED), a: UNROLLED * lanes.bytes, b: UNROLLED * step },
      ],
      terms: terms(UNROLLED),
      tail: terms(length % UNROLLED),
    };
  };
  /** Adds some lines of windows to the sums of so many channels. */
  const some = (a: Pointer, own: number, depth: Depth) => {
    const offsets = Array.from({ length: own }, (_, k) => taps.map((tap) => tap + k * planes.channel)).flat();
    let first = 0;
    for (const { rows, count } of cutRows(offsets.length, most)) {
      for (let k = 0; k < count; k++, first += rows) {
        const to = code.pointerTo(at(c, first * cRow));
        const tile = {
          rows: offsets.slice(first, first + rows),
          columns,
          padded: true,
          depth,
          accumulate,
          cRow,
        } as const;
        emitTile(code, lanes, tile, { a, b, c: to });
        code.free(to);
      }
    }
  };
  const bands = (count: number) => {
    const depth = depthOf(count), a = code.pointerTo(at(image)), turns = Math.floor(channels / together);
    const moves: readonly Move[] = [[a, together * planes.channel], [c, together * taps.length * cRow]];
    code.loop(turns, moves, () => some(a, together, depth));
    if (channels % together > 0) some(a, channels % together, depth);
    code.move(c, -turns * together * taps.length * cRow);
    code.free(a);
  };
  const turns = Math.floor(lines / band),
    moves: readonly Move[] = [[image, band * planes.row], [b, band * length * step]];
  code.loop(turns, moves, () => bands(band));
  if (lines % band > 0) bands(lines % band);
  moves.forEach(([pointer, by]) => code.move(pointer, -turns * by));
}

/** Rounds the sums of a panel, and writes them filter by filter. Both pointers go on to the next panel. */
function writePanel(
  code: Code,
  lanes: Lanes,
  { channels, taps, width, sums }: Sums,
  filters: number,
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
  const target = code.pointerTo(at(to)), row = rows * lanes.bytes;
  packColumns(
    code,
    lanes,
    { depth: filters, columns: rows, width: rows, panel: filters * row, exact: true },
    width * lanes.bytes,
    source,
    target,
  );
  code.free(source, target);
  code.move(from, sums);
  code.move(to, filters * row);
}

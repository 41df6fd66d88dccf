/**
 * `conv2dWeight` of groups of one channel in machine code: each element of a kernel has a register, whose lanes are sums over
 * windows.
 *
 * @module
 */
import { toLines } from "../../alignment.ts";
import type { Vector } from "../assembler/registers.ts";
import type { Code } from "../code/code.ts";
import { type Edge, Lanes } from "../code/lanes.ts";
import { at, type Pointer } from "../code/regions.ts";
import { epilogueOf } from "../maps/epilogue.ts";
import type { MachineLowered } from "../program/lowering.ts";
import { addWide } from "../products/wide.ts";
import { foldLanes } from "../reductions/fold.ts";
import type { ConvolutionParts } from "./parts.ts";
import { clearPlanes, fillPlanes, type Images, planesOf } from "./planes.ts";

/** The most terms that a lane sums before they are added to a sum in float64: as in WebAssembly, if they are float32 and the results few. */
const TERMS = { float32: 16, float64: 1024 } as const;

/** Bytes of planes that are summed together. */
const TOGETHER = 16_384;

/** The vectors of a line that are written without a loop. */
const UNROLLED = 4;

/** The sums of a group: all in bytes, but for the offsets of elements of the kernel in planes. */
type Sums = {
  readonly taps: readonly number[];
  /** The elements of the kernel that are summed together. */
  readonly together: number;
  readonly lines: number;
  readonly length: number;
  readonly planes: number;
  readonly planeRow: number;
  /** From one image, and from one row, to the next among the cotangents. */
  readonly image: number;
  readonly row: number;
  /** Bytes of the sums of one element of the kernel. */
  readonly wide: number;
};

/** Prepares the adjoint in the kernels of groups of one channel. */
export function lowerDepthwiseWeight(
  { operation, sizes, bytes, dtype, bits }: ConvolutionParts,
): MachineLowered | undefined {
  const { operands: [x, y], geometry: { stride, dilation, padding: [top, left, bottom, right] }, epilogue } = operation;
  const { batch, filters, groups, height, width, kernelHeight, kernelWidth, outputHeight, outputWidth } = sizes;
  if (x.stride[3] !== 1 || y.stride[3] !== 1) return undefined;
  const images: Images = {
    dtype,
    channels: 1,
    height,
    width,
    channel: x.stride[1]! * bytes,
    row: x.stride[2]! * bytes,
    margins: { top, left, bottom, right },
    stride,
  };
  const planes = planesOf(images),
    taps = kernelHeight * kernelWidth,
    lanes = bits / 8 / bytes,
    most = bits === 512 ? 27 : 12;
  const terms = outputHeight * Math.ceil(outputWidth / lanes);
  const many = Math.max(1, Math.min(batch, Math.floor(TERMS[dtype] / terms), Math.floor(TOGETHER / planes.bytes)));
  const sums: Sums = {
    taps: Array.from(
      { length: taps },
      (_, tap) => planes.offset(Math.floor(tap / kernelWidth) * dilation[0], tap % kernelWidth * dilation[1]),
    ),
    together: Math.ceil(taps / Math.ceil(taps / most)),
    lines: outputHeight,
    length: outputWidth,
    planes: planes.bytes,
    planeRow: planes.row,
    image: y.stride[0]! * bytes,
    row: y.stride[2]! * bytes,
    wide: lanes * 8,
  };
  const then = epilogueOf(epilogue, { dtype, bits }), { staged } = then;
  const totalsAt = staged + many * planes.bytes, totals = toLines(filters * taps * sums.wide);
  return {
    workspace: totalsAt + totals,
    ...then.lowered,
    emit: (code, regions) => {
      const { value, results, workspace } = regions, lanes = new Lanes(code, dtype);
      const spread = code.pointer(workspace, staged), sum = code.pointer(workspace, totalsAt);
      clearPlanes(code, lanes, { ...planes, bytes: many * planes.bytes }, spread);
      const from = code.pointer(value(x.value), x.offset * bytes),
        given = code.pointer(value(y.value), y.offset * bytes);
      const to = code.pointer(epilogue === undefined ? results[0]! : workspace);
      const [xStep, yStep, yFilter] = [x.stride[0]! * bytes, y.stride[0]! * bytes, y.stride[1]! * bytes];
      /** Adds what so many images give. */
      const some = (own: number) => {
        code.loop(
          own,
          [[from, xStep], [spread, planes.bytes]],
          () => fillPlanes(code, lanes, images, planes, from, spread),
        );
        code.move(from, -own * xStep);
        code.move(spread, -own * planes.bytes);
        code.loop(filters, [[given, yFilter], [sum, taps * sums.wide]], () => {
          addImages(code, lanes, sums, own, spread, given, sum);
        });
        code.move(given, -filters * yFilter);
        code.move(sum, -filters * taps * sums.wide);
      };
      code.loop(
        groups,
        [[from, x.stride[1]! * bytes], [given, filters * yFilter], [to, filters * taps * bytes]],
        () => {
          clearPlanes(code, lanes, { ...planes, bytes: totals }, sum);
          const turns = Math.floor(batch / many);
          code.loop(turns, [[from, many * xStep], [given, many * yStep]], () => some(many));
          if (batch % many > 0) some(batch % many);
          code.move(from, -turns * many * xStep);
          code.move(given, -turns * many * yStep);
          writeSums(code, lanes, filters * taps, sums.wide, sum, to);
        },
      );
      code.free(from, given, spread, sum, to);
      then.emit(code, regions);
    },
  };
}

/** Windows that lanes sum in one chain of additions: vectors of some lines, and what is left of each line. */
type Chain = { readonly images: number; readonly lines: number; readonly vectors: number; readonly edge?: Edge };

/** Adds the terms of some images to all sums of a filter. All pointers are the same afterwards. */
function addImages(
  code: Code,
  lanes: Lanes,
  sums: Sums,
  own: number,
  spread: Pointer,
  given: Pointer,
  sum: Pointer,
): void {
  const { taps, together, lines, length, planes, planeRow, image, row, wide } = sums, { count, width } = lanes;
  const vectors = Math.floor(length / count), rest = length % count, perLine = Math.ceil(length / count);
  const edge = rest === 0 ? undefined : lanes.edge(rest), most = TERMS[lanes.dtype];
  /** Does work that moves by some bytes so many times, and moves back. */
  const repeat = (turns: number, a: number, b: number, work: () => void, last?: () => void) => {
    code.loop(turns, [[spread, a], [given, b]], work);
    last?.();
    code.move(spread, -turns * a);
    code.move(given, -turns * b);
  };
  for (let first = 0; first < taps.length; first += together) {
    const offsets = taps.slice(first, first + together), place = { sum, offset: first * wide };
    const add = (chain: Chain) => addChain(code, lanes, sums, offsets, chain, spread, given, place);
    const whole = { images: 1, lines, vectors, ...edge && { edge } };
    if (own * lines * perLine <= most) add({ ...whole, images: own });
    else if (perLine <= most) {
      const band = Math.min(lines, Math.floor(most / perLine)), left = lines % band;
      repeat(own, planes, image, () =>
        repeat(
          Math.floor(lines / band),
          band * planeRow,
          band * row,
          () => add({ ...whole, lines: band }),
          left > 0 ? () => add({ ...whole, lines: left }) : undefined,
        ));
    } else {
      const line = { ...whole, lines: 1 }, left = vectors % most;
      repeat(own, planes, image, () =>
        repeat(lines, planeRow, row, () =>
          repeat(
            Math.floor(vectors / most),
            most * width,
            most * width,
            () => add({ images: 1, lines: 1, vectors: most }),
            left > 0 || edge !== undefined ? () => add({ ...line, vectors: left }) : undefined,
          )));
    }
  }
  if (edge !== undefined) lanes.release(edge);
}

/** Adds one chain to the sums of some elements of the kernel. */
function addChain(
  code: Code,
  lanes: Lanes,
  { planes, planeRow, image, row, wide }: Sums,
  offsets: readonly number[],
  { images, lines, vectors, edge }: Chain,
  spread: Pointer,
  given: Pointer,
  { sum, offset: from }: { readonly sum: Pointer; readonly offset: number },
): void {
  const sums = code.vectors(offsets.length), [y, x] = code.vectors(2) as [Vector, Vector], { width } = lanes; // as many as asked for
  const add = (a: Pointer, b: Pointer, v: number) => {
    lanes.load(y, at(b, v * width));
    offsets.forEach((offset, k) => lanes.multiplyAdd(sums[k]!, y, at(a, offset + v * width)));
  };
  sums.forEach((register) => lanes.zero(register));
  code.loop(images, [[spread, planes], [given, image]], () => {
    const a = code.pointerTo(at(spread)), b = code.pointerTo(at(given));
    code.loop(lines, [[a, planeRow], [b, row]], () => {
      const turns = vectors <= UNROLLED ? 0 : Math.floor(vectors / UNROLLED), step = UNROLLED * width;
      code.loop(turns, [[a, step], [b, step]], () => {
        for (let v = 0; v < UNROLLED; v++) add(a, b, v);
      });
      const left = vectors - turns * UNROLLED;
      for (let v = 0; v < left; v++) add(a, b, v);
      if (edge !== undefined) {
        // Behind the edge there may be anything: it must not meet zeros.
        lanes.load(y, at(b, left * width), edge);
        offsets.forEach((offset, k) => {
          lanes.load(x, at(a, offset + left * width), edge);
          lanes.multiplyAdd(sums[k]!, y, x);
        });
      }
      code.move(a, -turns * step);
      code.move(b, -turns * step);
    });
    code.free(a, b);
  });
  code.move(spread, -images * planes);
  code.move(given, -images * image);
  sums.forEach((register, k) => {
    const place = at(sum, from + k * wide);
    if (lanes.bytes === 4) return addWide(code, lanes, register, place, x);
    lanes.binary("add", register, register, place);
    lanes.store(place, register);
  });
  code.free(...sums, y, x);
}

/** Writes so many sums, each over all its lanes. Both pointers are the same afterwards. */
function writeSums(code: Code, lanes: Lanes, count: number, wide: number, from: Pointer, to: Pointer): void {
  const doubles = new Lanes(code, "float64"), x = code.vector();
  code.loop(count, [[from, wide], [to, lanes.bytes]], () => {
    doubles.load(x, at(from));
    if (wide > doubles.width) doubles.binary("add", x, x, at(from, doubles.width));
    foldLanes(doubles, x, (to, a, b) => doubles.binary("add", to, a, b));
    if (lanes.bytes === 4) code.assembler.vector("unary", "vcvtpd2ps", 128, [x, x]);
    lanes.storeOne(at(to), x);
  });
  code.move(from, -count * wide);
  code.move(to, -count * lanes.bytes);
  code.free(x);
}

/**
 * `conv2dWeight` of programs: elements of the kernels are the rows of the product, filters its columns; what is added up is
 * windows, of several images in one pass.
 *
 * @module
 */
import { laneInstructionsOf } from "../../lane_instructions.ts";
import { call, type FunctionBuilder, i32, type Local, memory } from "../../../wasm/mod.ts";
import type { Lowered } from "../emitter.ts";
import { emitPad, sizeOfPlanes, withMargins } from "./conv_images.ts";
import { tilesEmitter } from "./conv_tiles.ts";
import { alignedBytes, type ConvolutionProblem, planesOf } from "./conv_problem.ts";
import { emitPack } from "./pack.ts";
import { repeat } from "./repeat.ts";
import type { Depth } from "./tile.ts";
import { emitNarrow, isWide } from "./wide_sums.ts";

/** Windows in one pass: enough to make little of adding up passes, few enough to stay in the caches. */
const WINDOWS = 256;

/** Windows that are added up in one chain, at most, unless they are a row: so many of a longer row. */
const CHAIN = 512;

/** Most windows of a row that are taken in one turn. */
const UNROLL = 8;

/** Prepares the adjoint in the kernels. */
export function lowerWeight({ operation, geometry, sizes, bytes, dtype }: ConvolutionProblem): Lowered | undefined {
  const { operands: [x, y], epilogue } = operation;
  const { batch, channels, filters, groups, kernelHeight, kernelWidth, outputHeight, outputWidth } = sizes;
  const { stride, dilation, padding: [top, left, bottom, right] } = geometry;
  const taps = kernelHeight * kernelWidth, k = channels * taps, p = outputHeight * outputWidth, width = 32 / bytes;
  const [imageStep, filterStep, rowStep, columnStep] = y.stride as [number, number, number, number];
  if (rowStep !== outputWidth * columnStep) return undefined;
  const image = planesOf(x, groups, bytes), margins = { top, left, bottom, right };
  const padded = Object.values(margins).some((count) => count > 0), copy = withMargins(image, margins, bytes);
  const crop = Math.max(0, -top) * image.row + Math.max(0, -left) * image.column, seen = padded ? copy : image;
  if (!padded && [image.row, image.column, image.channel, x.stride[0]!].some((step) => step < 0)) return undefined;
  const many = Math.min(batch, Math.max(1, Math.floor(WINDOWS / p)));
  const panel = many * p * 32, panels = Math.ceil(filters / width) * panel, size = groups * filters * k * bytes;
  const perImage = padded ? sizeOfPlanes(copy) : x.stride[0]! * bytes;
  const isShort = many > 1 || p <= CHAIN || bytes === 8, columns = isShort ? outputWidth : Math.min(outputWidth, CHAIN);
  const band = isShort ? outputHeight : Math.max(1, Math.floor(CHAIN / outputWidth));
  const perImagePasses = Math.ceil(outputHeight / band) * Math.ceil(outputWidth / columns);
  const wide = isWide(Math.ceil(batch / many) * perImagePasses, bytes), element = wide ? 8 : bytes;
  const rooms = [
    epilogue === undefined ? 0 : size,
    panels,
    padded ? many * perImage : 0,
    wide ? size * 2 : 0,
  ].map(alignedBytes);
  const [down, across] = [stride[0] * seen.row, stride[1] * seen.column];
  /** Windows of some images: so many rows, so many in each. */
  const depthOf = (images: number, rows: number, columns: number): Depth => {
    const unroll = columns <= 2 * UNROLL ? columns : UNROLL, turns = Math.floor(columns / unroll);
    const steps = (count: number) => Array.from({ length: count }, (_, j) => ({ a: j * across, b: j * 32 }));
    return {
      loops: [
        { count: images, a: perImage, b: p * 32 },
        { count: rows, a: down, b: outputWidth * 32 },
        { count: turns, a: unroll * across, b: unroll * 32 },
      ],
      steps: steps(unroll),
      tail: steps(columns - turns * unroll),
    };
  };
  return {
    workspace: rooms.reduce((sum, bytes) => sum + bytes),
    kernels: [],
    inPlace: epilogue !== undefined,
    emit: (context) => {
      const lanes = laneInstructionsOf(dtype, context.relaxed), { module, workspace } = context;
      const packed = workspace + rooms[0]!, spread = packed + rooms[1]!, sums = spread + rooms[2]!;
      const target = epilogue === undefined ? context.results[0]! : workspace;
      const loop = epilogue === undefined
        ? undefined
        : context.loop({ loop: epilogue, dtype, results: context.results });
      /** Emits some images, one after another, of one group. */
      const passOf = (images: number) => {
        const tilesOf = (rows: number, columns: number) =>
          tilesEmitter(module, lanes, {
            rows: {
              units: channels,
              unit: seen.channel,
              offsets: Array.from(
                { length: taps },
                (_, tap) =>
                  Math.floor(tap / kernelWidth) * dilation[0] * seen.row +
                  tap % kernelWidth * dilation[1] * seen.column,
              ),
            },
            depth: depthOf(images, rows, columns),
            columns: filters,
            panel,
            column: k * element,
            accumulate: wide ? "wide" : true,
          });
        return module.function({ parameters: { image: "i32", windows: "i32", target: "i32" } }, (f, at) => {
          const from = f.let(at.image), given = f.let(at.windows), to = f.let(i32.add(packed, 0));
          const copied = f.let(i32.add(spread, 0));
          repeat(f, images, () => {
            if (padded) emitPad(f, lanes, image, margins, copy, from, copied);
            const b = { rows: p, columns: filters, row: columnStep, column: filterStep };
            emitPack(f, lanes, { n: filters, k: p, b, panel }, given, to);
            f.increment(from, x.stride[0]! * bytes);
            f.increment(given, imageStep * bytes);
            f.increment(to, p * 32);
            if (padded) f.increment(copied, perImage);
          });
          const source = f.let(padded ? i32.add(spread, 0) : i32.add(at.image, crop));
          const rows = { length: outputHeight, most: band, a: down, b: outputWidth * 32 };
          along(f, rows, [source, f.let(i32.add(packed, 0))], (count) => {
            if (columns === outputWidth) {
              const tiles = tilesOf(count, columns);
              return (from, to) => tiles(f, from, to, at.target);
            }
            return (from, to) => {
              const stretch = { length: outputWidth, most: columns, a: across, b: 32 };
              along(f, stretch, [f.let(from), f.let(to)], (width) => {
                const tiles = tilesOf(1, width);
                return (from, to) => tiles(f, from, to, at.target);
              });
            };
          });
        });
      };
      const most = passOf(many), rest = batch % many, last = rest > 0 ? passOf(rest) : undefined;
      return module.function({ parameters: {} }, (f) => {
        const [first, count] = [wide ? sums : target, groups * filters * k];
        f.do(memory.fill(first, 0, count * element));
        if (padded) f.do(memory.fill(spread, 0, many * perImage));
        const from = f.let(i32.add(context.address(x.value) + x.offset * bytes, 0));
        const given = f.let(i32.add(context.address(y.value) + y.offset * bytes, 0));
        const some = (pass: typeof most) => {
          for (let group = 0; group < groups; group++) {
            const source = i32.add(from, group * channels * image.channel);
            const windows = i32.add(given, group * filters * filterStep * bytes);
            f.do(call(pass, source, windows, first + group * filters * k * element));
          }
          f.increment(from, many * x.stride[0]! * bytes);
          f.increment(given, many * imageStep * bytes);
        };
        repeat(f, Math.floor(batch / many), () => some(most));
        if (last !== undefined) some(last);
        if (wide) emitNarrow(f, sums, f.let(i32.add(target, 0)), count);
        if (loop !== undefined) f.do(call(loop, target, 0, groups * filters));
      });
    },
  };
}

/** An axis of windows that is walked along, and bytes from one to the next in the image and in the packed windows. */
type Walk = { readonly length: number; readonly most: number; readonly a: number; readonly b: number };

/** Emits a walk along windows, `most` at a time and then those that are left; `each` emits the work on so many of them. */
function along(
  f: FunctionBuilder,
  { length, most, a, b }: Walk,
  [from, to]: readonly [Local<"i32">, Local<"i32">],
  each: (count: number) => (from: Local<"i32">, to: Local<"i32">) => void,
): void {
  const full = each(most), rest = length % most;
  repeat(f, Math.floor(length / most), () => {
    full(from, to);
    f.increment(from, most * a);
    f.increment(to, most * b);
  });
  if (rest > 0) each(rest)(from, to);
}

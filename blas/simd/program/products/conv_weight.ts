/**
 * `conv2dWeight` of programs: elements of the kernels are the rows of the product, filters its columns; the sums run
 * over windows, of several images in one pass.
 *
 * @module
 */
import { laneInstructionsOf } from "../../lane_instructions.ts";
import { call, type Callable, type FunctionBuilder, i32, type Local, memory } from "../../../wasm/mod.ts";
import type { EmitterContext, Lowered } from "../emitter.ts";
import { emitUnits, least, shareFunction, unitsOfList } from "../shares.ts";
import { emitPad, seenImage, sizeOfPlanes } from "./conv_images.ts";
import { tilesEmitter } from "./conv_tiles.ts";
import { alignedBytes, type ConvolutionProblem, countsOf, planesOf, tapOffsets } from "./conv_problem.ts";
import { emitPack } from "./pack.ts";
import { repeat } from "./repeat.ts";
import type { Depth } from "./tile.ts";
import { emitNarrow, isWide } from "./wide_sums.ts";

/**
 * The number of windows in one pass: so large that summing passes costs little, so small that they stay in the caches.
 */
const WINDOWS = 256;

/** The most windows in one chain of additions; longer rows are summed in pieces of this length. */
const CHAIN = 256;

/** The numbers of windows of a row in one iteration, best first, if the row has more; the first that divides it leaves no rest. */
const UNROLLS = [8, 7, 6, 5];

/** Prepares the adjoint in the kernels. */
export function lowerWeight(problem: ConvolutionProblem): Lowered | undefined {
  const { operation: { operands: [x, y], epilogue }, geometry, sizes, bytes, dtype } = problem;
  const { batch, channels, filters, groups, outputHeight, outputWidth } = sizes;
  const { stride, padding: [top, left, bottom, right] } = geometry;
  const { k, p } = countsOf(sizes), width = 32 / bytes;
  // Images or kernels: four axes.
  const [imageStep, filterStep, rowStep, columnStep] = y.stride as [number, number, number, number];
  if (rowStep !== outputWidth * columnStep) return undefined;
  const image = planesOf(x, groups, bytes), read = seenImage(image, { top, left, bottom, right }, bytes);
  if (read === undefined || (!read.padded && x.stride[0]! < 0)) return undefined;
  const { margins, padded, copy, seen, crop } = read;
  const many = Math.min(batch, Math.max(1, Math.floor(WINDOWS / p))), size = groups * filters * k * bytes;
  const panel = many * p * 32, panels = Math.ceil(filters / width), packedBytes = alignedBytes(panels * panel);
  const perImage = padded ? sizeOfPlanes(copy) : x.stride[0]! * bytes;
  const staged = epilogue === undefined ? 0 : alignedBytes(size);
  const isShort = many > 1 || p <= CHAIN || bytes === 8, stretch = isShort ? outputWidth : Math.min(outputWidth, CHAIN);
  const band = isShort ? outputHeight : Math.max(1, Math.floor(CHAIN / outputWidth));
  const perImagePasses = Math.ceil(outputHeight / band) * Math.ceil(outputWidth / stretch);
  const wide = isWide(Math.ceil(batch / many) * perImagePasses, bytes), element = wide ? 8 : bytes;
  const sumsRoom = wide ? alignedBytes(groups * filters * k * element) : 0;
  const [down, across] = [stride[0] * seen.row, stride[1] * seen.column];
  /** Returns the order of the windows of some images, in rows and columns. */
  const depthOf = (images: number, rows: number, columns: number): Depth => {
    const most = UNROLLS[0]!, unroll = columns <= most ? columns : UNROLLS.find((n) => columns % n === 0) ?? most;
    const iterations = Math.floor(columns / unroll);
    const steps = (count: number) => Array.from({ length: count }, (_, j) => ({ a: j * across, b: j * 32 }));
    return {
      loops: [
        { count: images, a: perImage, b: p * 32 },
        { count: rows, a: down, b: outputWidth * 32 },
        { count: iterations, a: unroll * across, b: unroll * 32 },
      ],
      steps: steps(unroll),
      tail: steps(columns - iterations * unroll),
    };
  };
  const functionsOf = ({ module, relaxed }: EmitterContext): PassFunctions => {
    const lanes = laneInstructionsOf(dtype, relaxed), known = new Map<string, Callable<"none">>();
    const once = (key: string, build: () => Callable<"none">) => {
      const found = known.get(key) ?? build();
      known.set(key, found);
      return found;
    };
    const add = (images: number, columns: number) => {
      const tilesOf = (rows: number, windows: number) =>
        tilesEmitter(module, lanes, {
          rows: {
            units: channels,
            unit: seen.channel,
            offsets: tapOffsets(problem, seen),
          },
          depth: depthOf(images, rows, windows),
          columns,
          panel,
          column: k * element,
          padded,
          accumulate: wide ? "wide" : true,
        });
      const b = { rows: p, columns, row: columnStep, column: filterStep };
      return module.function(
        { parameters: { image: "i32", windows: "i32", packed: "i32", target: "i32" } },
        (f, { image, windows, packed, target }) => {
          const given = f.let(windows), to = f.let(packed);
          repeat(f, images, () => {
            emitPack(f, lanes, { n: columns, k: p, b, panel }, given, to);
            f.increment(given, imageStep * bytes);
            f.increment(to, p * 32);
          });
          const rows = { length: outputHeight, most: band, a: down, b: outputWidth * 32 };
          along(f, rows, [f.let(image), f.let(packed)], (count) => {
            if (stretch === outputWidth) {
              const tiles = tilesOf(count, stretch);
              return (from, to) => tiles(f, from, to, target);
            }
            return (from, to) => {
              const windows = { length: outputWidth, most: stretch, a: across, b: 32 };
              along(f, windows, [f.let(from), f.let(to)], (width) => {
                const tiles = tilesOf(1, width);
                return (from, to) => tiles(f, from, to, target);
              });
            };
          });
        },
      );
    };
    const pad = (images: number) =>
      module.function({ parameters: { source: "i32", target: "i32" } }, (f, { source, target }) => {
        const from = f.let(source), to = f.let(target);
        repeat(f, images, () => {
          emitPad(f, lanes, image, margins, copy, from, to);
          f.increment(from, x.stride[0]! * bytes);
          f.increment(to, perImage);
        });
      });
    return {
      add: (images, columns) => once(`add ${images} ${columns}`, () => add(images, columns)),
      pad: (images) => once(`pad ${images}`, () => pad(images)),
    };
  };
  /** Emits all passes over images; `group` emits what one image adds to the kernels of a group. */
  const emitPasses = (
    f: FunctionBuilder,
    context: EmitterContext,
    functions: PassFunctions,
    spread: Local<"i32">,
    group: (images: number, group: number, prepare: () => PassPointers) => void,
  ) => {
    if (padded) f.do(memory.fill(spread, 0, many * perImage));
    const from = f.let(i32.add(context.address(x.value) + x.offset * bytes, 0));
    const given = f.let(i32.add(context.address(y.value) + y.offset * bytes, 0));
    const pass = (images: number) => {
      for (let i = 0; i < groups; i++) {
        group(images, i, () => {
          const source = f.let(i32.add(from, i * channels * image.channel));
          if (padded) f.do(call(functions.pad(images), source, spread));
          const windows = f.let(i32.add(given, i * filters * filterStep * bytes));
          return { image: padded ? spread : f.let(i32.add(source, crop)), windows };
        });
      }
      f.increment(from, many * x.stride[0]! * bytes);
      f.increment(given, many * imageStep * bytes);
    };
    repeat(f, Math.floor(batch / many), () => pass(many));
    if (batch % many > 0) pass(batch % many);
  };
  const targetOf = ({ results, workspace }: EmitterContext) => epilogue === undefined ? results[0]! : workspace;
  const loopOf = ({ loop, results }: EmitterContext) => epilogue && loop({ loop: epilogue, dtype, results });
  const emitWhole = (context: EmitterContext) => {
    const target = targetOf(context), loop = loopOf(context), functions = functionsOf(context);
    const add = new Map(
      [many, batch % many].filter((images) => images > 0).map((images) => [
        images,
        functions.add(images, filters),
      ]),
    );
    const sums = wide ? context.workspace + staged : target, count = groups * filters * k;
    return context.module.function({ parameters: {} }, (f) => {
      f.do(memory.fill(sums, 0, count * element));
      const packed = f.let(i32.add(context.workspace + staged + sumsRoom, 0)),
        spread = f.let(i32.add(packed, packedBytes));
      emitPasses(f, context, functions, spread, (images, group, prepare) => {
        const { image, windows } = prepare();
        f.do(call(add.get(images)!, image, windows, packed, sums + group * filters * k * element));
      });
      if (wide) emitNarrow(f, f.let(i32.add(sums, 0)), f.let(i32.add(target, 0)), { lines: 1, length: count, step: 0 });
      if (loop !== undefined) f.do(call(loop, target, 0, groups * filters));
    });
  };
  /** Units are panels of filters: the sums of one filter are never divided. Sums in float64 are in the workspace. */
  const emitShare = (context: EmitterContext) => {
    const target = targetOf(context), loop = loopOf(context), functions = functionsOf(context);
    const sums = wide ? context.workspace + staged : target;
    return shareFunction(context.module, (f, share) => {
      const packed = share.scratch, spread = f.let(i32.add(packed, alignedBytes(panel)));
      const ranges = Array.from({ length: groups }, (_, group) => {
        const { from, to } = unitsOfList(f, share, group, panels);
        const first = least(f, f.let(i32.mul(from, width)), filters),
          end = least(f, f.let(i32.mul(to, width)), filters);
        return {
          from,
          to,
          first,
          end,
          start: f.let(i32.add(i32.mul(first, k * element), sums + group * filters * k * element)),
        };
      });
      for (const { first, end, start } of ranges) {
        f.do(memory.fill(start, 0, i32.mul(i32.sub(end, first), k * element)));
      }
      emitPasses(f, context, functions, spread, (images, group, prepare) => {
        const { from, to, first, start } = ranges[group]!;
        f.if(i32.lt_s(from, to), () => {
          const { image, windows } = prepare();
          const given = f.let(i32.add(windows, i32.mul(first, filterStep * bytes))), put = f.let(start);
          const add = (columns: number) => f.do(call(functions.add(images, columns), image, given, packed, put));
          const unit = () => {
            add(width);
            f.increment(given, width * filterStep * bytes);
            f.increment(put, width * k * element);
          };
          const rest = filters % width;
          emitUnits(f, { from, to }, panels, unit, rest > 0 ? () => add(rest) : undefined);
        });
      });
      if (wide) {
        ranges.forEach(({ first, end, start }, group) => {
          const from = f.let(start),
            to = f.let(i32.add(i32.mul(first, k * bytes), target + group * filters * k * bytes));
          f.for({ from: first, to: end }, () => {
            emitNarrow(f, from, to, { lines: 1, length: k, step: 0 });
            f.increment(from, k * element);
            f.increment(to, k * bytes);
          });
        });
      }
      if (loop === undefined) return;
      ranges.forEach(({ first, end }, group) => {
        f.do(call(loop, target, i32.add(first, group * filters), i32.add(end, group * filters)));
      });
    });
  };
  const margin = padded ? alignedBytes(many * perImage) : 0;
  return {
    workspace: staged + sumsRoom + packedBytes + margin,
    inPlace: epilogue !== undefined,
    emit: emitWhole,
    shares: {
      workspace: staged + sumsRoom,
      scratch: alignedBytes(panel) + margin,
      phases: [{ units: groups * panels, emit: emitShare }],
    },
  };
}

/**
 * The functions that sum some images for a number of filters of a group, and that copy images into planes with margins.
 */
type PassFunctions = {
  readonly add: (images: number, columns: number) => Callable<"none">;
  readonly pad: (images: number) => Callable<"none">;
};

/** The addresses of the images and windows of a pass. */
type PassPointers = { readonly image: Local<"i32">; readonly windows: Local<"i32"> };

/** An axis of windows, with the bytes between neighbours in the image and in the packed windows. */
type WindowAxis = { readonly length: number; readonly most: number; readonly a: number; readonly b: number };

/** Emits a loop over windows, `most` at a time and then the rest; `each` emits the work on a number of windows. */
function along(
  f: FunctionBuilder,
  { length, most, a, b }: WindowAxis,
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

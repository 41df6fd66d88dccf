/**
 * `conv2dWeight` of programs: elements of the kernels are the rows of the product, filters its columns; the sums run
 * over windows, of several images in one pass.
 *
 * @module
 */
import { buildCarry } from "../../wide_sums_kernel.ts";
import { laneInstructionsOf } from "../../lane_instructions.ts";
import { call, type Callable, type FunctionBuilder, i32, type Local, memory } from "../../../wasm/mod.ts";
import type { EmitterContext, Lowered } from "../emitter.ts";
import { emitUnits, least, shareFunction, unitsOfList } from "../shares.ts";
import { emitPad, seenImage, sizeOfPlanes } from "./conv_images.ts";
import { tilesEmitter } from "./conv_tiles.ts";
import { along, callsOf, chainOf } from "./conv_chains.ts";
import { alignedBytes, type ConvolutionProblem, countsOf, planesOf, tapOffsets } from "./conv_problem.ts";
import { emitPack } from "./pack.ts";
import { repeat } from "./repeat.ts";
import type { Depth } from "./tile.ts";
import { emitNarrow } from "./wide_sums.ts";

/** The number of windows that are packed together: so small that they stay in the caches. */
const WINDOWS = 256;
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
  const staged = epilogue === undefined ? 0 : alignedBytes(size), chain = chainOf(sizes, many, dtype);
  const full = Math.floor(batch / many), calls = callsOf(chain, many);
  const wide = full * calls + callsOf(chain, batch % many) > 2 * chain.together;
  const every = Math.max(1, Math.floor(chain.together / calls));
  const sumsRoom = wide ? alignedBytes(groups * filters * k * 8) : 0;
  const [down, across] = [stride[0] * seen.row, stride[1] * seen.column];
  const { bands, together } = chain, isRows = chain.columns === outputWidth;
  /** Returns the order of the windows of one chain, or of several chains, one after another in an image. */
  function depthOf(images: number, rows: number, columns: number): Depth {
    const most = UNROLLS[0]!, unroll = columns <= most ? columns : UNROLLS.find((n) => columns % n === 0) ?? most;
    const iterations = Math.floor(columns / unroll);
    const steps = (count: number) => Array.from({ length: count }, (_, j) => ({ a: j * across, b: j * 32 }));
    return {
      chains: bands > 1,
      loops: [
        bands === 1
          ? { count: images, a: perImage, b: p * 32 }
          : isRows
          ? { count: bands, a: rows * down, b: rows * outputWidth * 32 }
          : { count: bands, a: columns * across, b: columns * 32 },
        { count: rows, a: down, b: outputWidth * 32 },
        { count: iterations, a: unroll * across, b: unroll * 32 },
      ],
      steps: steps(unroll),
      tail: steps(columns - iterations * unroll),
    };
  }
  function functionsOf({ module, relaxed }: EmitterContext): PassFunctions {
    const lanes = laneInstructionsOf(dtype, relaxed), known = new Map<string, Callable<"none">>();
    function once(key: string, build: () => Callable<"none">) {
      const found = known.get(key) ?? build();
      known.set(key, found);
      return found;
    }
    const carry = wide ? buildCarry(module) : undefined;
    function add(images: number, columns: number) {
      const tilesOf = (images: number, rows: number, windows: number) =>
        tilesEmitter(module, lanes, {
          rows: {
            units: channels,
            unit: seen.channel,
            offsets: tapOffsets(problem, seen),
          },
          depth: depthOf(images, rows, windows),
          columns,
          panel,
          column: k * bytes,
          padded,
          accumulate: true,
        });
      const b = { rows: p, columns, row: columnStep, column: filterStep };
      return module.function(
        { parameters: { image: "i32", windows: "i32", packed: "i32", target: "i32", sums: "i32" } },
        (f, { image, windows, packed, target, sums }) => {
          const given = f.let(windows), to = f.let(packed), added = f.local("i32");
          f.set(added, 0);
          repeat(f, images, () => {
            emitPack(f, lanes, { n: columns, k: p, b, panel }, given, to);
            f.increment(given, imageStep * bytes);
            f.increment(to, p * 32);
          });
          function settle(chains: number) {
            if (carry === undefined || callsOf(chain, images) <= together) return;
            f.increment(added, chains);
            f.if(i32.ge_s(added, together), () => {
              f.do(call(carry, columns * k, target, sums));
              f.set(added, 0);
            });
          }
          const rowAxis = { length: outputHeight, most: isRows ? chain.rows * bands : 1, a: down, b: outputWidth * 32 };
          const columnAxis = {
            length: outputWidth,
            most: isRows ? outputWidth : chain.columns * bands,
            a: across,
            b: 32,
          };
          const imageAxis = { length: images, most: chain.images, a: perImage, b: p * 32 };
          along(
            f,
            imageAxis,
            [f.let(image), f.let(packed)],
            (images) => (from, to) =>
              along(
                f,
                rowAxis,
                [f.let(from), f.let(to)],
                (rows) => (from, to) =>
                  along(f, columnAxis, [f.let(from), f.let(to)], (columns) => {
                    const tiles = isRows ? tilesOf(images, rows / bands, columns) : tilesOf(images, 1, columns / bands);
                    return (from, to) => {
                      tiles(f, from, to, target);
                      settle(bands);
                    };
                  }),
              ),
          );
        },
      );
    }
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
      carry,
      add: (images, columns) => once(`add ${images} ${columns}`, () => add(images, columns)),
      pad: (images) => once(`pad ${images}`, () => pad(images)),
    };
  }
  /** Emits all passes over images; `group` emits what one image adds to the kernels of a group. */
  function emitPasses(
    f: FunctionBuilder,
    context: EmitterContext,
    functions: PassFunctions,
    spread: Local<"i32">,
    group: (images: number, group: number, prepare: () => PassPointers) => void,
    settle: () => void,
  ) {
    if (padded) f.do(memory.fill(spread, 0, many * perImage));
    const from = f.let(i32.add(context.address(x.value) + x.offset * bytes, 0));
    const given = f.let(i32.add(context.address(y.value) + y.offset * bytes, 0));
    function pass(images: number) {
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
    }
    const passes = f.local("i32");
    f.set(passes, 0);
    repeat(f, full, () => {
      pass(many);
      if (!wide || full < every) return;
      f.increment(passes, 1);
      f.if(i32.eq(passes, every), () => {
        settle();
        f.set(passes, 0);
      });
    });
    if (batch % many > 0) pass(batch % many);
    if (wide) settle();
  }
  const targetOf = ({ results, workspace }: EmitterContext) => epilogue === undefined ? results[0]! : workspace;
  const loopOf = ({ loop, results }: EmitterContext) => epilogue && loop({ loop: epilogue, dtype, results });
  function emitWhole(context: EmitterContext) {
    const target = targetOf(context), loop = loopOf(context), functions = functionsOf(context);
    const add = new Map(
      [many, batch % many].filter((images) => images > 0).map((images) => [
        images,
        functions.add(images, filters),
      ]),
    );
    const sums = context.workspace + staged, count = groups * filters * k, { carry } = functions;
    return context.module.function({ parameters: {} }, (f) => {
      f.do(memory.fill(target, 0, size));
      if (wide) f.do(memory.fill(sums, 0, count * 8));
      const packed = f.let(i32.add(context.workspace + staged + sumsRoom, 0)),
        spread = f.let(i32.add(packed, packedBytes));
      emitPasses(f, context, functions, spread, (images, group, prepare) => {
        const { image, windows } = prepare();
        const first = group * filters * k;
        f.do(call(add.get(images)!, image, windows, packed, target + first * bytes, sums + first * 8));
      }, () => carry && f.do(call(carry, count, target, sums)));
      if (wide) emitNarrow(f, f.let(i32.add(sums, 0)), f.let(i32.add(target, 0)), { lines: 1, length: count, step: 0 });
      if (loop !== undefined) f.do(call(loop, target, 0, groups * filters));
    });
  }
  /** Units are panels of filters: the sums of one filter are never divided. Sums in float64 are in the workspace. */
  function emitShare(context: EmitterContext) {
    const target = targetOf(context), loop = loopOf(context), functions = functionsOf(context);
    const sums = context.workspace + staged, { carry } = functions;
    return shareFunction(context.module, (f, share) => {
      const packed = share.scratch, spread = f.let(i32.add(packed, alignedBytes(panel)));
      const ranges = Array.from({ length: groups }, (_, group) => {
        const { from, to } = unitsOfList(f, share, group, panels);
        const first = least(f, f.let(i32.mul(from, width)), filters),
          end = least(f, f.let(i32.mul(to, width)), filters);
        const of = (address: number, element: number) =>
          f.let(i32.add(i32.mul(first, k * element), address + group * filters * k * element));
        const count = f.let(i32.mul(i32.sub(end, first), k));
        return { from, to, first, end, count, start: of(target, bytes), wideStart: of(sums, 8) };
      });
      for (const { count, start, wideStart } of ranges) {
        f.do(memory.fill(start, 0, i32.mul(count, bytes)));
        if (wide) f.do(memory.fill(wideStart, 0, i32.mul(count, 8)));
      }
      emitPasses(f, context, functions, spread, (images, group, prepare) => {
        const { from, to, first, start, wideStart } = ranges[group]!;
        f.if(i32.lt_s(from, to), () => {
          const { image, windows } = prepare();
          const given = f.let(i32.add(windows, i32.mul(first, filterStep * bytes))),
            put = f.let(start),
            carried = f.let(wideStart);
          const add = (columns: number) =>
            f.do(call(functions.add(images, columns), image, given, packed, put, carried));
          function unit() {
            add(width);
            f.increment(given, width * filterStep * bytes);
            f.increment(put, width * k * bytes);
            f.increment(carried, width * k * 8);
          }
          const rest = filters % width;
          emitUnits(f, { from, to }, panels, unit, rest > 0 ? () => add(rest) : undefined);
        });
      }, () => {
        if (carry !== undefined) {
          ranges.forEach(({ count, start, wideStart }) => f.do(call(carry, count, start, wideStart)));
        }
      });
      if (wide) {
        for (const { first, end, start, wideStart } of ranges) {
          const from = f.let(wideStart), to = f.let(start);
          f.for({ from: first, to: end }, () => {
            emitNarrow(f, from, to, { lines: 1, length: k, step: 0 });
            f.increment(from, k * 8);
            f.increment(to, k * bytes);
          });
        }
      }
      if (loop === undefined) return;
      ranges.forEach(({ first, end }, group) => {
        f.do(call(loop, target, i32.add(first, group * filters), i32.add(end, group * filters)));
      });
    });
  }
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
  /** Carries float32 sums over to float64, if there are so many passes. */
  readonly carry: Callable<"none"> | undefined;
  readonly add: (images: number, columns: number) => Callable<"none">;
  readonly pad: (images: number) => Callable<"none">;
};

/** The addresses of the images and windows of a pass. */
type PassPointers = { readonly image: Local<"i32">; readonly windows: Local<"i32"> };

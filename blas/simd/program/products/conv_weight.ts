/**
 * `conv2dWeight` of programs: elements of the kernels are the rows of the product, filters its columns; what is added up is
 * windows, of several images in one pass.
 *
 * @module
 */
import { laneInstructionsOf } from "../../lane_instructions.ts";
import { call, type Callable, type FunctionBuilder, i32, type Local, memory } from "../../../wasm/mod.ts";
import type { EmitterContext, Lowered } from "../emitter.ts";
import { emitUnits, least, shareFunction, unitsOfList } from "../shares.ts";
import { emitPad, sizeOfPlanes, withMargins } from "./conv_images.ts";
import { tilesEmitter } from "./conv_tiles.ts";
import { alignedBytes, type ConvolutionProblem, planesOf } from "./conv_problem.ts";
import { emitPack } from "./pack.ts";
import { repeat } from "./tile.ts";

/** Windows in one pass: enough to make little of adding up passes, few enough to stay in the caches. */
const WINDOWS = 256;

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
  const many = Math.min(batch, Math.max(1, Math.floor(WINDOWS / p))), size = groups * filters * k * bytes;
  const panel = many * p * 32, panels = Math.ceil(filters / width), room = alignedBytes(panels * panel);
  const perImage = padded ? sizeOfPlanes(copy) : x.stride[0]! * bytes;
  const staged = epilogue === undefined ? 0 : alignedBytes(size);
  const unroll = outputWidth <= 2 * UNROLL ? outputWidth : UNROLL, turns = Math.floor(outputWidth / unroll);
  const [down, across] = [stride[0] * seen.row, stride[1] * seen.column];
  const steps = (count: number) => Array.from({ length: count }, (_, j) => ({ a: j * across, b: j * 32 }));
  const functionsOf = ({ module, relaxed }: EmitterContext): PassFunctions => {
    const lanes = laneInstructionsOf(dtype, relaxed), known = new Map<string, Callable<"none">>();
    const once = (key: string, build: () => Callable<"none">) => {
      const found = known.get(key) ?? build();
      known.set(key, found);
      return found;
    };
    const add = (images: number, columns: number) => {
      const tiles = tilesEmitter(module, lanes, {
        rows: {
          units: channels,
          unit: seen.channel,
          offsets: Array.from(
            { length: taps },
            (_, tap) =>
              Math.floor(tap / kernelWidth) * dilation[0] * seen.row + tap % kernelWidth * dilation[1] * seen.column,
          ),
        },
        depth: {
          loops: [
            { count: images, a: perImage, b: p * 32 },
            { count: outputHeight, a: down, b: outputWidth * 32 },
            { count: turns, a: unroll * across, b: unroll * 32 },
          ],
          steps: steps(unroll),
          tail: steps(outputWidth - turns * unroll),
        },
        columns,
        panel,
        column: k * bytes,
        accumulate: true,
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
          tiles(f, image, packed, target);
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
  /** Emits all passes over images; `group` emits what one of them adds to the kernels of a group. */
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
    return context.module.function({ parameters: {} }, (f) => {
      f.do(memory.fill(target, 0, size));
      const packed = f.let(i32.add(context.workspace + staged, 0)), spread = f.let(i32.add(packed, room));
      emitPasses(f, context, functions, spread, (images, group, prepare) => {
        const { image, windows } = prepare();
        f.do(call(add.get(images)!, image, windows, packed, target + group * filters * k * bytes));
      });
      if (loop !== undefined) f.do(call(loop, target, 0, groups * filters));
    });
  };
  /** Units are panels of filters: what is added up for a filter is never divided. */
  const emitShare = (context: EmitterContext) => {
    const target = targetOf(context), loop = loopOf(context), functions = functionsOf(context);
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
          start: f.let(i32.add(i32.mul(first, k * bytes), target + group * filters * k * bytes)),
        };
      });
      for (const { first, end, start } of ranges) {
        f.do(memory.fill(start, 0, i32.mul(i32.sub(end, first), k * bytes)));
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
            f.increment(put, width * k * bytes);
          };
          const rest = filters % width;
          emitUnits(f, { from, to }, panels, unit, rest > 0 ? () => add(rest) : undefined);
        });
      });
      if (loop === undefined) return;
      ranges.forEach(({ first, end }, group) => {
        f.do(call(loop, target, i32.add(first, group * filters), i32.add(end, group * filters)));
      });
    });
  };
  const margin = padded ? alignedBytes(many * perImage) : 0;
  return {
    workspace: staged + room + margin,
    inPlace: epilogue !== undefined,
    emit: emitWhole,
    shares: {
      workspace: staged,
      scratch: alignedBytes(panel) + margin,
      phases: [{ units: groups * panels, emit: emitShare }],
    },
  };
}

/** What adds up some images for so many filters of a group, and what copies images to where their margins are zeros. */
type PassFunctions = {
  readonly add: (images: number, columns: number) => Callable<"none">;
  readonly pad: (images: number) => Callable<"none">;
};

/** Where the images and windows of a pass begin. */
type PassPointers = { readonly image: Local<"i32">; readonly windows: Local<"i32"> };

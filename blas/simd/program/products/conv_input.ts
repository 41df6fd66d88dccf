/**
 * `conv2dInput` of programs: elements of the images are the rows of the product, channels its columns. Elements whose
 * positions leave the same remainders after division by the stride are seen through the same elements of the kernels, by
 * windows side by side: they are one product, a phase.
 *
 * @module
 */
import { type LaneInstructions, laneInstructionsOf } from "../../lane_instructions.ts";
import { call, type FunctionBuilder, i32, type Local, memory } from "../../../wasm/mod.ts";
import type { Lowered } from "../emitter.ts";
import { emitClear, emitPad, type Planes, sizeOfPlanes, withMargins } from "./conv_images.ts";
import { type LongAxis, passEmitter, sumBytes } from "./conv_passes.ts";
import { buildExactInput, emitIsUnbounded } from "./conv_input_exact.ts";
import { alignedBytes, type ConvolutionProblem, planesOf } from "./conv_problem.ts";
import { emitPack } from "./pack.ts";
import { loadPartialVector, storePartialVector } from "./partial_vector.ts";
import type { Depth } from "./tile.ts";
import { repeat } from "./repeat.ts";

/** The positions of one remainder on one axis of images, and the elements of the kernel that they are seen through. */
type Residue = {
  /** The first position, and how many there are, a stride apart. */
  readonly first: number;
  readonly count: number;
  /** Elements of the kernel, and how many windows before the first one each is seen by. */
  readonly taps: readonly { readonly index: number; readonly before: number }[];
  /** The window that sees the first position through the first of the elements. */
  readonly window: number;
};

/** Sorts the positions of an axis by remainder. */
function residuesOf(
  length: number,
  kernel: number,
  stride: number,
  dilation: number,
  padding: number,
): readonly Residue[] {
  return Array.from({ length: stride }, (_, remainder) => {
    const first = ((remainder - padding) % stride + stride) % stride;
    const taps = Array.from({ length: kernel }, (_, index) => ({ index, at: index * dilation }))
      .filter(({ at }) => at % stride === remainder)
      .map(({ index, at }) => ({ index, before: (at - remainder) / stride }));
    const count = first < length ? Math.floor((length - 1 - first) / stride) + 1 : 0;
    return { first, count, taps, window: (first + padding - remainder) / stride };
  });
}

/** Windows outside those that there are, on both sides of an axis, which see positions through some element. */
function outside(residues: readonly Residue[], windows: number): readonly [number, number] {
  const all = residues.filter(({ count, taps }) => count > 0 && taps.length > 0);
  const low = all.map(({ window, taps }) => window - Math.max(...taps.map(({ before }) => before)));
  const high = all.map(({ window, count, taps }) => window + count - 1 - Math.min(...taps.map(({ before }) => before)));
  return [Math.max(0, -Math.min(0, ...low)), Math.max(0, Math.max(0, ...high) - windows + 1)];
}

/** Positions with the same remainders on both axes. */
type Phase = { readonly down: Residue; readonly across: Residue; readonly taps: number };

/** Steps that are taken in one turn, at least. */
const UNROLL = 4;

/** Prepares the adjoint in the images. */
export function lowerInput({ operation, geometry, sizes, bytes, dtype }: ConvolutionProblem): Lowered | undefined {
  const { operands: [y, w], epilogue } = operation;
  const { batch, channels, filters, groups, height, width, kernelHeight, kernelWidth, outputHeight, outputWidth } =
    sizes;
  const { stride, dilation, padding: [top, left] } = geometry;
  const [filterStep, channelStep, rowStep, columnStep] = w.stride as [number, number, number, number];
  const down = residuesOf(height, kernelHeight, stride[0], dilation[0], top);
  const across = residuesOf(width, kernelWidth, stride[1], dilation[1], left);
  const [above, below] = outside(down, outputHeight), [before, behind] = outside(across, outputWidth);
  const margins = { top: above, left: before, bottom: below, right: behind };
  const given = planesOf(y, groups, bytes), padded = above + below + before + behind > 0;
  if (!padded && [given.row, given.column, given.channel].some((step) => step < 0)) return undefined;
  const copy = withMargins(given, margins, bytes), seen = padded ? copy : given;
  const phases: readonly Phase[] = down.flatMap((row) =>
    across.map((column) => ({ down: row, across: column, taps: row.taps.length * column.taps.length }))
  ).filter(({ down, across }) => down.count * across.count > 0);
  const columns = Math.ceil(channels / (32 / bytes)), size = groups * channels * height * width * bytes;
  const single = stride[0] === 1 && stride[1] === 1;
  const packedBytes = phases.map(({ taps }) => columns * filters * taps * 32);
  const phaseBytes = phases.map(({ down, across }) => channels * down.count * across.count * bytes);
  const sum = (list: readonly number[]) => list.reduce((total, count) => total + count, 0);
  const starts = (list: readonly number[]) => list.map((_, i) => sum(list.slice(0, i)));
  const rooms = [
    epilogue === undefined ? 0 : size,
    groups * sum(packedBytes),
    padded ? sizeOfPlanes(copy) : 0,
    single ? 0 : sum(phaseBytes),
    Math.max(...phases.map((phase, i) => sumBytes(axisOf(phase, filters, seen), phaseBytes[i]! / bytes, bytes))),
  ].map(alignedBytes);
  return {
    workspace: sum(rooms),
    kernels: [],
    inPlace: epilogue !== undefined,
    emit: (context) => {
      const lanes = laneInstructionsOf(dtype, context.relaxed), { module, workspace } = context;
      const [packed, spread, apart, sums] = starts(rooms).slice(1).map((start) => workspace + start) as [
        number,
        number,
        number,
        number,
      ];
      const weightStarts = starts(packedBytes), phaseStarts = starts(phaseBytes);
      const loop = epilogue === undefined
        ? undefined
        : context.loop({ loop: epilogue, dtype, results: context.results });
      const tiles = phases.map((phase) =>
        phase.taps === 0 ? undefined : passEmitter(
          module,
          lanes,
          {
            rows: {
              units: phase.down.count,
              unit: seen.row,
              offsets: Array.from({ length: phase.across.count }, (_, j) => j * seen.column),
            },
            columns: channels,
            panel: filters * phase.taps * 32,
            column: (single ? height * width : phase.down.count * phase.across.count) * bytes,
          },
          axisOf(phase, filters, seen),
          sums,
        )
      );
      const body = module.function({ parameters: { given: "i32", weight: "i32", target: "i32" } }, (f, at) => {
        if (padded) emitPad(f, lanes, given, margins, copy, at.given, f.let(i32.add(spread, 0)));
        const source = padded ? i32.add(spread, 0) : at.given;
        phases.forEach(({ down, across }, i) => {
          const first = (down.window - latest(down) + above) * seen.row +
            (across.window - latest(across) + before) * seen.column;
          const to = single ? at.target : f.let(i32.add(apart + phaseStarts[i]!, 0));
          tiles[i]?.(f, f.let(i32.add(source, first)), f.let(i32.add(at.weight, weightStarts[i]!)), to);
        });
        if (single && phases[0]!.taps === 0) f.do(memory.fill(at.target, 0, channels * height * width * bytes));
        if (!single) {
          const merged = { channels, height, width, stride, phases, starts: phaseStarts.map((start) => apart + start) };
          emitMerge(f, lanes, merged, at.target);
        }
      });
      const kernels = {
        filter: filterStep * bytes,
        channel: channelStep * bytes,
        row: rowStep * bytes,
        column: columnStep * bytes,
      };
      const exact = buildExactInput(module, lanes, { sizes, geometry, given, kernels });
      return module.function({ parameters: {} }, (f) => {
        if (padded) emitClear(f, copy, spread);
        if (!single) f.do(memory.fill(apart, 0, sum(phaseBytes))); // phases that nothing sees stay 0
        for (let group = 0; group < groups; group++) {
          phases.forEach(({ down, across, taps }, i) => {
            down.taps.forEach(({ index: u }, row) =>
              across.taps.forEach(({ index: v }, column) => {
                const offset = w.offset + group * filters * filterStep + u * rowStep + v * columnStep;
                const b = { rows: filters, columns: channels, row: filterStep, column: channelStep };
                const to = packed + group * sum(packedBytes) + weightStarts[i]! +
                  (row * across.taps.length + column) * 32;
                const matrix = { n: channels, k: filters, b, step: taps * 32, panel: filters * taps * 32 };
                const from = context.address(w.value) + offset * bytes;
                emitPack(f, lanes, matrix, f.let(i32.add(from, 0)), f.let(i32.add(to, 0)));
              })
            );
          });
        }
        const unbounded = emitIsUnbounded(f, lanes.bytes === 4 ? 4 : 8, packed, groups * sum(packedBytes));
        const source = f.let(i32.add(context.address(y.value) + y.offset * bytes, 0)), index = f.local("i32");
        const target = f.let(i32.add(loop === undefined ? context.results[0]! : workspace, 0));
        repeat(f, batch, () => {
          for (let group = 0; group < groups; group++) {
            const from = i32.add(source, group * filters * given.channel);
            const to = i32.add(target, group * channels * height * width * bytes);
            const weight = context.address(w.value) + (w.offset + group * filters * filterStep) * bytes;
            f.if(
              unbounded,
              () => f.do(call(exact, from, weight, to)),
              () => f.do(call(body, from, packed + group * sum(packedBytes), to)),
            );
          }
          if (loop === undefined) f.increment(target, size);
          else {
            const next = f.let(i32.add(index, 1));
            f.do(call(loop, i32.sub(workspace, i32.mul(index, size)), index, next));
            f.set(index, next);
          }
          f.increment(source, y.stride[0]! * bytes);
        });
      });
    },
  };
}

/** How many windows earlier than the first an element of the kernel is seen by, at most. */
const latest = ({ taps }: Residue): number => Math.max(0, ...taps.map(({ before }) => before));

/** What a phase adds up: filters, in them elements of the kernel. */
function axisOf(phase: Phase, filters: number, seen: Planes): LongAxis {
  const { taps } = phase;
  return { length: filters, terms: taps, a: seen.channel, b: taps * 32, depth: (count) => depthOf(phase, count, seen) };
}

/** The order of a phase's sums: filters, in them elements of the kernel. */
function depthOf({ down, across, taps }: Phase, filters: number, { channel, row, column }: Planes): Depth {
  const each = down.taps.flatMap((u) =>
    across.taps.map((v) => (latest(down) - u.before) * row + (latest(across) - v.before) * column)
  );
  const unroll = Math.min(filters, Math.ceil(UNROLL / taps)), turns = Math.floor(filters / unroll);
  const steps = (count: number) =>
    Array.from({ length: count }, (_, i) => each.map((a, t) => ({ a: i * channel + a, b: (i * taps + t) * 32 })))
      .flat();
  return {
    loops: [
      { count: 1, a: filters * channel, b: filters * taps * 32 },
      { count: turns, a: unroll * channel, b: unroll * taps * 32 },
    ],
    steps: steps(unroll),
    tail: steps(filters - turns * unroll),
  };
}

/** Emits the putting together of images from phases, each `[channels, rows, columns]` by itself. */
function emitMerge(
  f: FunctionBuilder,
  lanes: LaneInstructions,
  { channels, height, width, stride: [down, across], phases, starts }: {
    readonly channels: number;
    readonly height: number;
    readonly width: number;
    readonly stride: readonly [number, number];
    readonly phases: readonly Phase[];
    readonly starts: readonly number[];
  },
  target: Local<"i32">,
): void {
  const { bytes, count, scalar, interleave } = lanes;
  /** Positions that are a stride apart, one by one. */
  const apart = (from: Local<"i32">, to: Local<"i32">, many: number) => {
    const at = f.let(from), put = f.let(to);
    repeat(f, many, () => {
      f.do(scalar.store(put, scalar.load(at)));
      f.increment(at, bytes);
      f.increment(put, across * bytes);
    });
  };
  /** Two phases, element by element in turns; the first may have one more. */
  const inTurns = ([even, odd]: readonly Local<"i32">[], to: Local<"i32">, total: number) => {
    const from = [f.let(even!), f.let(odd!)], put = f.let(to);
    const pair = (i: number, left: number) => {
      const own = (parity: number) => Math.min(count, Math.floor((left + 1 - parity) / 2));
      const [a, b] = from.map((pointer, parity) => f.let(loadPartialVector(lanes, own(parity), pointer, 16 * i)));
      interleave(a!, b ?? a!).forEach((vector, half) => {
        const many = Math.min(count, left - half * count);
        if (many > 0) f.do(...storePartialVector(lanes, many, put, f.let(vector), 32 * i + 16 * half));
      });
    };
    const whole = Math.floor(total / (2 * count)), loops = Math.floor(whole / UNROLL);
    repeat(f, loops, () => {
      for (let i = 0; i < UNROLL; i++) pair(i, 2 * count);
      from.forEach((pointer) => f.increment(pointer, 16 * UNROLL));
      f.increment(put, 32 * UNROLL);
    });
    for (let i = 0; i < whole - loops * UNROLL; i++) pair(i, 2 * count);
    const left = total - whole * 2 * count;
    if (left > 0) pair(whole - loops * UNROLL, left);
  };
  for (const first of new Set(phases.map(({ down }) => down.first))) {
    const own = phases.map((phase, i) => ({ phase, start: starts[i]! })).filter(({ phase }) =>
      phase.down.first === first
    )
      .sort((a, b) => a.phase.across.first - b.phase.across.first);
    const rows = own[0]!.phase.down.count, sources = own.map(({ start }) => f.let(i32.add(start, 0)));
    const plane = f.let(i32.add(target, first * width * bytes));
    repeat(f, channels, () => {
      const line = f.let(plane);
      repeat(f, rows, () => {
        if (across === 2 && own.length === 2) inTurns(sources, line, width);
        else {
          own.forEach(({ phase }, i) => {
            apart(sources[i]!, f.let(i32.add(line, phase.across.first * bytes)), phase.across.count);
          });
        }
        own.forEach(({ phase }, i) => f.increment(sources[i]!, phase.across.count * bytes));
        f.increment(line, down * width * bytes);
      });
      f.increment(plane, height * width * bytes);
    });
  }
}

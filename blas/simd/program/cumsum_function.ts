/**
 * Running sums as WebAssembly functions.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import type { CumsumOperation } from "../../program/operations/cumsum.ts";
import { rowMajorStrides, sizeOf } from "../../shape.ts";
import { f32, f32x4, f64, f64x2, type FunctionBuilder, i32, type Local, memory, v128 } from "../../wasm/mod.ts";
import { shuffle } from "../lane_instructions.ts";
import type { EmitterContext, Lowered, Phase } from "./emitter.ts";
import { loadLanes, storeLanes } from "./lane_access.ts";
import { type Level, levelsAround } from "./levels.ts";
import { emitLoopNest } from "./loop_nest.ts";
import { type Pointers, pointersTo } from "./pointers.ts";
import { loweredFrom, shareFunction, type UnitRange } from "./shares.ts";

/**
 * The number of lines that are summed together: each sum depends on the previous one of its line, but not on other
 * lines.
 */
const LINES = 4;
/** The number of elements of a line that one iteration adds. */
const UNROLL = 4;
/** The number of adjacent lines whose sums stay in the first-level cache. */
const BLOCK = 256;

/**
 * Prepares running sums for emission. If the elements of a line are adjacent, a few lines are summed at a time, in
 * registers; if lines are adjacent instead, their sums are in memory, and many lines advance together.
 */
export function lowerCumsum(operation: CumsumOperation, dtype: DType): Lowered {
  const plan = cumsumPlan(operation, dtype), { size, before, after } = plan;
  const isAcross = after.length > 0;
  const phase: Phase = {
    units: size === 0 ? 1 : before.length > 0 ? before[0]!.length : isAcross ? unitsAcross(after) : 1,
    emit: (context) =>
      shareFunction(context.module, (f, { from, to, scratch }) => {
        if (size === 0) return;
        const range = { from, to };
        if (isAcross) emitAcross(f, context, plan, range, scratch);
        else if (before.length > 0) emitAlong(f, context, plan, range);
        else f.if(i32.lt_s(from, to), () => emitAlong(f, context, plan, undefined));
      }),
  };
  const scratch = isAcross ? BLOCK * 8 + 32 : 0; // the sums of a block, and a vector that reaches beyond them
  return loweredFrom({ workspace: 0, scratch, phases: [phase] }, false);
}

/** An axis with the steps of operand and result, in bytes. */
type CumsumLevel = Level<readonly [number, number]>;

/** The levels before the axis, the axis itself, and the levels after it. */
type CumsumPlan = ReturnType<typeof cumsumPlan>;

function cumsumPlan(operation: CumsumOperation, dtype: DType) {
  const { axis, operand: { shape, stride }, reverse } = operation, bytes = BYTES_PER_ELEMENT[dtype];
  const inBytes = (steps: readonly number[]) => steps.map((step) => step * bytes);
  const strides = [inBytes(stride), inBytes(rowMajorStrides(shape))] as const;
  const step = (steps: readonly number[]): number => reverse ? -steps[axis]! : steps[axis]!;
  const along: CumsumLevel = { length: shape[axis]!, strides: [step(strides[0]), step(strides[1])] };
  return {
    operation,
    dtype,
    size: sizeOf(shape),
    along,
    ...levelsAround<CumsumLevel["strides"]>(axis, shape, strides),
  };
}

/** Returns the addresses of the elements of operand and result that are visited first, at index 0 of all other axes. */
function startsOf({ address, results }: EmitterContext, plan: CumsumPlan): readonly [number, number] {
  const { operation: { operand, reverse }, dtype, along } = plan, last = reverse ? along.length - 1 : 0;
  return [
    address(operand.value) + operand.offset * BYTES_PER_ELEMENT[dtype] - last * along.strides[0],
    results[0]! - last * along.strides[1],
  ];
}

/** Returns pointers that move along levels. */
function pointersAlong(
  f: FunctionBuilder,
  context: EmitterContext,
  plan: CumsumPlan,
  levels: readonly CumsumLevel[],
  range: UnitRange | undefined,
): Pointers {
  const sources = startsOf(context, plan).map((base, k) => ({
    base,
    strides: levels.length === 0 ? [0] : levels.map(({ strides }) => strides[k]!),
  }));
  return pointersTo(f, sources, { moves: () => true, ...range && { from: range.from } });
}

/** Copies the addresses of pointers to locals that move along a line. */
const here = (f: FunctionBuilder, { place }: Pointers): [Local<"i32">, Local<"i32">] =>
  [0, 1].map((source) => {
    const { address, offset } = place(source, 0);
    return f.let(i32.add(address, offset));
  }) as [Local<"i32">, Local<"i32">]; // operand and result

function emitAlong(f: FunctionBuilder, context: EmitterContext, plan: CumsumPlan, range: UnitRange | undefined): void {
  const { before } = plan, inner = before.length - 1, pointers = pointersAlong(f, context, plan, before, range);
  const lines = (count: number) => addLines(f, plan, here(f, pointers), before[inner]?.strides ?? [0, 0], count);
  if (before.length === 0) return lines(1);
  const visit = (level: number): void => {
    const { length } = before[level]!;
    if (level < inner) {
      if (level > 0 || range === undefined) return pointers.loop(level, length, 1, () => visit(level + 1));
      return f.for({ to: f.let(i32.sub(range.to, range.from)) }, () => {
        visit(level + 1);
        pointers.advance(0, 1);
      });
    }
    const left = level > 0 || range === undefined ? undefined : f.let(i32.sub(range.to, range.from));
    if (left !== undefined) {
      for (const count of [LINES, 1]) {
        f.while(i32.ge_s(left, count), () => {
          lines(count);
          pointers.advance(level, count);
          f.increment(left, -count);
        });
      }
      return;
    }
    const whole = Math.floor(length / LINES);
    pointers.loop(level, whole, LINES, () => lines(LINES));
    if (length % LINES === 0) return;
    pointers.advance(level, whole * LINES);
    lines(length % LINES);
    pointers.advance(level, -whole * LINES);
  };
  visit(0);
}

/** Emits the running sums of lines that begin at addresses `steps` apart. */
function addLines(
  f: FunctionBuilder,
  { dtype, along }: CumsumPlan,
  [from, to]: readonly [Local<"i32">, Local<"i32">],
  steps: readonly [number, number],
  count: number,
): void {
  const sums = Array.from({ length: count }, () => f.local("f64"));
  for (const sum of sums) f.set(sum, 0);
  // The offset of an instruction cannot be negative: if a step is, each line has its own pointers.
  const at = (base: Local<"i32">, distance: number) => distance < 0 ? i32.add(base, distance) : base;
  const add = (elements: number) => {
    for (let k = 0; k < elements; k++) {
      sums.forEach((sum, line) => {
        const read = k * along.strides[0] + line * steps[0], write = k * along.strides[1] + line * steps[1];
        const address = at(from, read), offset = Math.max(read, 0), target = at(to, write), place = Math.max(write, 0);
        if (dtype === "float32") {
          f.set(sum, f64.add(sum, f64.promote_f32(f32.load(address, offset))));
          f.do(f32.store(target, f32.demote_f64(sum), place));
        } else {
          f.set(sum, f64.add(sum, f64.load(address, offset)));
          f.do(f64.store(target, sum, place));
        }
      });
    }
  };
  const iterations = Math.floor(along.length / UNROLL), rest = along.length % UNROLL;
  f.for({ to: iterations }, () => {
    add(UNROLL);
    f.increment(from, UNROLL * along.strides[0]);
    f.increment(to, UNROLL * along.strides[1]);
  });
  add(rest);
}

const unitsAcross = (after: readonly CumsumLevel[]): number =>
  after.length === 1 ? Math.ceil(after[0]!.length / BLOCK) : after[0]!.length;

function emitAcross(
  f: FunctionBuilder,
  context: EmitterContext,
  plan: CumsumPlan,
  range: UnitRange,
  sums: Local<"i32">,
): void {
  const { before, after } = plan, last = after.at(-1)!, outer = [...before, ...after.slice(0, -1)];
  const blocks: CumsumLevel = {
    length: Math.ceil(last.length / BLOCK),
    strides: last.strides.map((s) => s * BLOCK) as [number, number], // a step of each operand
  };
  const levels = [...outer, blocks], pointers = pointersAlong(f, context, plan, levels, range);
  const tail = last.length % BLOCK, full = Math.floor(last.length / BLOCK);
  const block = (count: number) => addBlock(f, plan, here(f, pointers), sums, count);
  const visit = (level: number): void => {
    const isLast = level === levels.length - 1, inner = () => isLast ? block(BLOCK) : visit(level + 1);
    if (level > 0) {
      pointers.loop(level, isLast ? full : levels[level]!.length, 1, inner);
      if (!isLast || tail === 0) return;
      pointers.advance(level, full);
      block(tail);
      return pointers.advance(level, -full);
    }
    // The first level is the one that is divided.
    const index = f.local("i32");
    f.for({ counter: index, from: range.from, to: range.to }, () => {
      if (!isLast) inner();
      else if (tail === 0) block(BLOCK);
      else if (full === 0) block(tail);
      else f.if(i32.lt_s(index, full), () => block(BLOCK), () => block(tail));
      pointers.advance(0, 1);
    });
  };
  visit(0);
}

/** Emits the running sums of `count` adjacent lines that begin at addresses. */
function addBlock(
  f: FunctionBuilder,
  { dtype, along, after }: CumsumPlan,
  [from, to]: readonly [Local<"i32">, Local<"i32">],
  sums: Local<"i32">,
  count: number,
): void {
  const bytes = BYTES_PER_ELEMENT[dtype], steps = after.at(-1)!.strides;
  f.do(memory.fill(sums, 0, count * 8));
  f.for({ to: along.length }, () => {
    emitLoopNest(f, {
      lengths: [count],
      sources: [
        { base: 0, start: from, strides: [steps[0]] },
        { base: 0, start: to, strides: [steps[1]] },
        { base: 0, start: sums, strides: [8] },
      ],
      lanes: 16 / bytes,
      weight: dtype === "float32" ? 12 : 6,
      enter: () => {},
      body: (vectors, { place }) => {
        for (const { count, offsets } of vectors) {
          const x = f.let(loadLanes((offset) => place(0, offset), offsets(0), bytes));
          const [first] = offsets(1) as [number], [own] = offsets(2) as [number]; // at least one lane
          const sum = (half: number, part: Parameters<typeof f64x2.add>[0]) => {
            const { address, offset } = place(2, own + 16 * half),
              made = f.let(f64x2.add(v128.load(address, offset), part));
            f.do(v128.store(address, made, offset));
            return made;
          };
          const y = dtype === "float64" ? sum(0, x) : f.let(shuffle(
            f32x4.demote_f64x2_zero(sum(0, f64x2.promote_low_f32x4(x))),
            f32x4.demote_f64x2_zero(sum(1, f64x2.promote_low_f32x4(shuffle(x, x, [2, 3, 2, 3])))),
            [0, 1, 4, 5],
          ));
          f.do(...storeLanes((offset) => place(1, first + offset), y, count, bytes));
        }
      },
    });
    f.increment(from, along.strides[0]);
    f.increment(to, along.strides[1]);
  });
}

/**
 * Joins as WebAssembly functions.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import { reshapeOperand } from "../../program/compose.ts";
import { isCovered } from "../../join.ts";
import type { JoinOperation, JoinPart } from "../../program/operations/join.ts";
import type { Loop } from "../../program/program.ts";
import { constantScalar } from "../../scalar/scalar.ts";
import { rowMajorStrides, type Shape, sizeOf } from "../../shape.ts";
import type { Range } from "../../view.ts";
import {
  call,
  type Callable,
  type FunctionBuilder,
  i32,
  type Local,
  memory,
  type ModuleBuilder,
  select,
} from "../../wasm/mod.ts";
import type { EmitterContext, LoopRequest, Lowered, Phase } from "./emitter.ts";
import { loopUnits } from "./loop_function.ts";
import { loweredFrom, shareFunction, type UnitRange, unitsFrom } from "./shares.ts";

/** The bytes of a block that is filled, and then written to while it is in the first-level cache. */
const BLOCK_BYTES = 16384;

/**
 * Prepares a join for emission. If there are elements to fill, the result is filled and written block by block; if
 * parts skip indices of the first axis, the whole result is filled first.
 */
export function lowerJoin(operation: JoinOperation, dtype: DType): Lowered {
  const join = withLeadingAxis(operation), { shape, parts } = join;
  if (isCovered(shape, parts.map(({ place }) => place))) return lowerParts(join, dtype, []);
  if (parts.every(({ place }) => place[0]!.step === 1)) {
    const phase: Phase = { units: shape[0]!, emit: (context) => buildBlocks(context, join, dtype) };
    return loweredFrom({ workspace: 0, scratch: 0, phases: [phase] }, false);
  }
  const filled = fillingLoop(join, shape);
  return lowerParts(join, dtype, [{
    units: loopUnits(filled),
    emit: ({ loopShare, results }) => loopShare({ loop: filled, dtype, results }),
  }]);
}

/** Emits parts one by one, after other phases. */
function lowerParts(join: JoinOperation, dtype: DType, before: readonly Phase[]): Lowered {
  const units = join.parts.map((part) => loopUnits(part.loop, placed(join, part).stride));
  const starts: number[] = [];
  const total = units.reduce((sum, count) => {
    starts.push(sum);
    return sum + count;
  }, 0);
  const writing: Phase = {
    units: total,
    emit: (context) => {
      const functions = join.parts.map((part) => context.loopShare(requestOf(context, join, part, dtype)));
      const write = inGroups(context.module, functions.length, (f, range, k) => {
        const { from, to } = unitsFrom(f, range, starts[k]!, units[k]!);
        f.if(i32.lt_s(from, to), () => f.do(call(functions[k]!, from, to, 0))); // loops need no scratch memory
      });
      return shareFunction(context.module, (f, range) => write(f, range));
    },
  };
  return {
    workspace: 0,
    canMove: before.length === 0,
    emit: (context) => {
      const functions = join.parts.map((part) => context.wholeLoop(requestOf(context, join, part, dtype)));
      // It has one result.
      const [target] = context.results as [number], bytes = sizeOf(join.shape) * BYTES_PER_ELEMENT[dtype];
      const fill = before.length === 0 ? [] : fillAll(context, join, dtype, target, bytes);
      return context.module.function(
        { parameters: {} },
        (f) => f.do(...fill, ...functions.map((write) => call(write))),
      );
    },
    shares: { workspace: 0, scratch: 0, phases: [...before, writing] },
  };
}

function fillAll(context: EmitterContext, join: JoinOperation, dtype: DType, target: number, bytes: number) {
  if (Object.is(join.fill, 0)) return [memory.fill(target, 0, bytes)];
  return [call(context.wholeLoop({ loop: fillingLoop(join, join.shape), dtype, results: [target] }))];
}

/** Fills some indices of the first axis and writes the parts to them, block by block. */
function buildBlocks(context: EmitterContext, join: JoinOperation, dtype: DType): Callable<"none"> {
  const { shape, parts, fill } = join, [target] = context.results as [number]; // it has one result
  const bytes = sizeOf(shape.slice(1)) * BYTES_PER_ELEMENT[dtype];
  const block = Math.max(1, Math.floor(BLOCK_BYTES / Math.max(1, bytes)));
  const filling = Object.is(fill, 0)
    ? undefined
    : context.loop({ loop: fillingLoop(join, shape), dtype, results: [target] });
  const functions = parts.map((part) => context.loop(requestOf(context, join, part, dtype)));
  const write = inGroups(context.module, functions.length, (f, range, k) => {
    const { start: first, count } = parts[k]!.place[0]!, own = unitsFrom(f, range, first, count);
    f.if(i32.lt_s(own.from, own.to), () => f.do(call(functions[k]!, 0, own.from, own.to)));
  });
  return shareFunction(context.module, (f, { from, to }) =>
    f.for({ from, to, step: block }, (start) => {
      const end = lesser(f, f.let(i32.add(start, block)), to), range: UnitRange = { from: start, to: end };
      f.do(
        filling === undefined
          ? memory.fill(i32.add(i32.mul(start, bytes), target), 0, i32.mul(i32.sub(end, start), bytes))
          : call(filling, 0, start, end),
      );
      write(f, range);
    }));
}

/** The most parts whose code is in one function: each needs locals, of which a function may have 50,000. */
const MOST_TOGETHER = 1000;

/** Returns the emitter of the code for a range of units, part by part; the code of many parts is in several functions. */
function inGroups(
  m: ModuleBuilder,
  count: number,
  emit: (f: FunctionBuilder, range: UnitRange, part: number) => void,
): (f: FunctionBuilder, range: UnitRange) => void {
  const some = (f: FunctionBuilder, range: UnitRange, first: number, end: number): void => {
    for (let k = first; k < end; k++) emit(f, range, k);
  };
  if (count <= MOST_TOGETHER) return (f, range) => some(f, range, 0, count);
  const groups: Callable<"none">[] = [];
  for (let first = 0; first < count; first += MOST_TOGETHER) {
    const end = Math.min(count, first + MOST_TOGETHER);
    groups.push(m.function({ parameters: { from: "i32", to: "i32" } }, (f, range) => some(f, range, first, end)));
  }
  return (f, { from, to }) => groups.forEach((group) => f.do(call(group, from, to)));
}

const lesser = (f: FunctionBuilder, a: Local<"i32">, b: Local<"i32">): Local<"i32"> =>
  f.let(select(i32.lt_s(a, b), a, b));

const fillingLoop = ({ fill }: JoinOperation, shape: Shape): Loop => ({
  shape,
  operands: [],
  expressions: [constantScalar(fill)],
});

function requestOf(
  { results, shifts }: EmitterContext,
  join: JoinOperation,
  part: JoinPart,
  dtype: DType,
): LoopRequest {
  const { offset, stride } = placed(join, part);
  return {
    loop: part.loop,
    dtype,
    results: [results[0]! + offset * BYTES_PER_ELEMENT[dtype]],
    resultStride: stride,
    shifts,
  };
}

/** Returns the strides and the offset of a part in the row-major result. */
function placed({ shape }: JoinOperation, { place }: JoinPart): { offset: number; stride: readonly number[] } {
  const steps = rowMajorStrides(shape);
  return {
    offset: place.reduce((sum, { start }, axis) => sum + start * steps[axis]!, 0),
    stride: place.map(({ step }, axis) => step * steps[axis]!),
  };
}

/**
 * Returns the same join without empty parts, with at least one axis, and with the leading axes that all parts span
 * joined into one.
 */
function withLeadingAxis(join: JoinOperation): JoinOperation {
  const { shape } = join, parts = join.parts.filter(({ loop }) => sizeOf(loop.shape) > 0);
  if (shape.length === 0) {
    const one: readonly Range[] = [{ start: 0, step: 1, count: 1 }];
    return { ...join, shape: [1], parts: parts.map((part) => ({ loop: reshapedLoop(part.loop, [1])!, place: one })) };
  }
  const differs = shape.findIndex((length, axis) =>
    parts.some(({ place }) => place[axis]!.count !== length || (length > 1 && place[axis]!.step !== 1))
  );
  for (let axes = differs < 0 ? shape.length : differs; axes > 1; axes--) {
    const length = sizeOf(shape.slice(0, axes));
    const loops = parts.map(({ loop }) => reshapedLoop(loop, [length, ...loop.shape.slice(axes)]));
    if (!loops.every((loop) => loop !== undefined)) continue;
    return {
      ...join,
      shape: [length, ...shape.slice(axes)],
      parts: parts.map(({ place }, k) => ({
        loop: loops[k]!,
        place: [{ start: 0, step: 1, count: length }, ...place.slice(axes)],
      })),
    };
  }
  return { ...join, parts };
}

function reshapedLoop(loop: Loop, shape: Shape): Loop | undefined {
  const operands = loop.operands.map((operand) => reshapeOperand(operand, shape));
  return operands.every((operand) => operand !== undefined) ? { ...loop, shape, operands } : undefined;
}

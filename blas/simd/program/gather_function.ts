/**
 * Gathers as WebAssembly functions.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import type { IndexRange } from "../../program/operations/check_indices.ts";
import type { GatherOperation } from "../../program/operations/gather.ts";
import type { Operand } from "../../program/program.ts";
import { add, argument } from "../../scalar/scalar.ts";
import { rowMajorStrides, sizeOf } from "../../shape.ts";
import { call, type Callable, type FunctionBuilder, i32, i32x4, memory, v128 } from "../../wasm/mod.ts";
import type { Vector } from "../lane_instructions.ts";
import { buildRefusal, checkingPhase } from "./check_indices_function.ts";
import type { EmitterContext, Lowered, Phase } from "./emitter.ts";
import { checkedOffsetsOf, type IndexedAxis, offsetAt, offsetsOf } from "./index_code.ts";
import { loadLanes, type Place, storeLanes } from "./lane_access.ts";
import { levelsOf } from "./levels.ts";
import { indicesOf, loopUnits } from "./loop_function.ts";
import { emitLoopNest } from "./loop_nest.ts";
import { pointersTo, type Source } from "./pointers.ts";
import { emitRow } from "./row_code.ts";
import { shareFunction, type UnitRange } from "./shares.ts";

/** Rows of at least this many bytes are moved by one instruction. */
const LONG_ROW = 1024;

/**
 * Prepares a gather for emission. If one index applies to all elements along the last axes, these are copied as rows;
 * otherwise elements are loaded one by one.
 */
export function lowerGather(operation: GatherOperation, dtype: DType): Lowered {
  const plan = gatherPlan(operation, dtype), { check: range, indices } = operation;
  const check = range && { operand: indices, range };
  const phase: Phase = {
    units: plan.units,
    emit: (context) => shareFunction(context.module, (f, range) => emitGather(f, context, plan, range)),
  };
  return {
    workspace: 0,
    emit: (context) => {
      const refuse = check && buildRefusal(context, check);
      return context.module.function({ parameters: {} }, (f) => emitGather(f, context, { ...plan, refuse }));
    },
    shares: { workspace: 0, scratch: 0, phases: [phase, ...check ? [checkingPhase(check)] : []] },
  };
}

type GatherPlan = {
  readonly dtype: DType;
  readonly axis: IndexedAxis;
  readonly units: number;
  readonly size: number;
  /** The indices, and the indexed operand at index 0 of the axis; both have the result's shape. */
  readonly indices: Operand;
  readonly origin: Operand;
  /** The number of axes of a row; 0 if elements are loaded one by one. */
  readonly rowAxes: number;
  /** The range of valid indices, if they are checked while they are read. */
  readonly check: IndexRange | undefined;
  /** The function that throws the error; without it, a later phase checks. */
  readonly refuse?: Callable<"none"> | undefined;
};

function gatherPlan({ axis, operand, indices, checked = false, check }: GatherOperation, dtype: DType): GatherPlan {
  const { shape } = indices, bytes = BYTES_PER_ELEMENT[dtype];
  const origin = { ...operand, shape, stride: operand.stride.map((step, own) => own === axis ? 0 : step) };
  const changes = indices.stride.findLastIndex((step, own) => own === axis || (step !== 0 && shape[own] !== 1));
  const rowAxes = check === undefined && sizeOf(shape.slice(changes + 1)) > 1 ? shape.length - 1 - changes : 0;
  const outer = shape.slice(0, shape.length - rowAxes);
  const rows = (): number =>
    outer.includes(0)
      ? 1
      : levelsOf(outer, [indices, origin].map(({ stride }) => stride.slice(0, outer.length))).lengths[0]!;
  return {
    dtype,
    indices,
    origin,
    rowAxes,
    check,
    size: sizeOf(shape),
    axis: { length: operand.shape[axis]!, step: operand.stride[axis]! * bytes, checked },
    units: rowAxes > 0
      ? rows()
      : loopUnits({ shape, operands: [indices, origin], expressions: [add(argument(0), argument(1))] }),
  };
}

function emitGather(f: FunctionBuilder, context: EmitterContext, plan: GatherPlan, range?: UnitRange): void {
  if (plan.size === 0) return;
  if (plan.rowAxes === 0) emitElements(f, context, plan, range);
  else emitRows(f, context, plan, range);
}

/** Returns the sources of the indices, of the indexed operand, and of the result, along levels. */
function sourcesOf(
  { address, results: [result] }: EmitterContext,
  { indices, origin, dtype }: GatherPlan,
  [ofIndices, ofOrigin, ofResult]: readonly (readonly number[])[],
): readonly [Source, Source, Source] {
  const bytes = BYTES_PER_ELEMENT[dtype], inBytes = (steps: readonly number[]) => steps.map((step) => step * bytes);
  return [
    { base: address(indices.value) + indices.offset * bytes, strides: inBytes(ofIndices!) },
    { base: address(origin.value) + origin.offset * bytes, strides: inBytes(ofOrigin!) },
    { base: result!, strides: inBytes(ofResult!) },
  ];
}

function emitElements(f: FunctionBuilder, context: EmitterContext, plan: GatherPlan, range?: UnitRange): void {
  const { indices, origin, dtype, axis, check, refuse } = plan, bytes = BYTES_PER_ELEMENT[dtype];
  const { lengths, strides } = levelsOf(indices.shape, [indices.stride, origin.stride]);
  const all = refuse && f.let(i32x4.const(-1));
  const offsetsIn = (x: Vector): Vector => {
    if (check === undefined) return offsetsOf(dtype, x, axis);
    const { offsets, valid } = checkedOffsetsOf(f, { dtype, relaxed: context.relaxed }, f.let(x), axis, check);
    if (all !== undefined) f.set(all, v128.and(all, valid));
    return offsets;
  };
  emitLoopNest(f, {
    lengths,
    sources: sourcesOf(context, plan, [...strides, rowMajorStrides(lengths)]),
    lanes: 16 / bytes,
    weight: 12,
    ...range && { range: { ...indicesOf(f, range, lengths), scale: 1 } },
    enter: () => {},
    body: (vectors, { place }) => {
      for (const { count, offsets } of vectors) {
        const at = offsetsIn(loadLanes((offset) => place(0, offset), offsets(0), bytes));
        // At least one lane.
        const [first] = offsets(2) as [number], places = offsets(1).map((offset) => place(1, offset));
        const picked = f.let(pickLanes(f, at, places, bytes, axis.step < 0));
        f.do(...storeLanes((offset) => place(2, first + offset), picked, count, bytes));
      }
    },
  });
  if (all !== undefined) f.if(i32.eqz(i32x4.all_true(all)), () => f.do(call(refuse!)));
}

/**
 * Loads lanes from places, each displaced by the bytes in the same lane of `at`. Along a reversed axis these are
 * negative, and the offset of an instruction cannot make up for a negative address.
 */
function pickLanes(
  f: FunctionBuilder,
  at: Vector,
  places: readonly Place[],
  bytes: 4 | 8,
  backwards: boolean,
): Vector {
  const { address } = places[0]!, isShared = places.every((place) => place.address === address);
  const own = f.let(isShared && address !== 0 ? i32x4.add(at, i32x4.splat(address)) : at);
  const from = (place: Place, lane: number) => {
    const picked = i32x4.extract_lane(own, lane);
    const address = isShared ? picked : i32.add(place.address, picked);
    return backwards ? { address: i32.add(address, place.offset), offset: 0 } : { address, offset: place.offset };
  };
  // At least one lane.
  const [first, ...others] = places.map(from) as [ReturnType<typeof from>, ...ReturnType<typeof from>[]];
  const zero = bytes === 4 ? v128.load32_zero : v128.load64_zero;
  const insert = bytes === 4 ? v128.load32_lane : v128.load64_lane;
  return others.reduce(
    (v: Vector, { address, offset }, k) => insert(address, v, k + 1, offset),
    zero(first.address, first.offset),
  );
}

function emitRows(f: FunctionBuilder, context: EmitterContext, plan: GatherPlan, range?: UnitRange): void {
  const { indices, origin, dtype, axis, rowAxes } = plan, { shape } = indices, bytes = BYTES_PER_ELEMENT[dtype];
  const cut = shape.length - rowAxes, row = shape.slice(cut), length = sizeOf(row);
  const outer = levelsOf(shape.slice(0, cut), [indices, origin].map(({ stride }) => stride.slice(0, cut)));
  const dense = rowMajorStrides(outer.lengths).map((step) => step * length);
  const pointers = pointersTo(f, sourcesOf(context, plan, [...outer.strides, dense]), {
    moves: () => true,
    ...range && { from: range.from },
  });
  const inner = levelsOf(row, [origin.stride.slice(cut)]);
  const visit = (level: number): void => {
    if (level < outer.lengths.length) {
      const next = () => visit(level + 1);
      if (range === undefined || level > 0) return pointers.loop(level, outer.lengths[level]!, 1, next);
      return f.for({ to: i32.sub(range.to, range.from) }, () => {
        next();
        pointers.advance(0, 1);
      });
    }
    const index = pointers.place(0, 0), from = pointers.place(1, 0), to = pointers.place(2, 0);
    const picked = offsetAt(f, dtype, index.address, index.offset, axis);
    const start = f.let(i32.add(picked, i32.add(from.address, from.offset)));
    const target = f.let(i32.add(to.address, to.offset));
    if (length * bytes >= LONG_ROW && inner.lengths.length === 1 && inner.strides[0]![0] === 1) {
      return f.do(memory.copy(target, start, length * bytes));
    }
    emitRow(f, { dtype, start, target, ...inner, strides: inner.strides[0]! }, (element) => element);
  };
  visit(0);
}

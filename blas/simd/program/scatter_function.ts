/**
 * Scatter-adds as WebAssembly functions.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import { copying, isWhole } from "../../program/operands.ts";
import type { ScatterOperation } from "../../program/operations/gather.ts";
import { constantScalar } from "../../scalar/scalar.ts";
import { rowMajorStrides, sizeOf } from "../../shape.ts";
import {
  call,
  f32,
  f32x4,
  f64,
  f64x2,
  type FunctionBuilder,
  i32,
  i32x4,
  type Local,
  memory,
  v128,
} from "../../wasm/mod.ts";
import type { EmitterContext, Lowered, Phase } from "./emitter.ts";
import { type IndexedAxis, offsetAt, offsetsOf } from "./index_code.ts";
import type { Place } from "./lane_access.ts";
import { type Level, levelsAround } from "./levels.ts";
import { indicesOf, loopUnits, unitsOfLevels } from "./loop_function.ts";
import { type Pointers, pointersTo } from "./pointers.ts";
import { emitRow } from "./row_code.ts";
import { shareFunction, type UnitRange } from "./shares.ts";

/**
 * Prepares a scatter for emission. The result is filled with 0, or with what is there before, unless it is in the same place;
 * then all elements are added, or combined in another way, in the order of the axis. Shares divide the axes before it, or
 * else the axes after it, so that no two shares write to the same element.
 */
export function lowerScatter(operation: ScatterOperation, dtype: DType): Lowered {
  const plan = scatterPlan(operation, dtype),
    { onto } = operation,
    bytes = sizeOf(operation.shape) * BYTES_PER_ELEMENT[dtype];
  const filled = onto === undefined
    ? { shape: operation.shape, operands: [], expressions: [constantScalar(0)] }
    : copying(onto);
  const isThere = ({ address, results }: EmitterContext): boolean =>
    onto !== undefined && address(onto.value) === results[0] && isWhole(onto, sizeOf(operation.shape));
  const adding: Phase = {
    units: plan.divides === "before"
      ? plan.before[0]!.length
      : plan.divides === "after"
      ? unitsOfLevels(lengthsOf(plan.after))
      : 1,
    emit: (context) =>
      shareFunction(
        context.module,
        (f, { from, to }) =>
          plan.divides === "nowhere"
            ? f.if(i32.lt_s(from, to), () => emitScatter(f, context, plan))
            : emitScatter(f, context, plan, { from, to }),
      ),
  };
  return {
    workspace: 0,
    inPlace: onto !== undefined,
    emit: (context) => {
      const { module, results, wholeLoop } = context;
      const add = module.function({ parameters: {} }, (f) => emitScatter(f, context, plan));
      const copy = onto === undefined || isThere(context) ? undefined : wholeLoop({ loop: filled, dtype, results });
      return module.function({ parameters: {} }, (f) => {
        if (onto === undefined) f.do(memory.fill(results[0]!, 0, bytes));
        f.do(...copy === undefined ? [] : [call(copy)], call(add));
      });
    },
    get shares() {
      const filling: Phase = {
        units: loopUnits(filled),
        emit: (context) =>
          isThere(context)
            ? shareFunction(context.module, () => {})
            : context.loopShare({ loop: filled, dtype, results: context.results }),
      };
      return { workspace: 0, scratch: 0, phases: [filling, adding] };
    },
  };
}

/** An axis with the steps of indices, elements and result, in elements. */
type ScatterLevel = Level<readonly [number, number, number]>;

/**
 * The levels before the axis, the axis itself, and the levels after it; `rows`: whether one index applies to all
 * elements after the axis; `divides`: where shares divide the work.
 */
type ScatterPlan = ReturnType<typeof scatterPlan>;

function scatterPlan(operation: ScatterOperation, dtype: DType) {
  const { axis, shape, operand, indices, checked = false } = operation,
    bytes = BYTES_PER_ELEMENT[dtype],
    dense = rowMajorStrides(shape);
  const taken = operand.shape;
  const { before, after } = levelsAround<ScatterLevel["strides"]>(axis, taken, [indices.stride, operand.stride, dense]);
  const along: ScatterLevel = { length: taken[axis]!, strides: [indices.stride[axis]!, operand.stride[axis]!, 0] };
  const indexed: IndexedAxis = { length: shape[axis]!, step: dense[axis]! * bytes, checked };
  return {
    operation,
    dtype,
    size: sizeOf(taken),
    axis: indexed,
    before,
    along,
    after,
    rows: after.length > 0 && after.every(({ strides: [ofIndices] }) => ofIndices === 0),
    divides: before.length > 0 ? "before" : after.length > 0 ? "after" : "nowhere",
  } as const;
}

const lengthsOf = (levels: readonly ScatterLevel[]): readonly number[] => levels.map(({ length }) => length);

function emitScatter(f: FunctionBuilder, context: EmitterContext, plan: ScatterPlan, range?: UnitRange): void {
  const { operation: { indices, operand }, dtype, size, before, along, after, rows, divides } = plan;
  if (size === 0) return;
  const bytes = BYTES_PER_ELEMENT[dtype], walked = rows ? [...before, along] : [...before, along, ...after];
  const bases = [
    context.address(indices.value) + indices.offset * bytes,
    context.address(operand.value) + operand.offset * bytes,
    context.results[0]!,
  ];
  const first = divides === "before" ? 0 : rows ? undefined : walked.length - after.length;
  const pointers = pointersTo(
    f,
    bases.map((base, k) => ({ base, strides: walked.map(({ strides }) => strides[k]! * bytes) })),
    { moves: () => true, ...range && divides === "before" && { from: range.from } },
  );
  const own = range && divides === "after" ? indicesOf(f, range, lengthsOf(after)) : undefined;
  const visit = (level: number): void => {
    if (level === walked.length) return rows ? addRow(f, plan, pointers, own) : addElement(f, plan, pointers);
    const next = () => visit(level + 1);
    if (range === undefined || level !== first) {
      const own = walked[level]!, lanes = LANES[dtype], together = own.length - own.length % lanes;
      if (rows || level < walked.length - 1 || own.strides[0] !== 1 || own.strides.some((step) => step < 0)) {
        return pointers.loop(level, own.length, 1, next);
      }
      pointers.loop(level, together / lanes, lanes, () => addElements(f, plan, pointers, own));
      pointers.advance(level, together);
      pointers.loop(level, own.length - together, 1, next);
      return pointers.advance(level, -together);
    }
    const { from, to } = divides === "before" ? range : own!, iterations = f.let(i32.sub(to, from));
    if (divides === "after") pointers.skip(level, from);
    f.for({ to: iterations }, () => {
      next();
      pointers.advance(level, 1);
    });
    if (divides === "after") pointers.skip(level, f.let(i32.sub(0, to)));
  };
  visit(0);
}

/** The elements whose indices are converted together. */
const LANES = { float32: 4, float64: 2 } as const;

/** Adds as many elements as a vector of indices has lanes, one after the other. */
function addElements(f: FunctionBuilder, plan: ScatterPlan, { place }: Pointers, { strides }: ScatterLevel): void {
  const { dtype, axis } = plan, index = place(0, 0), bytes = BYTES_PER_ELEMENT[dtype];
  const offsets = f.let(offsetsOf(dtype, v128.load(index.address, index.offset), axis));
  for (let lane = 0; lane < LANES[dtype]; lane++) {
    const from = place(1, lane * strides[1] * bytes), to = place(2, lane * strides[2] * bytes);
    addAt(f, plan, f.let(i32.add(i32x4.extract_lane(offsets, lane), i32.add(to.address, to.offset))), from);
  }
}

function addElement(f: FunctionBuilder, plan: ScatterPlan, { place }: Pointers): void {
  const index = place(0, 0), from = place(1, 0), to = place(2, 0), { dtype, axis } = plan;
  const offset = offsetAt(f, dtype, index.address, index.offset, axis);
  addAt(f, plan, f.let(i32.add(offset, i32.add(to.address, to.offset))), from);
}

/** Combines an element with the number at an address. */
function addAt(f: FunctionBuilder, { operation, dtype }: ScatterPlan, at: Local<"i32">, from: Place): void {
  const { combine = "add" } = operation;
  if (dtype === "float32") {
    const own = f32.load(from.address, from.offset);
    f.do(f32.store(at, combine === "set" ? own : f32[combine](f32.load(at), own)));
  } else {
    const own = f64.load(from.address, from.offset);
    f.do(f64.store(at, combine === "set" ? own : f64[combine](f64.load(at), own)));
  }
}

function addRow(f: FunctionBuilder, plan: ScatterPlan, { place }: Pointers, own?: UnitRange): void {
  const { operation: { combine = "add" }, dtype, axis, after } = plan, vectors = dtype === "float32" ? f32x4 : f64x2;
  const index = place(0, 0), from = place(1, 0), to = place(2, 0);
  const target = f.let(i32.add(offsetAt(f, dtype, index.address, index.offset, axis), i32.add(to.address, to.offset)));
  emitRow(f, {
    dtype,
    start: f.let(i32.add(from.address, from.offset)),
    target,
    lengths: lengthsOf(after),
    strides: after.map(({ strides }) => strides[1]),
    ...own && { range: { ...own, scale: 1 } },
  }, (element, there) => combine === "set" ? element : vectors[combine](there(), element));
}

/**
 * Checks and conversions of indices as WebAssembly functions.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import type { CheckIndicesOperation, IndexRange } from "../../program/operations/check_indices.ts";
import { argument } from "../../scalar/scalar.ts";
import { rowMajorStrides, sizeOf } from "../../shape.ts";
import {
  call,
  type Callable,
  f32,
  f32x4,
  f64,
  f64x2,
  type FunctionBuilder,
  i32,
  i32x4,
  type Local,
  v128,
} from "../../wasm/mod.ts";
import type { Vector } from "../lane_instructions.ts";
import { CONVERSIONS } from "./cast_function.ts";
import type { EmitterContext, Lowered, Phase } from "./emitter.ts";
import { loadLanes, type Place, storeLanes } from "./lane_access.ts";
import { levelsOf } from "./levels.ts";
import { indicesOf, loopUnits } from "./loop_function.ts";
import { emitLoopNest } from "./loop_nest.ts";
import { pointersTo } from "./pointers.ts";
import { shareFunction, type UnitRange } from "./shares.ts";

/**
 * Prepares a check of indices for emission. A first loop converts all numbers and notes whether each is an index; only
 * if one is not, a second loop searches for the first such number. In shares, the conversion is one phase, and the
 * check is another, of one unit.
 */
export function lowerCheckIndices(operation: CheckIndicesOperation, dtype: DType): Lowered {
  return {
    workspace: 0,
    emit(context) {
      const refuse = buildRefusal(context, operation);
      return context.module.function({ parameters: {} }, (f) => {
        const all = emitConversion(f, context, operation, dtype);
        if (all !== undefined) f.if(i32.eqz(i32x4.all_true(all)), () => f.do(call(refuse)));
      });
    },
    get shares() {
      const { operand } = operation, loop = { shape: operand.shape, operands: [operand], expressions: [argument(0)] };
      const converting: Phase = {
        units: loopUnits(loop),
        emit: (context) =>
          shareFunction(context.module, (f, range) => void emitConversion(f, context, operation, dtype, range)),
      };
      return { workspace: 0, scratch: 0, phases: [converting, checkingPhase(operation)] };
    },
  };
}

/** Returns the phase that checks indices, of one unit. */
export const checkingPhase = (check: Pick<CheckIndicesOperation, "operand" | "range">): Phase => ({
  units: 1,
  emit(context) {
    const refuse = buildRefusal(context, check);
    return shareFunction(context.module, (f, { from, to }) => f.if(i32.lt_s(from, to), () => f.do(call(refuse))));
  },
});

/** Converts indices; returns a vector whose bits are all set if all lanes are indices. */
function emitConversion(
  f: FunctionBuilder,
  context: EmitterContext,
  { operand, range: wanted }: CheckIndicesOperation,
  to: DType,
  range?: UnitRange,
): Local<"v128"> | undefined {
  if (sizeOf(operand.shape) === 0) return undefined;
  const from = context.dtypeOf(operand.value), bytes = BYTES_PER_ELEMENT[from], resultBytes = BYTES_PER_ELEMENT[to];
  const { lengths, strides: [steps] } = levelsOf(operand.shape, [operand.stride]);
  const all = f.let(i32x4.const(-1)), constant = (value: number) => f.constant(vectors[from].const(value));
  const areInside = indexTest(from, wanted, constant), fromStart = positionOf(from, wanted, constant);
  emitLoopNest(f, {
    lengths,
    sources: [
      { base: context.address(operand.value) + operand.offset * bytes, strides: steps!.map((step) => step * bytes) },
      { base: context.results[0]!, strides: rowMajorStrides(lengths).map((step) => step * resultBytes) },
    ],
    lanes: from === to ? 16 / bytes : 2,
    weight: 8,
    ...range && { range: { ...indicesOf(f, range, lengths), scale: 1 } },
    enter: () => {},
    body(vectors, { place }) {
      for (const { count, offsets } of vectors) {
        // At least one lane.
        const x = f.let(loadLanes((offset) => place(0, offset), offsets(0), bytes)), [first] = offsets(1) as [number];
        if (range === undefined) f.set(all, v128.and(all, areInside(x)));
        const y = f.let(CONVERSIONS[from][to](fromStart(x)));
        f.do(...storeLanes((offset) => place(1, first + offset), y, count, resultBytes));
      }
    },
  });
  return all;
}

const vectors = { float32: f32x4, float64: f64x2 } as const;

/** Returns this number in all lanes. */
type Constant = (value: number) => Vector;

/**
 * Returns a function whose vectors have all bits set in lanes that hold indices. Lanes without an element hold 0, which is an
 * index of every axis that has elements.
 */
function indexTest(dtype: DType, { count, negative, exception }: IndexRange, constant: Constant) {
  const lanes = vectors[dtype], least = constant(negative ? -count : 0), most = constant(count - 1);
  const other = exception === undefined ? undefined : constant(exception);
  return (x: Vector): Vector => {
    const indices = v128.and(lanes.eq(lanes.floor(x), x), v128.and(lanes.ge(x, least), lanes.le(x, most)));
    return other === undefined ? indices : v128.or(indices, lanes.eq(x, other));
  };
}

/** Returns a function whose vectors have indices counted from the start. */
function positionOf(dtype: DType, { count, negative, exception }: IndexRange, constant: Constant) {
  if (!negative) return (x: Vector): Vector => x;
  const lanes = vectors[dtype], zero = constant(0), all = constant(count);
  const other = exception === undefined ? undefined : constant(exception);
  return (x: Vector): Vector => {
    const below = other === undefined ? lanes.lt(x, zero) : v128.andnot(lanes.lt(x, zero), lanes.eq(x, other));
    return lanes.add(x, v128.and(below, all));
  };
}

/** Builds the function that finds the first number that is not an index, and throws its error. */
export function buildRefusal(
  context: EmitterContext,
  { operand, range }: Pick<CheckIndicesOperation, "operand" | "range">,
): Callable<"none"> {
  const { module, address, dtypeOf, refuse } = context,
    dtype = dtypeOf(operand.value),
    bytes = BYTES_PER_ELEMENT[dtype];
  return module.function({ parameters: {} }, (f) => {
    if (sizeOf(operand.shape) === 0) return;
    const { lengths, strides: [steps] } = levelsOf(operand.shape, [operand.stride]), position = f.local("i32");
    const pointers = pointersTo(
      f,
      [{ base: address(operand.value) + operand.offset * bytes, strides: steps!.map((step) => step * bytes) }],
      { moves: () => true },
    );
    const isIndex = indexTest(dtype, range, vectors[dtype].const);
    function visit(level: number): void {
      if (level < lengths.length) return pointers.loop(level, lengths[level]!, 1, () => visit(level + 1));
      const at: Place = pointers.place(0, 0);
      const x = dtype === "float32" ? f32.load(at.address, at.offset) : f64.load(at.address, at.offset);
      const lanes = f.let(vectors[dtype].splat(x as never)); // a local of that dtype
      f.if(i32.eqz(i32x4.all_true(isIndex(lanes))), () => {
        const value = dtype === "float32"
          ? f64.promote_f32(f32x4.extract_lane(lanes, 0))
          : f64x2.extract_lane(lanes, 0);
        f.do(refuse!(range, position, value));
      });
      f.increment(position, 1);
    }
    visit(0);
  });
}

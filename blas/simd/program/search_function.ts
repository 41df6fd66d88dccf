/**
 * Searches for the extremum of windows as WebAssembly functions.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import type { SearchOperation, SearchRegion } from "../../program/operations/search.ts";
import { rowMajorStrides, sizeOf } from "../../shape.ts";
import { call, f32, f32x4, f64, f64x2, type FunctionBuilder, i32, type Local, v128 } from "../../wasm/mod.ts";
import { coalesce } from "../../walk.ts";
import type { EmitterContext, Lowered, Phase } from "./emitter.ts";
import { loadLanes, type Place, storeLanesAt } from "./lane_access.ts";
import { levelsOf } from "./levels.ts";
import { indicesOf, unitsOfLevels } from "./loop_function.ts";
import { emitLoopNest, type VectorSpan } from "./loop_nest.ts";
import type { Pointers } from "./pointers.ts";
import { shareFunction, type UnitRange, unitsFrom } from "./shares.ts";

/** Windows of at most this many elements are searched without loops. */
const STRAIGHT = 16;

/** Prepares a search for emission: adjacent windows are searched together, one in each lane. */
export function lowerSearch(operation: SearchOperation, dtype: DType): Lowered {
  const plans = operation.regions.filter(({ operand }) => sizeOf(operand.shape) > 0).map((region) =>
    searchPlan(operation, region, dtype)
  );
  const units = plans.map(({ lengths }) => unitsOfLevels(lengths));
  const starts = units.map((_, k) => units.slice(0, k).reduce((sum, count) => sum + count, 0));
  const phase: Phase = {
    units: Math.max(1, units.reduce((sum, count) => sum + count, 0)),
    emit: (context) => {
      const functions = plans.map((plan) =>
        shareFunction(context.module, (f, { from, to }) => emitSearch(f, context, plan, { from, to }))
      );
      return shareFunction(context.module, (f, range) =>
        functions.forEach((find, k) => {
          const { from, to } = unitsFrom(f, range, starts[k]!, units[k]!);
          f.if(i32.lt_s(from, to), () => f.do(call(find, from, to, range.scratch)));
        }));
    },
  };
  return {
    workspace: 0,
    emit: (context) => {
      const functions = plans.map((plan) =>
        context.module.function({ parameters: {} }, (f) => emitSearch(f, context, plan))
      );
      return context.module.function({ parameters: {} }, (f) => f.do(...functions.map((find) => call(find))));
    },
    shares: { workspace: 0, scratch: 0, phases: [phase] },
  };
}

/** How to search a region. Offsets and steps of elements are in bytes. */
type SearchPlan = {
  readonly dtype: DType;
  readonly extremum: SearchOperation["extremum"];
  readonly value: number;
  /** The offsets of the region's first element from the operand's, and of its first result from the whole result's. */
  readonly first: number;
  readonly place: number;
  /** The levels of the result, with the steps of elements, numbers and results. */
  readonly lengths: readonly number[];
  readonly strides: readonly (readonly number[])[];
  /** The number of the first element. */
  readonly offset: number;
  /** Whether the result is row-major throughout. */
  readonly dense: boolean;
  /** The axes of a window, with the steps of elements and numbers. */
  readonly window: { readonly shape: readonly number[]; readonly strides: readonly (readonly number[])[] };
};

function searchPlan(
  { extremum, shape }: SearchOperation,
  { operand, place, numbers }: SearchRegion,
  dtype: DType,
): SearchPlan {
  const rank = place.length, bytes = BYTES_PER_ELEMENT[dtype], steps = rowMajorStrides(shape);
  const elements = operand.stride.map((step) => step * bytes);
  const results = place.map(({ step }, axis) => step * steps[axis]! * bytes);
  const { lengths, strides } = levelsOf(operand.shape.slice(0, rank), [
    elements.slice(0, rank),
    numbers.stride.slice(0, rank),
    results,
  ]);
  return {
    dtype,
    extremum,
    value: operand.value,
    first: operand.offset * bytes,
    place: place.reduce((sum, { start }, axis) => sum + start * steps[axis]! * bytes, 0),
    lengths,
    strides,
    offset: numbers.offset,
    dense: place.every(({ count, step }, axis) => count === shape[axis] && (step === 1 || count === 1)),
    window: coalesce(operand.shape.slice(rank), [elements.slice(rank), numbers.stride.slice(rank)]),
  };
}

function emitSearch(f: FunctionBuilder, context: EmitterContext, plan: SearchPlan, range?: UnitRange): void {
  const { dtype, lengths, strides: [elements, numbers, results], window } = plan, bytes = BYTES_PER_ELEMENT[dtype];
  emitLoopNest(f, {
    lengths,
    sources: [
      { base: context.address(plan.value) + plan.first, strides: elements! },
      { base: plan.offset, strides: numbers! }, // a pointer that counts the numbers of elements
      { base: context.results[0]! + plan.place, strides: results! },
    ],
    lanes: 16 / bytes,
    acrossRows: plan.dense,
    weight: 6 * Math.min(STRAIGHT, sizeOf(window.shape)),
    ...range && { range: { ...indicesOf(f, range, lengths), scale: 1 } },
    enter: () => {},
    body: (vectors, pointers) => {
      for (const vector of vectors) {
        const found = findIn(f, plan, vector, pointers);
        f.do(...storeLanesAt((offset) => pointers.place(2, offset), found, vector.offsets(2), bytes));
      }
    },
  });
}

const INSTRUCTIONS = { float32: f32x4, float64: f64x2 } as const;

/** Returns the numbers of the elements found in the windows of a vector. */
function findIn(f: FunctionBuilder, plan: SearchPlan, { offsets }: VectorSpan, { place }: Pointers): Local<"v128"> {
  const { dtype, window, extremum } = plan, lanes = INSTRUCTIONS[dtype], bytes = BYTES_PER_ELEMENT[dtype];
  const ofElements = offsets(0), best = f.local("v128"), found = f.local("v128");
  const moved = (at: Place, by: Local<"i32"> | undefined): Place =>
    // The offset of an instruction cannot make up for a negative address.
    by === undefined ? at : { address: i32.add(i32.add(at.address, at.offset), by), offset: 0 };
  /** Compares the element at a distance that is known now, plus one that is known when the code runs. */
  const look = (distance: number, number: () => Local<"v128"> | ReturnType<typeof lanes.const>, by?: Local<"i32">) => {
    const x = f.let(loadLanes((offset) => moved(place(0, offset + distance), by), ofElements, bytes));
    // An element that does not compare as this is better or NaN; nothing replaces a NaN.
    const notBetter = extremum === "max" ? lanes.le(x, best) : lanes.ge(x, best);
    const better = f.let(v128.andnot(lanes.eq(best, best), notBetter));
    f.set(best, v128.bitselect(x, best, better));
    f.set(found, v128.bitselect(number(), found, better));
  };
  f.set(best, loadLanes((offset) => place(0, offset), ofElements, bytes));
  f.set(found, lanes.const(0));
  const { shape, strides: [steps, numbers] } = window;
  if (sizeOf(shape) <= STRAIGHT) {
    const visit = (axis: number, distance: number, number: number): void => {
      if (axis < shape.length) {
        for (let k = 0; k < shape[axis]!; k++) {
          visit(axis + 1, distance + k * steps![axis]!, number + k * numbers![axis]!);
        }
      } else if (distance !== 0 || number !== 0) look(distance, () => lanes.const(number));
    };
    visit(0, 0, 0);
  } else {
    const by = f.local("i32"), number = f.local("v128");
    f.set(by, 0);
    f.set(number, lanes.const(0));
    const advance = (axis: number, count: number) => {
      f.increment(by, steps![axis]! * count);
      f.set(number, lanes.add(number, lanes.const(numbers![axis]! * count)));
    };
    const visit = (axis: number): void => {
      if (axis === shape.length) return look(0, () => number, by);
      f.for({ to: shape[axis]! }, () => {
        visit(axis + 1);
        advance(axis, 1);
      });
      advance(axis, -shape[axis]!);
    };
    visit(0);
  }
  const ofNumbers = offsets(1), first = place(1, ofNumbers[0]!);
  const base = i32.add(first.address, first.offset), others = ofNumbers.map((own) => own - ofNumbers[0]!);
  const start = dtype === "float32" ? f32x4.splat(f32.convert_i32_s(base)) : f64x2.splat(f64.convert_i32_s(base));
  const apart = lanes.const(...Array.from({ length: 16 / bytes }, (_, lane) => others[lane] ?? 0));
  return f.let(lanes.add(lanes.add(start, apart), found));
}

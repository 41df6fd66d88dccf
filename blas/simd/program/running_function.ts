/**
 * Running results along an axis as WebAssembly functions.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import type { RunningOperation } from "../../program/operations/running.ts";
import type { Operand } from "../../program/program.ts";
import { rowMajorStrides, sizeOf } from "../../shape.ts";
import { type FunctionBuilder, i32, type Local } from "../../wasm/mod.ts";
import { constantsOf, vectorMathOf } from "../math/vector_math.ts";
import type { EmitterContext, Lowered, Phase } from "./emitter.ts";
import { loadLanes, type Place, storeLanesAt } from "./lane_access.ts";
import { levelsOf } from "./levels.ts";
import { indicesOf, unitsOfLevels } from "./loop_function.ts";
import { emitLoopNest } from "./loop_nest.ts";
import { runningStep } from "./running_code.ts";
import { shareFunction, type UnitRange } from "./shares.ts";

/**
 * Prepares running results for emission: each lane of a vector computes a line of its own, and several vectors advance
 * together.
 */
export function lowerRunning(operation: RunningOperation, dtype: DType): Lowered {
  const plan = planOf(operation, dtype);
  return {
    workspace: 0,
    emit: (context) => context.module.function({ parameters: {} }, (f) => emitRunning(f, context, plan)),
    get shares() {
      const units = plan.isEmpty ? 1 : unitsOfLevels(plan.lengths);
      const emit: Phase["emit"] = (context) =>
        shareFunction(context.module, (f, range) => emitRunning(f, context, plan, range));
      return { workspace: 0, scratch: 0, phases: [{ units, emit }] };
    },
  };
}

/** All steps are in bytes. */
type Plan = {
  readonly operation: RunningOperation;
  readonly dtype: DType;
  readonly isEmpty: boolean;
  /** The axes other than that of the running results, and the steps of operands and result along them. */
  readonly lengths: readonly number[];
  readonly strides: readonly (readonly number[])[];
  /** How many elements a line has, and the steps of operands and result along it, backwards in reverse. */
  readonly count: number;
  readonly along: readonly number[];
  /** The distances of the first elements of a line from those at index 0. */
  readonly firsts: readonly number[];
};

function planOf(operation: RunningOperation, dtype: DType): Plan {
  const { axis, reverse, operands } = operation, bytes = BYTES_PER_ELEMENT[dtype];
  const { shape } = operands[0] as Operand; // there is one at least
  const steps = [...operands.map(({ stride }) => stride), rowMajorStrides(shape)].map((stride) =>
    stride.map((step) => step * bytes)
  );
  const count = shape[axis]!, isEmpty = sizeOf(shape) === 0, rest = <T>(list: readonly T[]) => list.toSpliced(axis, 1);
  const { lengths, strides } = isEmpty ? { lengths: [0], strides: [] } : levelsOf(rest(shape), steps.map(rest));
  return {
    operation,
    dtype,
    isEmpty,
    lengths,
    strides,
    count,
    along: steps.map((stride) => reverse ? -stride[axis]! : stride[axis]!),
    firsts: steps.map((stride) => reverse ? (count - 1) * stride[axis]! : 0),
  };
}

function emitRunning(f: FunctionBuilder, context: EmitterContext, plan: Plan, range?: UnitRange): void {
  const { operation: { operands, form }, dtype, lengths, strides, count, along, firsts } = plan;
  if (plan.isEmpty) return;
  const bytes = BYTES_PER_ELEMENT[dtype], last = operands.length;
  const bases = [
    ...operands.map(({ value, offset }) => context.address(value) + offset * bytes),
    context.results[0]!,
  ];
  const constants = constantsOf(f), { relaxed, slowPaths = {}, functions } = context;
  const math = vectorMathOf({ f, dtype, relaxed, constants, slowPaths, functions });
  emitLoopNest(f, {
    lengths,
    sources: bases.map((base, k) => ({ base: base + firsts[k]!, strides: strides[k]! })),
    lanes: 16 / bytes,
    weight: form === "logSumExp" ? 60 : form === "max" || form === "min" ? 8 : 16,
    ...range && { range: { ...indicesOf(f, range, lengths), scale: 1 } },
    enter: () => {},
    body: (vectors, { place }) => {
      const lines = vectors.map(() => runningStep(math, form)), by = new Map<number, Local<"i32">>();
      for (const step of new Set(along)) {
        const moved = f.local("i32");
        f.set(moved, 0);
        by.set(step, moved);
      }
      const at = (source: number) => (offset: number): Place => {
        const step = along[source]!, { address, offset: distance } = place(source, offset), moved = by.get(step)!;
        // The offset of an instruction cannot make up for a negative address.
        return step < 0
          ? { address: i32.add(i32.add(address, distance), moved), offset: 0 }
          : { address: address === 0 ? moved : i32.add(address, moved), offset: distance };
      };
      const advance = (isFirst: boolean, position: Local<"i32"> | undefined) => {
        vectors.forEach(({ offsets }, k) => {
          const given = operands.map((_, source) => f.let(loadLanes(at(source), offsets(source), bytes)));
          const y = lines[k]!.next(given, isFirst, position);
          f.do(...storeLanesAt(at(last), y, offsets(last), bytes));
        });
        for (const [step, local] of by) f.increment(local, step);
      };
      advance(true, undefined);
      f.for({ from: 1, to: count }, (position) => advance(false, position));
    },
  });
}

/**
 * Building blocks for the code of reductions, shared by reducing along rows and down columns.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import type { Reduction } from "../../reduction.ts";
import { isNeverMinusZero } from "../../scalar/minus_zero.ts";
import type { Scalar } from "../../scalar/scalar.ts";
import { rowMajorStrides, sizeOf } from "../../shape.ts";
import { computing } from "../elementwise/emit.ts";
import type { Vector } from "../lane_instructions.ts";
import { constantsOf, type VectorMath, vectorMathOf } from "../math/vector_math.ts";
import type { FunctionBuilder } from "../../wasm/mod.ts";
import { type Accumulator, accumulatorOf } from "./accumulator.ts";
import type { CodeContext } from "./emitter.ts";
import { isExact } from "./exactness.ts";
import { emitReducedLevels, type Pass } from "./reduced_levels.ts";
import { argumentsIn, inLoops, type Parts, partsOf, weightOf } from "./loop_expressions.ts";
import { loadLanes, storeLanes } from "./lane_access.ts";
import { type Pointers, pointersTo } from "./pointers.ts";
import type { Loop, Operand } from "../../program/program.ts";
import { type ReductionLevels, reductionLevels } from "./reduction_levels.ts";

/** The specification of a reduction's function. */
export type ReduceSpec = CodeContext & {
  readonly reduction: Reduction;
  readonly axes: readonly number[];
  /** The loop that computes the elements, with one expression. */
  readonly loop: Loop;
  /** The dtype of all operands and the result. */
  readonly dtype: DType;
  /** The byte address of the result, row-major. It must not overlap an operand. */
  readonly result: number;
};

/** Returns for every source, operands first and then the result, the bytes between its pointer and each lane. */
export type Offsets = (source: number) => readonly number[];

/** The parts of the expression that have been computed. */
export type Known = ReadonlyMap<Scalar, Vector>;

/** The vocabulary of a reduction's code. */
export type ReduceCode = {
  readonly f: FunctionBuilder;
  readonly math: VectorMath<FunctionBuilder>;
  readonly reduction: Reduction;
  readonly bytes: 4 | 8;
  /** Elements in a vector. */
  readonly lanes: number;
  /** The lengths of the levels: first `kept` levels that are kept, then those that are reduced. */
  readonly lengths: readonly number[];
  readonly kept: number;
  /** The approximate number of instructions for one vector. */
  readonly weight: number;
  readonly pointers: Pointers;
  /** Returns the distances of `count` lanes along a level, the first one `from` indices away. */
  readonly along: (level: number, from: number, count: number) => Offsets;
  /** Computes the expression. */
  readonly vector: (offsets: Offsets, known: Known) => Vector;
  /** Computes the parts whose innermost changing level is between `from` and `to`. */
  readonly hoisted: (from: number, to: number, offsets: Offsets, known: Known) => Known;
  /** Whether accumulators add up groups of vectors first, and then add the sums of these to their totals. */
  readonly groups: boolean;
  /** Makes an accumulator of so many registers. */
  readonly accumulator: (ways: number) => Accumulator;
  /** Emits the loops over all reduced levels, the innermost one as described by `pass`. */
  readonly reduceLevels: (accumulators: readonly Accumulator[], pass: Pass) => void;
  /** Stores lanes of the result, `offset` bytes after its pointer. */
  readonly store: (v: Vector, offset: number, count: number) => void;
};

/** The plan of a reduction, made before code is emitted. */
export type ReducePlan = ReductionLevels & {
  /** The arguments of the expression. */
  readonly used: readonly number[];
  /** The operands of these arguments. */
  readonly operands: readonly Operand[];
  readonly expressions: readonly Scalar[];
  readonly parts: Parts;
  /** The approximate number of instructions for one vector. */
  readonly weight: number;
  /** Elements in a vector. */
  readonly lanes: number;
};

/** Plans a reduction. No length may be 0. */
export function reducePlan({ loop, axes, dtype }: Pick<ReduceSpec, "loop" | "axes" | "dtype">): ReducePlan {
  const lanes = 16 / BYTES_PER_ELEMENT[dtype], used = argumentsIn(loop.expressions);
  const operands = used.map((k) => loop.operands[k]!);
  const levels = reductionLevels(loop.shape, axes, operands.map(({ stride }) => stride), lanes);
  const { lengths, strides, kept } = levels, sourceOf = new Map(used.map((k, i) => [k, i]));
  const levelOf = (k: number) => strides[sourceOf.get(k)!]!.findLastIndex((step) => step !== 0);
  const expressions = inLoops(loop.expressions, (k) => levelOf(k) >= kept), parts = partsOf(expressions, levelOf);
  const weight = lengths.slice(kept).reduce((sum, _, i) => sum + weightOf(parts, kept + i) - 1, 1);
  return { ...levels, used, operands, expressions, parts, weight, lanes };
}

/** Prepares to emit a reduction. */
export function reduceCode(f: FunctionBuilder, spec: ReduceSpec): ReduceCode & { readonly byRows: boolean } {
  const { dtype, relaxed, reduction, slowPaths = {}, functions } = spec, bytes = BYTES_PER_ELEMENT[dtype];
  const { lengths, strides, kept, byRows, used, operands, expressions, parts, weight, lanes } = reducePlan(spec);
  const sourceOf = new Map(used.map((k, i) => [k, i]));
  const inBytes = (steps: readonly number[]) => steps.map((step) => step * bytes);
  const sources = [
    ...operands.map((operand, i) => ({
      base: spec.address(operand.value) + operand.offset * bytes,
      strides: inBytes(strides[i]!),
    })),
    {
      base: spec.result,
      strides: [...inBytes(rowMajorStrides(lengths.slice(0, kept))), ...lengths.slice(kept).map(() => 0)],
    },
  ];
  const math = vectorMathOf({ f, dtype, relaxed, constants: constantsOf(f), slowPaths, functions });
  const pointers = pointersTo(f, sources, { moves: () => true });
  const exact = isExact(sizeOf(lengths), sizeOf(lengths.slice(0, kept)));
  function compute(offsets: Offsets, known: Known) {
    return computing(math, (k) => {
      const source = sourceOf.get(k)!;
      return loadLanes((offset) => pointers.place(source, offset), offsets(source), bytes);
    }, known);
  }

  return {
    f,
    math,
    reduction,
    bytes,
    lanes,
    lengths,
    kept,
    weight,
    byRows,
    pointers,
    along(level, from, count) {
      return (source) => {
        const stride = sources[source]!.strides[level]!, offsets: number[] = [];
        for (let lane = 0; lane < count; lane++) offsets.push((from + lane) * stride);
        return offsets;
      };
    },
    vector: (offsets, known) => compute(offsets, known).value(expressions[0]!),
    hoisted(from, to, offsets, known) {
      const values = compute(offsets, known), result = new Map(known);
      for (const [x, level] of parts) {
        if (level >= from && level <= to && x.kind !== "constant") result.set(x, values.value(x));
      }
      return result;
    },
    groups: reduction === "sum" && dtype === "float32" && !exact,
    accumulator: (ways) =>
      accumulatorOf(f, { reduction, dtype, ways, minusZero: !isNeverMinusZero(expressions[0]!), exact }),
    reduceLevels: (accumulators, pass) => emitReducedLevels({ pointers, lengths, kept, accumulators }, pass),
    store: (v, offset, count) => {
      f.do(...storeLanes((more) => pointers.place(sources.length - 1, offset + more), v, count, bytes));
    },
  };
}

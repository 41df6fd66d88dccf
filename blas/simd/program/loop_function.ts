/**
 * Loops as WebAssembly functions that compute expressions for every element of a shape.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import type { Scalar } from "../../scalar/scalar.ts";
import { sizeOf } from "../../shape.ts";
import { computing } from "../elementwise/emit.ts";
import { rewrite } from "../elementwise/rewrite.ts";
import type { Vector } from "../lane_instructions.ts";
import { constantsOf, vectorMathOf } from "../math/vector_math.ts";
import { type Callable, type FunctionBuilder, i32, type Local, type ModuleBuilder } from "../../wasm/mod.ts";
import type { CodeContext, LoopRequest, Lowered, Phase, Shift } from "./emitter.ts";
import { argumentsIn, inLoops, needed, partsOf, weightOf } from "./loop_expressions.ts";
import { loadLanes, storeLanesAt } from "./lane_access.ts";
import { levelsFromAxis0, levelsOf } from "./levels.ts";
import { emitLoopNest } from "./loop_nest.ts";
import type { Source } from "./pointers.ts";
import { callInParts, callWhole, flatLoop, type FlatPlaces } from "./shared_loop.ts";
import { least, shareFunction, type UnitRange } from "./shares.ts";
import { EPILOGUE_INPUT, type Loop, type Operand } from "../../program/program.ts";
import { ALL_BYTES, elementsAlong, rowsOfResult } from "./touched.ts";

/** The specification of a loop's function. */
export type LoopSpec = LoopRequest & CodeContext;

/**
 * Lowers a loop.
 *
 * @param inPlace Whether a result may share memory with an operand that is read at the same indices.
 * @param computed The byte address of `EPILOGUE_INPUT`, if an operand is that.
 */
export function lowerLoop(loop: Loop, dtype: DType, inPlace: boolean, computed?: number): Lowered {
  return {
    workspace: 0,
    inPlace,
    canMove: true,
    emit: ({ wholeLoop, results, shifts }) => wholeLoop({ loop, dtype, results, shifts }, computed),
    get shares() {
      const emit: Phase["emit"] = ({ loopShare, results }) => loopShare({ loop, dtype, results }, computed);
      return { workspace: 0, scratch: 0, phases: [{ units: loopUnits(loop), emit, touched: touchedByLoop(loop) }] };
    },
  };
}

/** The part of a loop that a function computes. */
type Part = {
  /** The byte address of `EPILOGUE_INPUT`, if an operand is that. */
  readonly computed?: Local<"i32"> | number;
  /** The part of the work to do. Default: all. */
  readonly range?: UnitRange & { readonly of: "axis 0" | "units" };
  /** Where the arrays of a {@link FlatLoop} lie, and how long they are. Default: as the specification says. */
  readonly flat?: FlatPlaces;
};

/** The number of elements in a unit of a loop with a single level: enough for the vectors of an iteration. */
const UNIT = 256;

/** Up to this many elements, a loop divides where it could multiply by a reciprocal. */
const FEW = 64;

/**
 * Counts the units of a loop that is run in shares: indices of its outermost level or, if that is the only level,
 * pieces of 256 elements.
 *
 * @param resultStride As in {@link LoopSpec}.
 */
export function loopUnits({ shape, operands, expressions }: Loop, resultStride?: readonly number[]): number {
  if (sizeOf(shape) === 0) return 1;
  const strides = argumentsIn(expressions).map((k) => operands[k]!.stride);
  const { lengths } = levelsOf(shape, resultStride === undefined ? strides : [...strides, resultStride]);
  return unitsOfLevels(lengths);
}

/** Returns what units of a loop read and write, with results in row-major order. */
export function touchedByLoop({ shape, operands, expressions }: Loop): NonNullable<Phase["touched"]> {
  const used = argumentsIn(expressions).map((k) => operands[k]!);
  const isEmpty = sizeOf(shape) === 0;
  const { lengths, strides } = levelsOf(isEmpty ? [1] : shape, used.map(({ stride }) => isEmpty ? [0] : stride));
  const isFlat = lengths.length === 1,
    workspace = used.some(({ value }) => value === EPILOGUE_INPUT) ? ALL_BYTES : undefined;
  return (first, last) => {
    const from = isFlat ? first * UNIT : first, to = isFlat ? Math.min(last * UNIT, lengths[0]!) : last;
    const read = ({ value, offset }: Operand, k: number) =>
      elementsAlong({ value, offset, shape: lengths, stride: strides[k]! }, 0, from, to);
    return {
      reads: used.map(read).filter(({ of }) => of >= 0),
      writes: expressions.map((_, k) => rowsOfResult(k, lengths, from, to)),
      workspace,
    };
  };
}

/** Counts the units of levels, as {@link loopUnits} does. */
export function unitsOfLevels(lengths: readonly number[]): number {
  return lengths.length === 1 ? Math.ceil(lengths[0]! / UNIT) : lengths[0]!;
}

/**
 * Builds the function that computes all expressions of a loop for indices `from` to `to` (exclusive) of axis 0 (rank 0:
 * from 0 to 1), and stores them to their row-major results.
 *
 * Operands that stand for `EPILOGUE_INPUT` are read at the byte address `computed` plus their offset and the strides
 * times the index; the index of axis 0 counts from 0 there too, whatever `from` is. A result may have the address of an
 * operand that is read at the same indices. Nothing outside the operands and results is read or written.
 *
 * @returns The function, with parameters `(computed: i32, from: i32, to: i32)`.
 */
export function buildLoop(m: ModuleBuilder, spec: LoopSpec): Callable<"none"> {
  const flat = flatLoop(spec, true), known = withQuotients(spec);
  if (flat !== undefined) return callInParts(m, known, flat, emitAt(known));
  return m.function({ parameters: { computed: "i32", from: "i32", to: "i32" } }, (f, { computed, from, to }) => {
    emitLoop(f, spec, { computed, range: { from, to, of: "axis 0" } });
  });
}

/**
 * Builds the function that computes a whole loop. Its trip counts are constants.
 *
 * @param computed The byte address of `EPILOGUE_INPUT`, if an operand is that.
 * @returns The function, without parameters.
 */
export function buildWholeLoop(m: ModuleBuilder, spec: LoopSpec, computed?: number): Callable<"none"> {
  const flat = flatLoop(spec, false), known = withQuotients(spec);
  if (flat !== undefined) return callWhole(m, known, flat, computed ?? 0, emitAt(known));
  return m.function({ parameters: {} }, (f) => emitLoop(f, spec, computed === undefined ? {} : { computed }));
}

/** Returns the specification that says whether quotients stay quotients. */
const withQuotients = (spec: LoopSpec): LoopSpec => ({ ...spec, divides: keepsQuotients(spec) });

/** Emits a loop over contiguous arrays at addresses that are known only when the code runs. */
const emitAt = (spec: LoopSpec) => (f: FunctionBuilder, flat: FlatPlaces): void => emitLoop(f, spec, { flat });

/**
 * Builds the function that computes some units of a loop, as `Phase.emit` describes it; {@link loopUnits} counts them.
 *
 * @param computed As for {@link buildWholeLoop}.
 */
export function buildLoopShare(m: ModuleBuilder, spec: LoopSpec, computed?: number): Callable<"none"> {
  return shareFunction(m, (f, { from, to }) => {
    emitLoop(f, spec, { ...computed !== undefined && { computed }, range: { from, to, of: "units" } });
  });
}

/** Tells whether quotients stay quotients: where they cost nothing, since they are more exact than products. */
const keepsQuotients = ({ divides, loop }: LoopSpec): boolean => divides || sizeOf(loop.shape) <= FEW;

/** Emits a loop, whole or in part. */
export function emitLoop(f: FunctionBuilder, spec: LoopSpec, { computed = 0, range, flat }: Part = {}): void {
  const { loop, dtype, relaxed, slowPaths = {}, functions, resultStride } = spec, bytes = BYTES_PER_ELEMENT[dtype];
  if (sizeOf(loop.shape) === 0) return;
  const alongAxis0 = range?.of === "axis 0" && loop.shape.length > 0;
  const used = argumentsIn(loop.expressions), operands = used.map((k) => loop.operands[k]!);
  const { lengths, strides, scale } = (alongAxis0 ? levelsFromAxis0 : levelsOf)(
    loop.shape,
    [...operands.map(({ stride }) => stride), ...resultStride === undefined ? [] : [resultStride]],
  );
  const inBytes = (steps: readonly number[]) => steps.map((step) => step * bytes);
  const shifted = shiftsIn(f);
  const sources = operands.map((operand, i): Source => {
    const offset = operand.offset * bytes, steps = inBytes(strides[i]!);
    if (flat !== undefined) return { base: 0, start: flat.addresses[i]!, strides: steps };
    if (operand.value !== EPILOGUE_INPUT) {
      const base = spec.address(operand.value) + offset;
      return { base, strides: steps, ...shifted(spec.shiftOf?.(operand.value)) };
    }
    if (typeof computed === "object") return { base: offset, start: computed, strides: steps };
    return { base: computed + offset, strides: steps };
  });
  const steps = inBytes(
    resultStride === undefined
      ? lengths.map((_, level) => sizeOf(lengths.slice(level + 1)))
      : strides[operands.length]!,
  );
  const results = spec.results.map((base, k): Source => {
    if (flat !== undefined) return { base: 0, start: flat.addresses[operands.length + k]!, strides: steps };
    return { base, strides: steps, ...shifted(spec.shifts?.[k]) };
  });

  const last = lengths.length - 1, source = new Map(used.map((k, i) => [k, i]));
  const depthOf = (k: number) =>
    strides[source.get(k)!]!.findLastIndex((step, level) => step !== 0 && lengths[level] !== 1);
  const expressions = keepsQuotients(spec)
    ? loop.expressions.map(rewrite)
    : inLoops(loop.expressions, (k) => depthOf(k) === last, (k) => depthOf(k) === -1);
  const parts = partsOf(expressions, depthOf);

  const math = vectorMathOf({ f, dtype, relaxed, constants: constantsOf(f), slowPaths, functions });
  const prepared = new Map<Scalar, Vector>();
  emitLoopNest(f, {
    lengths,
    sources: [...sources, ...results],
    lanes: 16 / bytes,
    acrossRows: resultStride === undefined,
    weight: weightOf(parts, last),
    ...alongAxis0 && { range: { from: range.from, to: range.to, scale } },
    ...flat && { range: { to: flat.vectors, scale: 16 / bytes } },
    ...range?.of === "units" && { range: { ...indicesOf(f, range, lengths), scale: 1 } },
    enter(level, { place }) {
      const values = computing(
        math,
        (k) => loadLanes((offset) => place(source.get(k)!, offset), [0], bytes),
        prepared,
      );
      for (const x of needed(parts, level)) prepared.set(x, values.value(x));
    },
    body(vectors, { place }) {
      const loaded = new Map<string, Vector>();
      for (const { offsets } of vectors) {
        const values = computing(math, (k) => {
          const i = source.get(k)!,
            where = offsets(i),
            load = () => loadLanes((offset) => place(i, offset), where, bytes);
          if (vectors.length === 1) return f.let(load()); // its parts ask for each argument once
          const key = `${k} ${where}`, made = loaded.get(key) ?? f.let(load());
          loaded.set(key, made);
          return made;
        }, prepared);
        // All results are computed before any is stored, since a result may share memory with an operand.
        const computedNow = expressions.map((x) => values.value(x));
        computedNow.forEach((v, k) => {
          const to = sources.length + k;
          f.do(...storeLanesAt((offset) => place(to, offset), v, offsets(to), bytes));
        });
      }
    },
  });
}

/** Reads each shift once, as the start of a source. */
function shiftsIn(f: FunctionBuilder): (shift: Shift | undefined) => Pick<Source, "start"> {
  const known = new Map<Shift, Local<"i32">>();
  return (shift) => {
    if (shift === undefined) return {};
    const start = known.get(shift) ?? f.let(i32.load(shift));
    known.set(shift, start);
    return { start };
  };
}

/** Returns the indices along level 0 of some units. */
export function indicesOf(f: FunctionBuilder, { from, to }: UnitRange, lengths: readonly number[]): UnitRange {
  if (lengths.length > 1) return { from, to };
  return { from: f.let(i32.mul(from, UNIT)), to: least(f, f.let(i32.mul(to, UNIT)), lengths[0]!) };
}

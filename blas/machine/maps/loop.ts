/**
 * Loops over arrays as machine code: the expressions of a loop for every element of a shape.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import type { Loop } from "../../program/program.ts";
import type { Scalar } from "../../scalar/scalar.ts";
import { rowMajorStrides, type Shape, sizeOf } from "../../shape.ts";
import { computing } from "../../simd/elementwise/emit.ts";
import type { Vector } from "../../simd/lane_instructions.ts";
import { ALL_FUNCTIONS } from "../../simd/math/mod.ts";
import { inlineConstants, vectorMathOf } from "../../simd/math/vector_math.ts";
import { levelsOf } from "../../simd/program/levels.ts";
import { argumentsIn, inLoops, needed, partsOf, weightOf } from "../../simd/program/loop_expressions.ts";
import { Assembler } from "../assembler/assembler.ts";
import type { Bits } from "../assembler/registers.ts";
import { Code, type Move } from "../code/code.ts";
import { type Edge, Lanes } from "../code/lanes.ts";
import { at, type Counter, type Pointer } from "../code/regions.ts";
import { loadStrided, storeStrided } from "../code/strided.ts";
import type { MachineLowered } from "../program/lowering.ts";
import { keepConstants } from "./constants.ts";
import { Recorder, SLOW_PATHS } from "./recorder.ts";
import { Translator } from "./translator.ts";

/** A loop to be written. */
export type LoopRequest = {
  readonly loop: Loop;
  readonly plan: LoopPlan;
  readonly dtype: DType;
  /** The number of indices of axis 0 that are computed. */
  readonly length: number;
  /** The steps of the results along the axes, in elements. Default: they are row-major. */
  readonly resultStride?: readonly number[];
  /** Makes a pointer to the first element of an operand, and of a result. */
  readonly operand: (k: number) => Pointer;
  readonly result: (k: number) => Pointer;
};

/** The most instructions of two vectors that are computed together. */
const PAIRED = 40;

/** The vectors for which it pays to load constants into registers first. */
const WORTH_KEEPING = 8;

/** The least part of a vector that the innermost axis must fill. */
const FILLED = 0.25;

/** Where a loop is written: the indices of axis 0 that it computes, and the general-purpose registers that are in use. */
export type LoopPlace = Pick<LoopRequest, "resultStride"> & { readonly length: number; readonly held: number };

/** How a loop is written. */
export type LoopPlan = {
  /** The constants that stay in registers, by their bytes. */
  readonly kept: readonly string[];
  /** Whether it may leave the instruction to WebAssembly after it has written some results. */
  readonly refuses: boolean;
};

/**
 * Plans the code of a loop: it is written for nothing, with the memory that it asks for.
 *
 * @returns `undefined` if there is none.
 */
export function planLoop(
  loop: Loop,
  dtype: DType,
  bits: Bits,
  { length: indices, held, resultStride }: LoopPlace = { length: loop.shape[0] ?? 1, held: 0 },
): LoopPlan | undefined {
  if (sizeOf(loop.shape) === 0 || bits === 128) return undefined;
  const { levels: { lengths } } = nestOf(loop, loop.shape, resultStride), lanes = bits / 8 / BYTES_PER_ELEMENT[dtype];
  const length = lengths.at(-1)!, size = sizeOf(lengths);
  if (length < FILLED * lanes && size > length) return undefined;
  /** Writes the loop with some constants in registers; returns how many reads there are of each, and free registers. */
  const tried = (kept: readonly string[]) => {
    const code = new Code(bits, new Assembler()),
      // Pointers to such a region take one more register for a moment.
      everything = { name: "memory", address: 2 ** 30, bytes: 2 ** 31, writable: true, shift: 0 };
    const pointer = () => code.pointer(everything, 2 ** 30);
    for (let k = 0; k < held; k++) code.general();
    try {
      const plan = { kept, refuses: false };
      const { reads, refuses } = emitLoop(code, {
        loop,
        plan,
        dtype,
        length: indices,
        ...resultStride && { resultStride },
        operand: pointer,
        result: pointer,
      });
      return { reads, refuses, free: code.leastFreeVectors };
    } catch {
      return undefined; // it needs an instruction that there is none for, or more registers than there are
    }
  };
  const first = tried([]);
  if (first === undefined) return undefined;
  const { reads, refuses, free } = first;
  if (size < WORTH_KEEPING * lanes) return { kept: [], refuses };
  const byReads = [...reads].sort(([, a], [, b]) => b - a).map(([key]) => key);
  for (let count = Math.min(free, byReads.length); count > 0; count--) {
    if (tried(byReads.slice(0, count)) !== undefined) return { kept: byReads.slice(0, count), refuses };
  }
  return { kept: [], refuses };
}

/** What a lowered instruction says about loops that write its results: WebAssembly needs the operands if one refuses. */
export function finalLoop(plans: readonly LoopPlan[]): Pick<MachineLowered, "inPlace" | "mayRefuse"> {
  return plans.some(({ refuses }) => refuses) ? { inPlace: false, mayRefuse: true } : { inPlace: true };
}

/** Joins the axes of a loop, of which the first may be cut. The steps of its results are the last. */
function nestOf(loop: Loop, shape: Shape, resultStride: readonly number[] = rowMajorStrides(shape)) {
  const used = argumentsIn(loop.expressions), strides = used.map((k) => loop.operands[k]!.stride);
  return { used, levels: levelsOf(shape, [...strides, resultStride]) };
}

/** Rewrites the expressions of a loop, as is right for all of it: a part has the bits of the whole. */
function expressionsOf(loop: Loop, resultStride: LoopRequest["resultStride"]): readonly Scalar[] {
  const { used, levels: { lengths, strides } } = nestOf(loop, loop.shape, resultStride), last = lengths.length - 1;
  const changes = (k: number, level: number) => strides[used.indexOf(k)]![level] !== 0 && lengths[level] !== 1;
  return inLoops(loop.expressions, (k) => changes(k, last), (k) => lengths.every((_, level) => !changes(k, level)));
}

/** Writes a loop. */
export function emitLoop(
  code: Code,
  { loop, plan, dtype, length, resultStride, operand, result }: LoopRequest,
): Pick<Translator, "reads" | "refuses"> {
  const shape = loop.shape.length === 0 ? loop.shape : [length, ...loop.shape.slice(1)];
  const { used, levels: { lengths, strides } } = nestOf(loop, shape, resultStride), last = lengths.length - 1;
  const resultSteps = strides.at(-1)!, inner = (steps: readonly number[]) => lengths[last] === 1 ? 0 : steps[last]!;
  // Where elements are apart, pointers move; else there is one counter for all.
  const isStrided = strides.some((steps) => ![0, 1].includes(inner(steps)));
  const lanes = new Lanes(code, dtype), { bytes } = lanes, source = new Map(used.map((k, i) => [k, i]));
  const depthOf = (k: number) =>
    strides[source.get(k)!]!.findLastIndex((step, level) => step !== 0 && lengths[level] !== 1);
  const expressions = expressionsOf(loop, resultStride),
    parts = partsOf(expressions, depthOf);
  const pointers = used.map(operand), results = expressions.map((_, k) => result(k));
  const kept = keepConstants(code, plan.kept), recorder = new Recorder(), translator = new Translator(code, kept);
  // Constants are operands of the instructions that use them, in memory or in registers.
  const constants = inlineConstants();
  const math = vectorMathOf({
    f: recorder,
    dtype,
    relaxed: true,
    constants,
    slowPaths: SLOW_PATHS,
    functions: ALL_FUNCTIONS,
  });
  const prepared = new Map<Scalar, Vector>(), roots = new Set(expressions);
  /** Lists what changes along the enclosing level, and is read by what changes deeper inside, or stored. */
  const keptAt = (level: number): readonly Scalar[] => {
    const read = new Set([...parts].flatMap(([x, own]) => own >= level && "inputs" in x ? x.inputs : []));
    return needed(parts, level).filter((x) => roots.has(x) || read.has(x));
  };
  /** Computes what is the same in all deeper loops; returns what must be freed afterwards. */
  const enter = (level: number): readonly number[] => {
    const values = computing(
      math,
      (k) => recorder.load((to) => lanes.repeat(to, at(pointers[source.get(k)!]!))),
      prepared,
    );
    const made = keptAt(level).map((x) => {
      const value = recorder.let(values.value(x));
      prepared.set(x, value);
      return value.index;
    });
    translator.run(recorder.take(), made);
    return made;
  };
  /** Computes some vectors together. */
  const vectors = (counter: Counter | undefined, offsets: readonly number[], part?: Edge | "one") => {
    const edge = part === "one" ? undefined : part;
    for (const offset of offsets) {
      const values = computing(
        math,
        (k) => {
          const i = source.get(k)!, step = inner(strides[i]!), place = at(pointers[i]!, offset * step, counter);
          return recorder.load((to) => {
            if (step === 0) lanes.repeat(to, at(pointers[i]!));
            else if (part === "one") lanes.loadOne(to, place);
            else if (step === 1) lanes.load(to, place, edge);
            else loadStrided(lanes, to, place, step * bytes, edge?.count);
          });
        },
        prepared,
      );
      // All results are computed before any is stored, since a result may share memory with an operand.
      const computed = expressions.map((x) => values.value(x));
      computed.forEach((value, k) => {
        const step = resultSteps[last]!, place = at(results[k]!, offset * step, counter);
        recorder.store(value, (from) => {
          if (part === "one") lanes.storeOne(place, from);
          else if (step === 1) lanes.store(place, from, edge);
          else storeStrided(lanes, place, step * bytes, from, edge?.count);
        });
      });
    }
    translator.run(recorder.take());
  };
  const row = () => {
    const n = lengths[last]!, together = weightOf(parts, last) <= PAIRED ? 2 : 1;
    const turns = Math.floor(n / (together * lanes.count)), done = turns * together * lanes.count;
    const offsets = Array.from({ length: together }, (_, k) => k * lanes.width), step = together * lanes.width;
    const moves: readonly Move[] = isStrided
      ? [
        ...pointers.map((pointer, i): Move => [pointer, inner(strides[i]!) * step]),
        ...results.map((pointer): Move => [pointer, inner(resultSteps) * step]),
      ].filter(([, by]) => by !== 0)
      : [];
    if (isStrided) code.loop(turns, moves, () => vectors(undefined, offsets));
    else code.count(turns, step, (counter) => vectors(counter, offsets));
    let offset = isStrided ? 0 : done * bytes;
    for (let left = n - done; left > 0; left -= lanes.count, offset += lanes.width) {
      // A single element needs no mask.
      const edge = left < lanes.count && left > 1 ? lanes.edge(left) : undefined;
      vectors(undefined, [offset], left === 1 ? "one" : edge);
      if (edge !== undefined) lanes.release(edge);
    }
    moves.forEach(([pointer, by]) => code.move(pointer, -turns * by));
  };
  const inside = (level: number): void => {
    const made = enter(level);
    if (level === last) row();
    else {
      const moves: readonly Move[] = [
        ...pointers.map((pointer, i): Move => [pointer, strides[i]![level]! * bytes]),
        ...results.map((pointer): Move => [pointer, resultSteps[level]! * bytes]),
      ].filter(([, by]) => by !== 0);
      code.loop(lengths[level]!, moves, () => inside(level + 1));
      moves.forEach(([pointer, by]) => code.move(pointer, -lengths[level]! * by));
    }
    translator.release(made);
    keptAt(level).forEach((x) => prepared.delete(x));
  };
  inside(0);
  code.free(...pointers, ...results, ...kept.values());
  return translator;
}

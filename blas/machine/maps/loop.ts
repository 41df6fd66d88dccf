/**
 * Loops over arrays as machine code: the expressions of a loop for every element of a shape.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import type { Loop } from "../../program/program.ts";
import type { Scalar } from "../../scalar/scalar.ts";
import { sizeOf } from "../../shape.ts";
import { computing } from "../../simd/elementwise/emit.ts";
import type { Vector } from "../../simd/lane_instructions.ts";
import { ALL_FUNCTIONS } from "../../simd/math/mod.ts";
import { vectorMathOf } from "../../simd/math/vector_math.ts";
import { levelsOf } from "../../simd/program/levels.ts";
import { argumentsIn, inLoops, needed, partsOf, weightOf } from "../../simd/program/loop_expressions.ts";
import { Assembler } from "../assembler/assembler.ts";
import type { Bits } from "../assembler/registers.ts";
import { Code, type Move } from "../code/code.ts";
import { type Edge, Lanes } from "../code/lanes.ts";
import { at, type Counter, type Pointer } from "../code/regions.ts";
import { Recorder } from "./recorder.ts";
import { Translator } from "./translator.ts";

/** A loop to be written. */
export type LoopRequest = {
  readonly loop: Loop;
  readonly dtype: DType;
  /** The number of indices of axis 0 that are computed. */
  readonly length: number;
  /** Makes a pointer to the first element of an operand, and of a result; results are row-major. */
  readonly operand: (k: number) => Pointer;
  readonly result: (k: number) => Pointer;
};

/** The most instructions of two vectors that are computed together. */
const PAIRED = 40;

/** The least part of a vector that the innermost axis must fill. */
const FILLED = 0.25;

/** Tells whether there is machine code for a loop: it is written for nothing, with the memory that it asks for. */
export function canEmitLoop(loop: Loop, dtype: DType, bits: Bits): boolean {
  if (sizeOf(loop.shape) === 0 || bits === 128) return false;
  const { levels, used } = nestOf(loop, loop.shape),
    inner = levels.lengths.length - 1,
    lanes = bits / 8 / BYTES_PER_ELEMENT[dtype];
  const isStrided = used.some((_, k) => levels.lengths[inner] !== 1 && ![0, 1].includes(levels.strides[k]![inner]!));
  const length = levels.lengths[inner]!;
  if (isStrided || (length < FILLED * lanes && sizeOf(levels.lengths) > length)) return false;
  const code = new Code(bits, new Assembler()),
    everything = { name: "memory", address: 2 ** 30, bytes: 2 ** 31, writable: true };
  const pointer = () => code.pointer(everything, 2 ** 30);
  try {
    emitLoop(code, { loop, dtype, length: loop.shape[0] ?? 1, operand: pointer, result: pointer });
    return true;
  } catch {
    return false; // it needs an instruction that there is none for, or more registers than there are
  }
}

/** Joins the axes of a loop, of which the first may be cut. */
function nestOf(loop: Loop, shape: readonly number[]) {
  const used = argumentsIn(loop.expressions), strides = used.map((k) => loop.operands[k]!.stride);
  return { used, levels: levelsOf(shape, strides) };
}

/** Tells whether an operand changes along the innermost level of a loop, all of it: a part has the bits of the whole. */
function changesInside(loop: Loop): (operand: number) => boolean {
  const { used, levels: { lengths, strides } } = nestOf(loop, loop.shape), last = lengths.length - 1;
  return (k) => strides[used.indexOf(k)]![last] !== 0 && lengths[last] !== 1;
}

/** Writes a loop. */
export function emitLoop(code: Code, { loop, dtype, length, operand, result }: LoopRequest): void {
  const shape = loop.shape.length === 0 ? loop.shape : [length, ...loop.shape.slice(1)];
  const { used, levels: { lengths, strides } } = nestOf(loop, shape), last = lengths.length - 1;
  const lanes = new Lanes(code, dtype), { bytes } = lanes, source = new Map(used.map((k, i) => [k, i]));
  const depthOf = (k: number) =>
    strides[source.get(k)!]!.findLastIndex((step, level) => step !== 0 && lengths[level] !== 1);
  const expressions = inLoops(loop.expressions, changesInside(loop)), parts = partsOf(expressions, depthOf);
  const pointers = used.map(operand), results = expressions.map((_, k) => result(k));
  const recorder = new Recorder(), translator = new Translator(code);
  // Constants are operands of the instructions that use them.
  const constants = { get: (_: string, make: () => Vector) => make() };
  const math = vectorMathOf({ f: recorder, dtype, relaxed: true, constants, slowPaths: {}, functions: ALL_FUNCTIONS });
  const prepared = new Map<Scalar, Vector>();
  /** Computes what is the same in all deeper loops; returns what must be freed afterwards. */
  const enter = (level: number): readonly number[] => {
    const values = computing(
      math,
      (k) => recorder.load((to) => lanes.repeat(to, at(pointers[source.get(k)!]!))),
      prepared,
    );
    const made = needed(parts, level).map((x) => {
      const value = recorder.let(values.value(x));
      prepared.set(x, value);
      return value.index;
    });
    translator.run(recorder.take(), made);
    return made;
  };
  /** Computes some vectors together. */
  const vectors = (counter: Counter | undefined, offsets: readonly number[], edge?: Edge) => {
    for (const offset of offsets) {
      const values = computing(
        math,
        (k) => {
          const i = source.get(k)!, moves = strides[i]![last] !== 0 && lengths[last] !== 1;
          return recorder.load((to) => {
            if (moves) lanes.load(to, at(pointers[i]!, offset, counter), edge);
            else lanes.repeat(to, at(pointers[i]!));
          });
        },
        prepared,
      );
      // All results are computed before any is stored, since a result may share memory with an operand.
      const computed = expressions.map((x) => values.value(x));
      computed.forEach((value, k) => {
        recorder.store(value, (from) => lanes.store(at(results[k]!, offset, counter), from, edge));
      });
    }
    translator.run(recorder.take());
  };
  const row = () => {
    const n = lengths[last]!, together = weightOf(parts, last) <= PAIRED ? 2 : 1;
    const turns = Math.floor(n / (together * lanes.count)), done = turns * together * lanes.count;
    code.count(turns, together * lanes.width, (counter) => {
      vectors(counter, Array.from({ length: together }, (_, k) => k * lanes.width));
    });
    let offset = done * bytes;
    for (let left = n - done; left > 0; left -= lanes.count, offset += lanes.width) {
      const edge = left < lanes.count ? lanes.edge(left) : undefined;
      vectors(undefined, [offset], edge);
      if (edge !== undefined) lanes.release(edge);
    }
  };
  const inside = (level: number): void => {
    const made = enter(level);
    if (level === last) row();
    else {
      const step = sizeOf(lengths.slice(level + 1)) * bytes;
      const moves: readonly Move[] = [
        ...pointers.map((pointer, i): Move => [pointer, strides[i]![level]! * bytes]),
        ...results.map((pointer): Move => [pointer, step]),
      ].filter(([, by]) => by !== 0);
      code.loop(lengths[level]!, moves, () => inside(level + 1));
      moves.forEach(([pointer, by]) => code.move(pointer, -lengths[level]! * by));
    }
    translator.release(made);
    needed(parts, level).forEach((x) => prepared.delete(x));
  };
  inside(0);
  code.free(...pointers, ...results);
}

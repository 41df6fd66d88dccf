/**
 * Loops that occur several times in a program, on other arrays: they share one function, which is given the addresses.
 * The updates of an optimizer are such loops.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import { EPILOGUE_INPUT, type Loop } from "../../program/program.ts";
import { sizeOf } from "../../shape.ts";
import {
  call,
  type Callable,
  type Expression,
  type FunctionBuilder,
  i32,
  type Local,
  type ModuleBuilder,
} from "../../wasm/mod.ts";
import type { LoopSpec } from "./loop_function.ts";
import { levelsFromAxis0, levelsOf } from "./levels.ts";
import { argumentsIn } from "./loop_expressions.ts";

/** A loop over arrays whose elements are side by side, or the same for all indices. */
export type FlatLoop = {
  /** The arguments of its expressions. */
  readonly used: readonly number[];
  /** For each of their operands, 1 if its elements are side by side, 0 if it has one. */
  readonly steps: readonly number[];
  /** The number of whole vectors for each index of axis 0, or of all of the loop if it is not cut. */
  readonly vectors: number;
};

/** The addresses of a flat loop's operands in use and then of its results, and the number of their vectors. */
export type FlatPlaces = { readonly addresses: readonly Local<"i32">[]; readonly vectors: Local<"i32"> };

/** Emits the code of a flat loop whose places are known only when the code runs. */
type EmitFlat = (f: FunctionBuilder, places: FlatPlaces) => void;

/**
 * The most elements of a loop whose function is shared: its arrays have a pointer each, where constant addresses need one
 * for all. Measured, the step of a network whose updates are loops of up to 100,352 elements: 2 % slower if all are shared.
 */
const MOST = 4096;

/** Returns which loops occur several times, as far as their expressions tell. */
export function repeatedLoops(loops: readonly Loop[]): (loop: Loop) => boolean {
  const counts = new Map<string, number>();
  for (const loop of loops) {
    const key = nameOf(loop);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return (loop) => counts.get(nameOf(loop))! > 1;
}

const nameOf = ({ expressions }: Loop): string => {
  let name = "";
  for (let k = 0; k < expressions.length; k++) name += `${expressions[k]!.id} `;
  return name;
};

/**
 * Returns a loop as one that a shared function can compute; `undefined` if it occurs once, or walks through its arrays in another way.
 *
 * @param isCut Whether it runs in parts of axis 0.
 */
export function flatLoop({ loop, dtype, ...spec }: LoopSpec, isCut: boolean): FlatLoop | undefined {
  if (spec.repeats?.(loop) !== true || spec.resultStride !== undefined || sizeOf(loop.shape) === 0) return undefined;
  if (sizeOf(loop.shape) > MOST) return undefined;
  if (spec.shifts?.some((shift) => shift !== undefined)) return undefined;
  const used = argumentsIn(loop.expressions), operands = used.map((k) => loop.operands[k]!);
  if (operands.some(({ value }) => value !== EPILOGUE_INPUT && spec.shiftOf?.(value) !== undefined)) return undefined;
  const cut = isCut && loop.shape.length > 0;
  const { lengths, strides, scale } = (cut ? levelsFromAxis0 : levelsOf)(loop.shape, operands.map((one) => one.stride));
  const vectors = (cut ? scale : lengths[0]!) * BYTES_PER_ELEMENT[dtype] / 16, steps = strides.map(([step]) => step!);
  if (lengths.length > 1 || !Number.isInteger(vectors) || steps.some((step) => step !== 0 && step !== 1)) {
    return undefined;
  }
  return { used, steps, vectors };
}

/** Builds the function of a loop that runs in parts of axis 0, as `buildLoop` describes it. */
export function callInParts(m: ModuleBuilder, spec: LoopSpec, flat: FlatLoop, emit: EmitFlat): Callable<"none"> {
  const { loop, dtype, address, results } = spec, { used, steps, vectors } = flat, bytes = BYTES_PER_ELEMENT[dtype];
  const shared = functionOf(m, spec, flat, emit);
  return m.function({ parameters: { computed: "i32", from: "i32", to: "i32" } }, (f, { computed, from, to }) => {
    const done = f.let(i32.mul(from, vectors * 16));
    const addresses = used.map((k, i): Expression<"i32"> | number => {
      const { value, offset } = loop.operands[k]!, at = steps[i] === 0 ? undefined : done;
      if (value !== EPILOGUE_INPUT) return plus(at, address(value) + offset * bytes);
      return i32.add(computed, plus(at, offset * bytes));
    });
    const all = [...addresses, ...results.map((result) => plus(done, result))];
    f.do(call(shared, i32.mul(i32.sub(to, from), vectors), ...all));
  });
}

const plus = (at: Local<"i32"> | undefined, bytes: number): Expression<"i32"> | number =>
  at === undefined ? bytes : i32.add(at, bytes);

/** Builds the function of a whole loop, as `buildWholeLoop` describes it. */
export function callWhole(
  m: ModuleBuilder,
  spec: LoopSpec,
  flat: FlatLoop,
  computed: number,
  emit: EmitFlat,
): Callable<"none"> {
  const { loop, dtype, address, results } = spec, { used, vectors } = flat, bytes = BYTES_PER_ELEMENT[dtype];
  const shared = functionOf(m, spec, flat, emit);
  const addresses = used.map((k) => {
    const { value, offset } = loop.operands[k]!;
    return (value === EPILOGUE_INPUT ? computed : address(value)) + offset * bytes;
  });
  return m.function({ parameters: {} }, (f) => f.do(call(shared, vectors, ...addresses, ...results)));
}

/** The shared functions of a module, by what they compute. */
const functions = new WeakMap<ModuleBuilder, Map<string, Callable<"none">>>();

/** Returns the function that computes a loop: its parameters are the number of vectors, and the addresses. */
function functionOf(
  m: ModuleBuilder,
  { loop, dtype, divides }: Pick<LoopSpec, "loop" | "dtype" | "divides">,
  { used, steps }: FlatLoop,
  emit: EmitFlat,
): Callable<"none"> {
  const known = functions.get(m) ?? new Map<string, Callable<"none">>();
  functions.set(m, known);
  const key = `${keyOf(dtype, divides)} ${nameOf(loop)}: ${steps}`, found = known.get(key);
  if (found !== undefined) return found;
  const places = [...used, ...loop.expressions].map((_, i) => [`p${i}`, "i32"] as const);
  const parameters = Object.fromEntries([["vectors", "i32"] as const, ...places]);
  const made = m.function(
    { parameters },
    (f, given) => emit(f, { addresses: places.map(([name]) => given[name]!), vectors: given.vectors! }),
  );
  known.set(key, made);
  return made;
}

const keyOf = (dtype: DType, divides = false): string => `${dtype} ${divides}`;

/**
 * Draws random programs: each call is performed as it is added, so that arguments suit the shapes.
 *
 * @module
 */
import { type DType, type Tensor, toList } from "../../mod.ts";
import { type Call, type CallProgram, inputsOf, perform, type Reference, reference } from "./call.ts";
import { FAMILIES } from "./operations.ts";

/** Shapes of inputs: 0-d, empty, of length 1, and some that suit each other. */
const SHAPES: readonly (readonly number[])[] = [
  [],
  [1],
  [3],
  [4],
  [17],
  [2, 3],
  [3, 3],
  [4, 1],
  [1, 5],
  [9, 33],
  [0, 3],
  [2, 1, 3],
  [2, 3, 4],
  [2, 3, 5, 6],
  [1, 3, 4, 4],
  [4, 3, 3, 3],
];

/** The largest number of elements and axes of a value, and its largest element: beyond it, rounding hides everything else. */
const MOST_ELEMENTS = 1200, MOST_AXES = 5, LARGEST = 1e4;

/** How often to try, for each call, to draw one that the library accepts and whose result is usable. */
const ATTEMPTS = 20;

/** An error that is not a refusal, whose message would begin with "Cannot". */
export class RawError extends Error {
  override readonly name = "RawError";
}

/** Returns a generator of whole numbers below a bound, which the seed determines (Steele et al., SplitMix, 2014). */
export function numbersFrom(seed: number): (count: number) => number {
  let state = seed | 0;
  return (count) => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % count;
  };
}

/**
 * Draws a program.
 *
 * @param seed Determines the program.
 * @param most The number of calls is drawn from 1 to `most`; the last operation may add a few that prepare its arguments.
 * @throws {RawError} If a call fails with an error that is not a refusal.
 */
export function drawProgram(seed: number, most = 14): CallProgram {
  const draw = numbersFrom(seed), one = <T>(from: readonly T[]): T => from[draw(from.length)]!;
  const dtype = one<DType>(["float32", "float64"]);
  const shapes = Array.from({ length: 1 + draw(3) }, () => one(SHAPES));
  const empty: CallProgram = { dtype, seed: draw(1 << 20), shapes, calls: [] };
  const values: Tensor[] = [...inputsOf(empty)], calls: Call[] = [], families = Object.values(FAMILIES);
  const add = (call: Call): Reference => {
    const result = performChecked(call, values);
    if (!isUsable(result)) throw new RangeError("Cannot use this result: it is too large");
    values.push(result);
    calls.push(call);
    return reference(values.length - 1);
  };
  const pick = (rank?: number): Reference => {
    const fitting = values.flatMap(({ shape }, k) => rank === undefined || shape.length === rank ? [k] : []);
    const from = fitting.length > 0 ? fitting : values.map((_, k) => k);
    return reference(draw(2) === 0 ? from[from.length - 1 - draw(Math.min(3, from.length))]! : one(from));
  };
  const count = 1 + draw(most);
  for (let attempt = 0; calls.length < count && attempt < ATTEMPTS * count; attempt++) {
    const before = values.length;
    try {
      one(one(families))({
        dtype,
        draw,
        one,
        pick,
        shapeOf: ({ value }) => values[value]!.shape,
        call: (name, ...args) => add({ name, args }),
      });
    } catch (error) {
      if (error instanceof RawError) throw error;
      values.length = before;
      calls.length = before - shapes.length;
    }
  }
  return { ...empty, calls };
}

/** Performs a call; an error whose message does not begin with "Cannot" is a fault of the library. */
function performChecked(call: Call, values: readonly Tensor[]): Tensor {
  try {
    return perform(call, values);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (message.startsWith("Cannot ")) throw error;
    throw new RawError(`${call.name} fails with "${message}"`, { cause: { call, error } });
  }
}

function isUsable(t: Tensor): boolean {
  const size = t.shape.reduce((product, length) => product * length, 1);
  if (size > MOST_ELEMENTS || t.shape.length > MOST_AXES) return false;
  for (const x of toList(t)) if (!(Math.abs(x) <= LARGEST)) return false;
  return true;
}

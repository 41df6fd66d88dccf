/**
 * Random instructions that move elements.
 *
 * @module
 */
import "./all_kinds.ts";
import type { JoinPart } from "../../../blas/program/operations/join.ts";
import type { Instruction, Loop, ValueType } from "../../../blas/program/program.ts";
import { type Shape, sizeOf } from "../../../blas/shape.ts";
import type { Range } from "../../../blas/view.ts";
import { operandOf, type Random } from "./random_operands.ts";

const COUNTS = [1, 2, 3, 5, 8, 17, 33];

const part = (start: number, count: number): Range => ({ start, step: 1, count });

/**
 * Joins, picks, adds up by index, or adds up along an axis.
 *
 * @param value The value with the shape and dtype of the instruction.
 * @param types The types of all values.
 * @param loopOf Makes a loop of that dtype and one expression over a shape.
 */
export function moveOf(
  random: Random,
  value: number,
  types: readonly ValueType[],
  loopOf: (shape: Shape) => Loop,
): Instruction | undefined {
  const { below, pick } = random, { dtype, shape } = types[value]!;
  if (below(3) === 0) return joinOf(random, types[value]!, loopOf);
  if (shape.length === 0 || sizeOf(shape) === 0) return undefined;
  const axis = below(shape.length);
  if (below(3) === 0) {
    const over = shape.map((length, k) => k === axis ? Math.min(length, 7) : length);
    const operand = operandOf(random, value, sizeOf(shape), over)!;
    if (below(2) === 0) {
      const form = pick(["product", "max", "argmin"] as const);
      return {
        results: [{ dtype, shape: over }],
        operation: { kind: "running", form, axis, reverse: false, operands: [operand] },
      };
    }
    if (below(2) === 0) {
      const count = below(over[axis]! + 1), descending = below(2) === 0;
      return {
        results: [{ dtype, shape: over.with(axis, count) }],
        operation: { kind: "order", axis, descending, count, operand },
      };
    }
    return { results: [{ dtype, shape: over }], operation: { kind: "cumsum", axis, reverse: below(2) === 0, operand } };
  }
  return below(4) === 0 ? searchIn(random, value, types[value]!) : indexedOf(random, value, types, axis);
}

/** Joins pieces along an axis, in any order, with gaps between them and inside. */
function joinOf({ below, pick }: Random, { dtype, shape }: ValueType, loopOf: (shape: Shape) => Loop): Instruction {
  const axis = below(Math.max(1, shape.length)), parts: JoinPart[] = [];
  const put = (place: readonly Range[]) => parts.push({ loop: loopOf(place.map(({ count }) => count)), place });
  for (let at = 0; shape.length > 0 && at < shape[axis]!;) {
    const step = pick([1, 1, 2, 3]), count = 1 + below(Math.ceil((shape[axis]! - at) / step));
    const along = below(4) === 0 ? { start: at + step * (count - 1), step: -step, count } : { start: at, step, count };
    const place = shape.map((length, k) =>
      k === axis ? along : length > 3 && below(3) === 0 ? part(1, length - 2) : part(0, length)
    );
    at += step * (count - 1) + 1 + below(2) * below(3);
    if (below(5) > 0) put(place);
  }
  if (shape.length === 0) put([]);
  return { results: [{ dtype, shape }], operation: { kind: "join", shape, parts, fill: pick([0, 0, 1.5]) } };
}

/** Searches windows of a random operand, which may overlap or run backwards. */
function searchIn(random: Random, value: number, { dtype, shape }: ValueType): Instruction {
  const { below, pick } = random, rank = below(shape.length + 1), result = shape.slice(0, rank);
  const operand = operandOf(random, value, sizeOf(shape), shape)!, numbers = shape.map(() => pick([0, 1, 5]));
  return {
    results: [{ dtype, shape: result }],
    operation: {
      kind: "search",
      extremum: pick(["max", "min"]),
      shape: result,
      regions: [{
        place: result.map((length) => part(0, length)),
        operand,
        numbers: { offset: below(3), stride: numbers },
      }],
    },
  };
}

/** Picks or adds up by indices that are any numbers: rounded, and clamped to the axis. */
function indexedOf(
  random: Random,
  value: number,
  types: readonly ValueType[],
  axis: number,
): Instruction | undefined {
  const { below, pick } = random, { dtype, shape } = types[value]!, count = pick(COUNTS);
  const numbered = types.flatMap((type, k) => type.dtype === dtype ? [k] : []);
  const picked = shape.map((length, k) => k === axis ? Math.min(count, 3 * length) : length);
  const read = (from: number) => operandOf(random, from, sizeOf(types[from]!.shape), picked);
  const indices = read(pick(numbered));
  if (indices === undefined || sizeOf(picked) > 3000) return undefined;
  if (below(2) === 0) {
    const operand = operandOf(random, value, sizeOf(shape), shape)!;
    return { results: [{ dtype, shape: picked }], operation: { kind: "gather", axis, operand, indices } };
  }
  const operand = read(pick(numbered));
  if (operand === undefined) return undefined;
  const onto = operandOf(random, value, sizeOf(shape), shape), combine = random.pick(["set", "max", "min"] as const);
  const more = onto === undefined || random.below(2) === 0 ? {} : { onto, combine };
  return { results: [{ dtype, shape }], operation: { kind: "scatter", axis, shape, operand, indices, ...more } };
}

/**
 * The cost of an instruction: the numbers that it computes, and the bytes that it reads and writes.
 *
 * @module
 */
import { BYTES_PER_ELEMENT } from "../dtype.ts";
import { sizeOf } from "../shape.ts";
import { epilogueOf, operandsOf, valueTypes } from "./operands.ts";
import { flopsOfLoop } from "./operations/flops.ts";
import { kindOf } from "./operations/mod.ts";
import type { Instruction, Operand, Program, ValueType } from "./program.ts";

/**
 * The cost of one run of an instruction; a number is `undefined` if it is not known beforehand, as for a host function,
 * a loop of unknown length, or a conditional.
 */
export type Cost = {
  /** Additions, multiplications and other functions of numbers; a product of matrices takes `2 * m * n * k`. */
  readonly flops: number | undefined;
  /** Bytes of the elements that are read, each operand once, and written. */
  readonly bytes: number | undefined;
};

/** Returns the cost of each instruction of a program. */
export function costsOf(program: Program): readonly Cost[] {
  const types = valueTypes(program);
  return program.instructions.map((instruction) => costOf(instruction, types));
}

function costOf({ operation, results }: Instruction, types: readonly ValueType[]): Cost {
  switch (operation.kind) {
    case "scan": {
      const inner = costsOf(operation.body), { length } = operation;
      return {
        flops: times(length, inner.map(({ flops }) => flops)),
        bytes: times(length, inner.map(({ bytes }) => bytes)),
      };
    }
    case "while":
    case "branch":
      return { flops: undefined, bytes: undefined };
    default: {
      const epilogue = epilogueOf(operation), own = kindOf(operation).flops(operation, results);
      return {
        flops: own === undefined ? undefined : own + (epilogue === undefined ? 0 : flopsOfLoop(epilogue)),
        bytes: bytesRead(operandsOf(operation), types) + results.reduce((sum, type) => sum + bytesOf(type), 0),
      };
    }
  }
}

/** Multiplies a sum of numbers by a count; `undefined` if one of them is not known. */
function times(count: number, numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((number) => number !== undefined);
  return known.length < numbers.length ? undefined : count * known.reduce((sum, number) => sum + number, 0);
}

/** Returns the bytes of the elements that operands show; repeated elements and equal operands count once. */
function bytesRead(operands: readonly Operand[], types: readonly ValueType[]): number {
  const seen = new Set<string>();
  let bytes = 0;
  for (const { value, shape, stride, offset } of operands) {
    const type = types[value], key = `${value} ${shape} ${stride} ${offset}`;
    if (type === undefined || seen.has(key)) continue;
    seen.add(key);
    bytes += sizeOf(shape.filter((_, axis) => stride[axis] !== 0)) * BYTES_PER_ELEMENT[type.dtype];
  }
  return bytes;
}

const bytesOf = ({ dtype, shape }: ValueType): number => sizeOf(shape) * BYTES_PER_ELEMENT[dtype];

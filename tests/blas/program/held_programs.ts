/**
 * Operations that hold programs, on vectors of 2 elements.
 *
 * @module
 */
import "./all_kinds.ts";
import type { BranchOperation } from "../../../blas/program/operations/branch.ts";
import type { ScanOperation } from "../../../blas/program/operations/scan.ts";
import type { WhileOperation } from "../../../blas/program/operations/while.ts";
import type { Operation, Program } from "../../../blas/program/program.ts";
import { add, argument, less, mul, type Scalar } from "../../../blas/scalar/scalar.ts";
import { type View, view } from "../../../blas/view.ts";
import { map, type, whole } from "../simd/program/small_programs.ts";

export const PAIR = [2], x = argument(0), y = argument(1);

/**
 * Returns a program over pairs: each instruction computes an expression of two values; parameters have the first
 * numbers.
 */
export const pairs = (
  parameters: number,
  steps: readonly (readonly [Scalar, ...number[]])[],
  results: readonly number[],
  constants: readonly View[] = [],
): Program => ({
  parameters: Array.from({ length: parameters }, () => type(PAIR)),
  constants,
  instructions: steps.map(([expression, ...values]) => map(PAIR, expression, ...values)),
  results,
});

/** `c' = c * w + slice`, and yields `c`. Parameters: the carry, the slice, `w`. */
export const scan: ScanOperation = {
  kind: "scan",
  body: pairs(3, [[mul(x, y), 0, 2], [add(x, y), 3, 1]], [4, 0]),
  carries: 1,
  finals: [0],
  sequences: 1,
  length: 3,
  reverse: false,
  operands: [whole(0, PAIR), whole(1, [3, 2]), whole(2, PAIR)],
};

/** Doubles the carry as long as its first element is below 10. Parameters: the carry. */
export const loop: WhileOperation = {
  kind: "while",
  condition: {
    parameters: [type(PAIR)],
    constants: [],
    instructions: [{
      results: [type([])],
      operation: {
        kind: "map",
        loop: { shape: [], operands: [{ value: 0, shape: [], stride: [], offset: 0 }], expressions: [less(x, 10)] },
      },
    }],
    results: [1],
  },
  body: pairs(1, [[mul(x, 2), 0]], [1]),
  carries: 1,
  maxSteps: undefined,
  operands: [whole(0, PAIR)],
};

/** The sum of two vectors where a number is not 0, and else their product. */
export const branch: BranchOperation = {
  kind: "branch",
  branches: [pairs(2, [[add(x, y), 0, 1]], [2]), pairs(2, [[mul(x, y), 0, 1]], [2])],
  operands: [{ value: 2, shape: [], stride: [], offset: 0 }, whole(0, PAIR), whole(1, PAIR)],
};

const floats = (...values: readonly number[]) => view(Float32Array.from(values));

/** An operation in a program with parameters of its own, its operands, and the results that it must compute. */
export type Case = {
  readonly name: string;
  readonly operation: Operation;
  readonly parameters: Program["parameters"];
  readonly results: Program["parameters"];
  readonly given: readonly View[];
  readonly wanted: readonly (readonly number[])[];
};

const scanned = {
  parameters: [type(PAIR), type([3, 2]), type(PAIR)],
  results: [type(PAIR), type([3, 2])],
  given: [floats(1, 2), view(Float32Array.from([1, 2, 3, 4, 5, 6]), [3, 2]), floats(10, -1)],
};
const branched = { operation: branch, parameters: [type(PAIR), type(PAIR), type([])], results: [type(PAIR)] };
const looped = { parameters: [type(PAIR)], results: [type(PAIR)] };
const choice = (number: number) => [floats(2, 3), floats(5, 7), view(Float32Array.of(number), [])];

/** Every operation in every form, with the results of plain arithmetic. */
export const CASES: readonly Case[] = [
  { ...scanned, name: "a scan", operation: scan, wanted: [[1135, 2], [1, 2, 11, 0, 113, 4]] },
  {
    ...scanned,
    name: "a scan from the end",
    operation: { ...scan, reverse: true },
    wanted: [[1531, 2], [153, 0, 15, 4, 1, 2]],
  },
  { ...branched, name: "a branch", given: choice(-3), wanted: [[7, 10]] },
  { ...branched, name: "a branch of 0", given: choice(0), wanted: [[10, 21]] },
  { ...looped, name: "a loop", operation: loop, given: [floats(3, 1)], wanted: [[12, 4]] },
  { ...looped, name: "a loop that ends at once", operation: loop, given: [floats(30, 1)], wanted: [[30, 1]] },
  {
    ...looped,
    name: "a loop of a step at most",
    operation: { ...loop, maxSteps: 1 },
    given: [floats(3, 1)],
    wanted: [[6, 2]],
  },
];

/** The program of a case. */
export const programOf = ({ operation, parameters, results }: Case): Program => ({
  parameters,
  constants: [],
  instructions: [{ operation, results }],
  results: results.map((_, k) => parameters.length + k),
});

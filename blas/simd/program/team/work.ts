/**
 * Estimates of how long instructions take.
 *
 * @module
 */
import { costUpTo } from "../../../program/passes/expression_facts.ts";
import { bodiesOf } from "../../../program/bodies.ts";
import { kindOf } from "../../../program/operations/mod.ts";
import { loopsOf } from "../../../program/operands.ts";
import type { Instruction, Loop, Program } from "../../../program/program.ts";
import { sizeOf } from "../../../shape.ts";

/** Nanoseconds for each operand, or each result, of an element. */
const MOVED = 0.12;

/** Nanoseconds for each addition on an element; other functions are counted in additions. */
const ADDED = 0.06;

/** Nanoseconds for each multiplication and addition of a product. */
const MULTIPLIED = 0.05;

/** The cost of an expression, in additions, is counted up to this. */
const MOST_COST = 1000;

/** The assumed number of steps of a loop of unknown length. */
const UNKNOWN_LENGTH = 100;

/** Estimates the nanoseconds that an instruction takes on one thread. */
export function nanosecondsOf({ operation, results }: Instruction): number {
  const elements = results.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const loops = loopsOf(operation).reduce((sum, loop) => sum + nanosecondsOfLoop(loop), 0);
  switch (operation.kind) {
    case "gemm":
      return elements * operation.a.shape.at(-1)! * MULTIPLIED + loops;
    case "convolution": {
      const [x, y] = operation.operands, weight = operation.form === "conv2dWeight" ? results[0]!.shape : y.shape;
      const windows = operation.form === "conv2d"
        ? results[0]!.shape
        : operation.form === "conv2dInput"
        ? x.shape
        : y.shape;
      return sizeOf(windows) * sizeOf(weight.slice(1)) * MULTIPLIED + loops;
    }
    case "scan":
      return operation.length * nanosecondsOfProgram(operation.body);
    case "while":
      return UNKNOWN_LENGTH * bodiesOf(operation).reduce((sum, body) => sum + nanosecondsOfProgram(body), 0);
    case "branch":
      return Math.max(...operation.branches.map(nanosecondsOfProgram));
    case "host":
    case "exchange":
      return 0;
    default:
      return Math.max(loops, kindOf(operation).work(operation, elements) * MOVED);
  }
}

/** Estimates the nanoseconds that a program takes on one thread. */
export function nanosecondsOfProgram({ instructions }: Program): number {
  return instructions.reduce((sum, instruction) => sum + nanosecondsOf(instruction), 0);
}

function nanosecondsOfLoop({ shape, operands, expressions }: Loop): number {
  const cost = expressions.reduce((sum, x) => sum + costUpTo(x, MOST_COST), 0);
  return sizeOf(shape) * (MOVED * (operands.length + expressions.length) + ADDED * cost);
}

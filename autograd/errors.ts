/**
 * Errors of the graph and of tensors without elements.
 *
 * @module
 */
import { isMarked, listOf, mark, textOf } from "../blas/errors.ts";

/**
 * Thrown for a graph in which a tensor depends on itself. The library's own operations cannot make one; a hand-made
 * node can.
 */
export class GraphCycleError extends Error {
  /** `"GraphCycleError"` */
  override readonly name = "GraphCycleError";
  /** The operations on the cycle, each an input of the next, the last an input of the first. */
  declare readonly operations: readonly string[];
  /** What is wrong. */
  declare readonly problem: string;
  /** What to do about it. */
  declare readonly remedy: string;

  /** Makes the error from the operations on the cycle. */
  constructor(operations: readonly string[]) {
    const names = listOf("GraphCycleError", operations), cycle = [...names, ...names.slice(0, 1)].join(" -> ");
    const problem = "a tensor on it depends on its own value";
    const remedy = "build nodes from tensors that exist already";
    super(`Cannot differentiate a graph with the cycle ${cycle}: ${problem}; ${remedy}`);
    mark(this, "GraphCycleError", { operations, problem, remedy });
  }

  /** Knows the errors of all copies of this version of the library. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isMarked(this, GraphCycleError, "GraphCycleError", value);
  }
}

/**
 * Thrown when an operation needs the elements of a tensor that has none, because the function is run only to record
 * what it does.
 */
export class AbstractValueError extends TypeError {
  /** The name of the class. */
  override readonly name: string = "AbstractValueError";

  /** Makes the error from its message, like any `Error`. */
  constructor(message = "", options?: ErrorOptions) {
    super(textOf(message), options);
    mark(this, "AbstractValueError");
  }

  /** Knows the errors of all copies of this version of the library. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isMarked(this, AbstractValueError, "AbstractValueError", value);
  }
}

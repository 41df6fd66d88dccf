/**
 * Errors of the graph and of tensors without elements.
 *
 * @module
 */
import { listOf } from "../blas/errors.ts";
import { shared } from "../blas/shared.ts";

/**
 * Thrown for a graph in which a tensor depends on itself. The library's own operations cannot make one; a hand-made
 * node can.
 */
export class GraphCycleError extends Error {
  /** `"GraphCycleError"` */
  override readonly name = "GraphCycleError";
  /** The operations on the cycle, each an input of the next, the last an input of the first. */
  readonly operations: readonly string[];
  /** What is wrong. */
  readonly problem: string;
  /** What to do about it. */
  readonly remedy: string;

  /** Makes the error from the operations on the cycle. */
  constructor(operations: readonly string[]) {
    const names = listOf("GraphCycleError", operations), cycle = [...names, ...names.slice(0, 1)].join(" -> ");
    const problem = "a tensor on it depends on its own value";
    const remedy = "build nodes from tensors that exist already";
    super(`Cannot differentiate a graph with the cycle ${cycle}: ${problem}; ${remedy}`);
    this.operations = operations;
    this.problem = problem;
    this.remedy = remedy;
  }
}

// TypeScript declares a unique symbol only for a direct call of `Symbol`: hence the cast.
const UNREADABLE: unique symbol = /* @__PURE__ */ shared("unreadable", () => Symbol("unreadable")) as never;

/**
 * Thrown when an operation needs the elements of a tensor that has none, because the function is run only to record
 * what it does.
 */
export class AbstractValueError extends TypeError {
  /** The name of the class. */
  override readonly name: string = "AbstractValueError";

  /** Makes an error that all copies of the library recognize. */
  constructor(message?: string, options?: ErrorOptions) {
    super(message, options);
    Object.defineProperty(this, UNREADABLE, { value: true });
  }
}

/** Tells whether an error is an {@link AbstractValueError} of any copy of the library. */
export const isAbstractValueError = (error: unknown): boolean => error instanceof TypeError && UNREADABLE in error;

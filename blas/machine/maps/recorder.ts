/**
 * What the vectorised functions of `blas/simd/math/` write, kept as statements on variables: those functions compute each
 * lane by itself, so that what they write for 128 bits holds for vectors of any width.
 *
 * @module
 */
import type { Callable, Expression, Local, Operand } from "../../wasm/mod.ts";
import { localExpression } from "../../wasm/expression.ts";
import type { SlowPaths } from "../../simd/math/slow_paths.ts";
import type { VectorCode } from "../../simd/math/vector_math.ts";
import type { Vector } from "../../simd/lane_instructions.ts";
import type { Vector as Register } from "../assembler/registers.ts";
import { NoMachineCode } from "./unsupported.ts";

/** A statement. Variables are locals, by their numbers. */
export type Statement =
  | { readonly kind: "set"; readonly local: number; readonly value: Vector }
  /** Sets a variable to what the code loads into a register. */
  | { readonly kind: "load"; readonly local: number; readonly load: (to: Register) => void }
  | { readonly kind: "store"; readonly value: Vector; readonly store: (from: Register) => void }
  | { readonly kind: "if"; readonly condition: Expression<"i32">; readonly body: readonly Statement[] }
  | { readonly kind: "while"; readonly condition: Expression<"i32">; readonly body: readonly Statement[] }
  /** Leaves the instruction to WebAssembly if the condition holds. */
  | { readonly kind: "refuse"; readonly condition: Expression<"i32"> };

/** A function outside of WebAssembly: what calls it is left to WebAssembly. */
const OUTSIDE: Callable<"f64"> = { index: 0, parameters: ["f64"], result: "f64" };

/** The functions outside of WebAssembly that vectorised functions may call. */
export const SLOW_PATHS: SlowPaths = { sin: OUTSIDE, cos: OUTSIDE };

/** Records statements. */
export class Recorder implements VectorCode {
  #statements: Statement[] = [];
  #locals = 0;

  /** Returns the statements since the last call. */
  take(): readonly Statement[] {
    const own = this.#statements;
    this.#statements = [];
    return own;
  }

  /** Makes a variable with a value. */
  let: VectorCode["let"] = (value) => {
    const local = localExpression(value.type, this.#locals++);
    this.#statements.push({ kind: "set", local: local.index, value: value as Expression as Vector }); // no others are made
    return local;
  };

  /** Changes a variable. */
  set: VectorCode["set"] = (local, value) => {
    if (typeof value !== "object" || value.type !== "v128") throw new NoMachineCode("a variable that is no vector");
    this.#statements.push({ kind: "set", local: local.index, value: value as Vector }); // checked above
  };

  /** Does something if a mask has any lane. */
  if: VectorCode["if"] = (condition: Operand<"i32">, then: (exit: never) => void, otherwise?: unknown) => {
    if (typeof condition !== "object" || otherwise !== undefined) throw new NoMachineCode("a choice of two");
    const body = this.#inside(() => then(undefined as never)); // nothing leaves it early
    if (body.some(calls)) this.#statements.push({ kind: "refuse", condition });
    else this.#statements.push({ kind: "if", condition, body });
  };

  /** Does something as long as a mask has any lane. */
  while: VectorCode["while"] = (condition, body) => {
    const recorded = this.#inside(() => body(undefined as never)); // nothing leaves it early
    this.#statements.push({ kind: "while", condition, body: recorded });
  };

  #inside(record: () => void): readonly Statement[] {
    const outer = this.#statements, own: Statement[] = this.#statements = [];
    record();
    this.#statements = outer;
    return own;
  }

  /** Makes a variable of what the code loads. */
  load(load: (to: Register) => void): Local<"v128"> {
    const local = localExpression("v128", this.#locals++);
    this.#statements.push({ kind: "load", local: local.index, load });
    return local;
  }

  /** Stores a value. */
  store(value: Vector, store: (from: Register) => void): void {
    this.#statements.push({ kind: "store", value, store });
  }
}

/** Tells whether a statement calls a function, or refuses to. */
function calls(statement: Statement): boolean {
  const inside = (x: Expression): boolean => x.root === "call" || x.operands.some(inside);
  if (statement.kind === "refuse") return true;
  if ("body" in statement) return statement.body.some(calls);
  return "value" in statement && inside(statement.value);
}

/**
 * The body of one function, checked as it is emitted.
 *
 * An instruction whose operands have other types than it takes, a branch out of a block that is closed, a value left over,
 * a call of something that the module does not have: each throws at the line that emits it, so what reaches the runtime is
 * valid.
 *
 * @module
 */
import { type Bytes, unsigned, VALUE_TYPE_BYTES, type ValueType } from "./encoding.ts";
import {
  constant,
  type Expression,
  i32,
  type Local,
  type Operand,
  type ResultType,
  toExpression,
} from "./expression.ts";
import { FunctionCode, type Surroundings } from "./function_code.ts";
import type { Label } from "./operand_stack.ts";

/** How a counting loop runs: `for (counter = from; counter < to; counter += step)`, signed 32-bit integers. */
export type Range = {
  /** The first value. Without it, a `counter` that is given carries on from where it stands, and a new one starts at 0. */
  readonly from?: Operand<"i32">;
  /** The value to stop before. */
  readonly to: Operand<"i32">;
  /** What is added each time, above 0. Default 1. */
  readonly step?: Operand<"i32">;
  /** The local to count in. Default: a new one. */
  readonly counter?: Local<"i32">;
};

const EMPTY_BLOCK = 0x40;

/** Builds the body of a function; made by `ModuleBuilder.function`. */
export class FunctionBuilder extends FunctionCode {
  readonly #parameterCount: number;
  readonly #results: readonly ValueType[];

  /**
   * Starts a function.
   *
   * @param parameters The types of its parameters; they are its first locals.
   * @param result The type that it returns, or `"none"`.
   * @param surroundings What it may refer to.
   */
  constructor(parameters: readonly ValueType[], result: ResultType, surroundings: Surroundings) {
    super(parameters, surroundings);
    this.#parameterCount = parameters.length;
    this.#results = result === "none" ? [] : [result];
    this.stack.open(this.#results);
  }

  /** A block; a branch to its label leaves it. */
  block(body: (exit: Label) => void): void {
    this.#enclose(0x02, body);
  }

  /** A loop; a branch to its label runs it again, else it ends. */
  loop(body: (again: Label) => void): void {
    this.#enclose(0x03, body);
  }

  /** `if (condition) then else otherwise`; a branch to the label leaves it. */
  if(condition: Operand<"i32">, then: (exit: Label) => void, otherwise?: (exit: Label) => void): void {
    this.push(toExpression("i32", condition));
    this.stack.take("if", ["i32"]);
    this.code.push(0x04, EMPTY_BLOCK);
    then(this.stack.open());
    this.stack.close("end of if");
    if (otherwise !== undefined) {
      this.code.push(0x05);
      otherwise(this.stack.open());
      this.stack.close("end of else");
    }
    this.code.push(0x0b);
  }

  /** Runs the body as long as the condition, computed before each turn, is not 0. */
  while(condition: Expression<"i32">, body: (exit: Label) => void): void {
    this.block((exit) => {
      this.branchIf(exit, i32.eqz(condition));
      this.loop((again) => {
        body(exit);
        this.branchIf(again, condition);
      });
    });
  }

  /**
   * A counting loop; a branch to the label leaves it. Two of them on one counter make a vector loop and its tail:
   *
   * ```text
   * const i = f.local("i32");
   * f.for({ counter: i, from: 0, to: i32.sub(n, 3), step: 4 }, () => …four at a time…);
   * f.for({ counter: i, to: n }, () => …one at a time…);
   * ```
   */
  for({ from, to, step = 1, counter }: Range, body: (counter: Local<"i32">, exit: Label) => void): void {
    if (typeof step === "number" && step <= 0) {
      throw new RangeError(
        `Cannot count in steps of ${step}: a step must be above 0; count upwards and index from the end`,
      );
    }
    const i = counter ?? this.local("i32"), limit = this.#once(to), stride = this.#once(step);
    if (from !== undefined || counter === undefined) this.set(i, from ?? 0);
    this.while(i32.lt_s(i, limit), (exit) => {
      body(i, exit);
      this.increment(i, stride);
    });
  }

  /** Leaves a block, or runs a loop again. What follows in the block could not be reached, so nothing may. */
  branch(label: Label): void {
    this.stack.take("br", []);
    this.code.push(0x0c, ...unsigned(this.stack.distance("br", label)));
    this.stack.end();
  }

  /** Leaves a block, or runs a loop again, if the condition is not 0. */
  branchIf(label: Label, condition: Operand<"i32">): void {
    this.push(toExpression("i32", condition));
    this.stack.take("br_if", ["i32"]);
    this.code.push(0x0d, ...unsigned(this.stack.distance("br_if", label)));
  }

  /** Returns from the function, with a value if it has a result. */
  return(value?: Expression<ValueType>): void {
    const given = value?.type ?? "none", wanted = this.#results[0] ?? "none";
    if (given !== wanted) {
      throw new TypeError(
        `Cannot return ${given} from a function whose result is ${wanted}: they must agree; convert it`,
      );
    }
    if (value !== undefined) this.push(value);
    this.stack.take("return", this.#results);
    this.code.push(0x0f);
    this.stack.end();
  }

  /** Stops with a trap: the caller sees a `WebAssembly.RuntimeError`. */
  unreachable(): void {
    this.stack.take("unreachable", []);
    this.code.push(0x00);
    this.stack.end();
  }

  /**
   * Ends the function; called by the module builder.
   *
   * @returns Declarations of locals and code, as the code section holds them one part after the other.
   */
  finish(): readonly Bytes[] {
    this.stack.close("end of function");
    const declared: number[] = [...unsigned(this.locals.length - this.#parameterCount)];
    for (let k = this.#parameterCount; k < this.locals.length; k++) {
      declared.push(1, VALUE_TYPE_BYTES[this.locals[k]!.type]);
    }
    this.code.push(0x0b);
    return [declared, ...this.body];
  }

  #enclose(opcode: number, body: (label: Label) => void): void {
    this.stack.take("block", []);
    this.code.push(opcode, EMPTY_BLOCK);
    body(this.stack.open());
    this.stack.close("end");
    this.code.push(0x0b);
  }

  /** A value that a loop reads again and again: constants stay, all else is computed once. */
  #once(value: Operand<"i32">): Expression<"i32"> {
    if (typeof value === "number") return constant("i32", value);
    return value.root === "const" ? value : this.let(value);
  }
}

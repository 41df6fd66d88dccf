/**
 * The body of one function, checked while it is emitted.
 *
 * Operands of the wrong type, a branch to a closed block, a value left over, and a call of a function that the module
 * does not have all throw at the line that emits them, so that the runtime receives only valid code.
 *
 * @module
 */
import { type ByteList, unsigned, VALUE_TYPE_BYTES, type ValueType } from "./encoding.ts";
import { constant, type Expression, type Local, type Operand, type ResultType, toExpression } from "./expression.ts";
import { i32 } from "./instruction_functions.ts";
import { FunctionCode, type Surroundings } from "./function_code.ts";
import type { Label } from "./operand_stack.ts";

/** The range of a counting loop, `for (counter = from; counter < to; counter += step)`, in signed 32-bit integers. */
export type Range = {
  /** The first value. Default: the current value of `counter` if it is given, otherwise 0. */
  readonly from?: Operand<"i32">;
  /** The value to stop before. */
  readonly to: Operand<"i32">;
  /** The increment, above 0. Default 1. */
  readonly step?: Operand<"i32">;
  /** The local to count in. Default: a new one. */
  readonly counter?: Local<"i32">;
};

const EMPTY_BLOCK = 0x40;

/** Builds the body of a function; `ModuleBuilder.function` makes it. */
export class FunctionBuilder extends FunctionCode {
  readonly #parameterCount: number;
  readonly #results: readonly ValueType[];

  /**
   * Starts a function.
   *
   * @param parameters The types of its parameters; they are its first locals.
   * @param result The type that it returns, or `"none"`.
   * @param surroundings The parts of the module that it may refer to.
   */
  constructor(parameters: readonly ValueType[], result: ResultType, surroundings: Surroundings) {
    super(parameters, surroundings);
    this.#parameterCount = parameters.length;
    this.#results = result === "none" ? [] : [result];
    this.stack.open(this.#results);
  }

  /** Emits a block; a branch to its label leaves it. */
  block(body: (exit: Label) => void): void {
    this.#enclose(0x02, body);
  }

  /** Emits a loop; it ends unless a branch to its label runs it again. */
  loop(body: (again: Label) => void): void {
    this.#enclose(0x03, body);
  }

  /** Emits `if (condition) then else otherwise`; a branch to the label leaves it. */
  if(condition: Operand<"i32">, then: (exit: Label) => void, otherwise?: (exit: Label) => void): void {
    this.push(toExpression("i32", condition));
    this.stack.take("if", ["i32"]);
    this.code.byte(0x04);
    this.code.byte(EMPTY_BLOCK);
    then(this.stack.open());
    this.stack.close("end of if");
    if (otherwise !== undefined) {
      this.code.byte(0x05);
      otherwise(this.stack.open());
      this.stack.close("end of else");
    }
    this.code.byte(0x0b);
  }

  /** Emits a loop that runs as long as the condition, computed before each iteration, is not 0. */
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
   * Emits a counting loop; a branch to the label leaves it. Two loops on one counter make a vector loop and its tail:
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

  /** Leaves a block, or runs a loop again. Nothing may follow in the block, because it could not be reached. */
  branch(label: Label): void {
    this.stack.take("br", []);
    this.code.byte(0x0c);
    this.code.bytes(unsigned(this.stack.distance("br", label)));
    this.stack.end();
  }

  /** Leaves a block, or runs a loop again, if the condition is not 0. */
  branchIf(label: Label, condition: Operand<"i32">): void {
    this.push(toExpression("i32", condition));
    this.stack.take("br_if", ["i32"]);
    this.code.byte(0x0d);
    this.code.bytes(unsigned(this.stack.distance("br_if", label)));
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
    this.code.byte(0x0f);
    this.stack.end();
  }

  /** Emits a trap: the caller gets a `WebAssembly.RuntimeError`. */
  unreachable(): void {
    this.stack.take("unreachable", []);
    this.code.byte(0x00);
    this.stack.end();
  }

  /**
   * Ends the function; the module builder calls it.
   *
   * @returns The declarations of locals, and the code, as they follow each other in the code section.
   */
  finish(): readonly ByteList[] {
    this.stack.close("end of function");
    this.code.byte(0x0b);
    return [this.#declarations(), ...this.body];
  }

  /** Declares the locals, successive ones of one type together. */
  #declarations(): readonly number[] {
    const declared: number[] = [];
    let runs = 0;
    for (let k = this.#parameterCount; k < this.locals.length; runs++) {
      const { type } = this.locals[k]!, start = k;
      while (k < this.locals.length && this.locals[k]!.type === type) k++;
      const count = unsigned(k - start);
      for (let i = 0; i < count.length; i++) declared.push(count[i]!);
      declared.push(VALUE_TYPE_BYTES[type]);
    }
    return unsigned(runs).concat(declared);
  }

  #enclose(opcode: number, body: (label: Label) => void): void {
    this.stack.take("block", []);
    this.code.byte(opcode);
    this.code.byte(EMPTY_BLOCK);
    body(this.stack.open());
    this.stack.close("end");
    this.code.byte(0x0b);
  }

  /** Returns a value that a loop reads repeatedly: a constant stays, anything else is computed once into a local. */
  #once(value: Operand<"i32">): Expression<"i32"> {
    if (typeof value === "number") return constant("i32", value);
    return value.root === "const" ? value : this.let(value);
  }
}

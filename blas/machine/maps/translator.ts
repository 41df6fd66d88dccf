/**
 * Statements of vector code as instructions: variables in registers, constants behind the code.
 *
 * @module
 */
import type { Expression } from "../../wasm/mod.ts";
import type { Vector } from "../../simd/lane_instructions.ts";
import type { DType } from "../../dtype.ts";
import type { Datum } from "../assembler/operands.ts";
import type { Mask, Vector as Register } from "../assembler/registers.ts";
import type { Code } from "../code/code.ts";
import { Lanes } from "../code/lanes.ts";
import { type Bytes, type KeptConstants, repeated } from "./constants.ts";
import type { Statement } from "./recorder.ts";
import type { Computed, ComputedVector, Used, Value } from "./translation.ts";
import { TRANSLATIONS } from "./translations.ts";
import { NoMachineCode } from "./unsupported.ts";
import { countUses } from "./uses.ts";

/** Computes statements in registers. */
export class Translator {
  readonly float32: Lanes;
  readonly float64: Lanes;
  readonly #variables = new Map<number, Value>();
  readonly #uses = new Map<number, number>();
  readonly #laneOf = new Map<Mask, DType>();
  readonly #reads = new Map<string, number>();
  #branches = 0;
  #refuses = false;

  /** @param kept Constants that are in registers, by their bytes. */
  constructor(readonly code: Code, readonly kept: KeptConstants = new Map()) {
    this.float32 = new Lanes(code, "float32");
    this.float64 = new Lanes(code, "float64");
  }

  /** The instructions of a dtype. */
  lanes(dtype: DType): Lanes {
    return this[dtype];
  }

  /** How many instructions so far read each constant, outside of branches. */
  get reads(): ReadonlyMap<string, number> {
    return this.#reads;
  }

  /** Whether what has been written may leave the instruction to WebAssembly. */
  get refuses(): boolean {
    return this.#refuses;
  }

  /** Runs statements; afterwards only the variables in `kept`, and those that were there, are in registers. */
  run(statements: readonly Statement[], kept: readonly number[] = []): void {
    countUses(statements, this.#uses);
    // One use more than there is keeps a variable.
    for (const local of kept) this.#uses.set(local, (this.#uses.get(local) ?? 0) + 1);
    this.#all(statements);
  }

  /** Frees variables that were kept. */
  release(locals: readonly number[]): void {
    for (const local of locals) this.#finish(local);
  }

  #all(statements: readonly Statement[]): void {
    for (const statement of statements) {
      switch (statement.kind) {
        case "load": {
          const to = this.code.vector();
          statement.load(to);
          this.#assign(statement.local, to);
          break;
        }
        case "set":
          this.#set(statement.local, statement.value);
          break;
        case "store": {
          const from = this.vector(statement.value);
          statement.store(from.register);
          this.free(from);
          break;
        }
        case "if":
          this.#branch(statement);
          break;
        case "while":
          this.#repeat(statement);
          break;
        case "refuse":
          this.#refuses = true;
          this.#test(statement.condition);
          this.code.refuseIf("notZero");
      }
    }
  }

  /** Computes a value, and makes it a variable's. */
  #set(local: number, value: Vector): void {
    const known = this.#variables.get(local), made = this.compute(value);
    // What is not used again has no register any more.
    if (known === undefined || !this.#variables.has(local)) {
      return this.#assign(local, this.isLast(made) ? this.claim(made) : this.#copied(made));
    }
    // Its register stays the same, since the statement may be skipped.
    const from = known.kind === made.register.kind ? made : this.materialized(made);
    if (known.kind === "vector" && from.register.kind === "vector") this.float32.move(known, from.register);
    else throw new NoMachineCode("a mask that changes");
    this.free(from);
  }

  #assign(local: number, register: Value): void {
    this.#variables.set(local, register);
    if ((this.#uses.get(local) ?? 0) === 0) this.#drop(local);
  }

  #copied(from: Computed): Value {
    const { register } = from;
    if (register.kind === "mask") {
      const mask = this.maskLike(register);
      this.code.assembler.combineMasks("or", mask, register, register);
      this.free(from);
      return mask;
    }
    const copy = this.code.vector();
    this.float32.move(copy, register);
    this.free(from);
    return copy;
  }

  /** Jumps over the body if no lane of the condition's mask is set. */
  #branch({ condition, body }: Extract<Statement, { readonly kind: "if" }>): void {
    const { assembler } = this.code, skip = assembler.label();
    this.#test(condition);
    assembler.jumpIf("zero", skip);
    this.#branches++;
    this.#all(body);
    this.#branches--;
    assembler.bind(skip);
  }

  /** Repeats the body as long as a lane of the condition's mask is set. */
  #repeat({ condition, body }: Extract<Statement, { readonly kind: "while" }>): void {
    const { assembler } = this.code, end = assembler.label(), used = new Map<number, number>();
    countUses([{ kind: "refuse", condition }, ...body], used);
    // What comes from outside is needed in every turn: one use more keeps it until the end.
    const outer = [...used.keys()].filter((local) => this.#variables.has(local));
    for (const local of outer) this.#uses.set(local, this.#uses.get(local)! + 1);
    const again = assembler.here();
    this.#test(condition);
    assembler.jumpIf("zero", end);
    this.#all(body);
    assembler.jump(again);
    assembler.bind(end);
    for (const local of outer) this.#finish(local);
  }

  /** Sets the processor's flags: not zero if a lane of the condition's mask is set. */
  #test(condition: Expression<"i32">): void {
    if (condition.root !== "v128.any_true") throw new NoMachineCode(`the condition ${condition.root}`);
    const { assembler, bits } = this.code, mask = this.flags(condition.operands[0]!, "float32");
    if (mask.register.kind === "mask") assembler.testMasks(mask.register, mask.register);
    else assembler.vector("unary", "vptest", bits, [mask.register, mask.register]);
    this.free(mask);
  }

  /** Computes an expression. */
  compute(expression: Expression): Computed {
    if (expression.root === "local") {
      // An expression whose root is "local" is a variable, which has an index.
      const { index } = expression as Expression & { readonly index: number }, register = this.#variables.get(index);
      if (register === undefined) throw new NoMachineCode(`variable ${index} before it is set`);
      return { register, owner: index };
    }
    if (expression.root === "v128.const") {
      const { immediate } = expression, isZero = immediate.every((byte) => byte === 0);
      const from = isZero ? undefined : this.constant(immediate);
      if (from?.kind === "vector") return { register: from, owner: "constant" };
      const to = this.code.vector();
      if (from === undefined) this.float32.zero(to);
      else this.code.assembler.vector("unary", "vmovups", this.code.bits, [to, from]);
      return { register: to, owner: "temporary" };
    }
    const translate = TRANSLATIONS.get(expression.root);
    if (translate === undefined) throw new NoMachineCode(expression.root);
    return { register: translate(this, expression), owner: "temporary" };
  }

  /** Computes an expression as a vector, also if it is a mask. */
  vector(expression: Expression): ComputedVector {
    return this.materialized(this.compute(expression));
  }

  /** Computes an expression as an operand that may be a constant. */
  source(expression: Expression): Used & { readonly register: Register | Datum } {
    if (expression.root === "v128.const") return { register: this.constant(expression.immediate), owner: "constant" };
    return this.vector(expression);
  }

  /** Returns a constant: the sixteen bytes, as often as they fit, in a register if it is kept in one. */
  constant(bytes: Bytes): Register | Datum {
    const key = bytes.join();
    if (this.#branches === 0) this.#reads.set(key, (this.#reads.get(key) ?? 0) + 1);
    return this.kept.get(key) ?? this.code.assembler.datum(repeated(bytes, this.code.bits));
  }

  /** Returns an integer in all lanes of a dtype. */
  integer(dtype: DType, value: bigint): Register | Datum {
    const lane = dtype === "float32" ? 4 : 8;
    return this.constant(
      Array.from(
        { length: 16 },
        (_, k) => Number(BigInt.asUintN(8, BigInt.asUintN(64, value) >> BigInt(8 * (k % lane)))),
      ),
    );
  }

  /** Returns a vector with all bits set where a mask is; a vector stays what it is. */
  materialized(mask: Computed): ComputedVector {
    const { register, owner } = mask;
    if (register.kind === "vector") return { register, owner };
    const to = this.code.vector(), name = this.laneOf(register) === "float32" ? "vpternlogd" : "vpternlogq";
    this.code.assembler.vector("binary", name, 512, [to, to, to], { mask: register, zero: true, immediate: 0xff });
    this.free(mask);
    return { register: to, owner: "temporary" };
  }

  /** Takes a mask register for lanes of a dtype, or of those of another mask. */
  maskOf(dtype: DType): Mask {
    const mask = this.code.mask();
    this.#laneOf.set(mask, dtype);
    return mask;
  }

  /** Takes a mask register for the same lanes as another one. */
  maskLike(other: Mask): Mask {
    return this.maskOf(this.laneOf(other));
  }

  /** Returns the dtype of a mask's lanes. */
  laneOf(mask: Mask): DType {
    return this.#laneOf.get(mask)!; // all masks are made here
  }

  /** Computes an expression as what a selection reads: with AVX-512 a mask, also if it is a vector. */
  flags(expression: Expression, dtype: DType): Computed {
    const made = this.compute(expression), { register } = made;
    if (this.code.bits !== 512 || register.kind === "mask") return made;
    const mask = this.maskOf(dtype), zero = this.code.vector();
    this.float32.zero(zero);
    // Lanes that are below 0 as integers have their sign set.
    this.code.assembler.vector("compare", dtype === "float32" ? "vpcmpd" : "vpcmpq", 512, [mask, register, zero], {
      immediate: 1,
    });
    this.code.free(zero);
    this.free(made);
    return { register: mask, owner: "temporary" };
  }

  /** Tells whether an operand is not needed any more after the instruction that reads it. */
  isLast({ owner }: Used): boolean {
    return owner === "temporary" || (owner !== "constant" && this.#uses.get(owner) === 1);
  }

  /** Takes over the register of an operand that is not needed any more. */
  claim<R extends Value>({ register, owner }: Used & { readonly register: R }): R {
    if (typeof owner === "number") {
      this.#uses.set(owner, 0);
      this.#variables.delete(owner);
    }
    return register;
  }

  /** Ends the use of operands; registers that are not needed any more become free. */
  free(...operands: readonly Used[]): void {
    for (const { register, owner } of operands) {
      if (typeof owner === "number") this.#finish(owner);
      else if (owner === "temporary" && register.kind !== "datum") this.code.free(register);
    }
  }

  /** Takes a register for a result after its operands have been freed: an instruction reads before it writes. */
  result(...operands: readonly Used[]): Register {
    this.free(...operands);
    return this.code.vector();
  }

  #finish(local: number): void {
    const left = this.#uses.get(local)! - 1;
    this.#uses.set(local, left);
    if (left === 0) this.#drop(local);
  }

  #drop(local: number): void {
    const register = this.#variables.get(local);
    this.#variables.delete(local);
    if (register !== undefined) this.code.free(register);
  }
}

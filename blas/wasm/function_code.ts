/**
 * Instructions on values in the body of one function: locals, expressions, stores and calls.
 *
 * Operands of the wrong type, a value left over, and a call of a function that the module does not have all throw at
 * the line that emits them.
 *
 * @module
 */
import { ByteWriter } from "./byte_writer.ts";
import { type ByteList, type Bytes, unsigned, type ValueType } from "./encoding.ts";
import {
  type Callable,
  type Expression,
  type Local,
  localExpression,
  type Operand,
  toExpression,
} from "./expression.ts";
import { i32 } from "./instruction_functions.ts";
import { type InstructionName, INSTRUCTIONS } from "./instructions.ts";
import { OperandStack } from "./operand_stack.ts";

/** The parts of the module that a function may refer to. */
export type Surroundings = {
  /** Whether the module has a memory. */
  readonly hasMemory: boolean;
  /** The module's functions so far. */
  readonly callables: ReadonlySet<Callable>;
};

/** The opcodes that read a local, and assign to it. */
const GET = 0x20, SET = 0x21, GETS: Bytes = [GET], SETS: Bytes = [SET];

/** Emits instructions on values, in the order in which they run. */
export class FunctionCode {
  readonly #prelude = new ByteWriter();
  /** The code emitted so far. */
  protected readonly code: ByteWriter = new ByteWriter();
  /** The types of the values on the operand stack, and the open blocks. */
  protected readonly stack: OperandStack = new OperandStack();
  /** Parameters and local variables. */
  protected readonly locals: Local[] = [];
  readonly #surroundings: Surroundings;

  /** Starts with the parameters; they are the first locals. */
  constructor(parameters: readonly ValueType[], surroundings: Surroundings) {
    this.#surroundings = surroundings;
    parameters.forEach((type) => this.local(type));
  }

  /** Returns a parameter, by its number, as a local. */
  parameter(index: number): Local {
    return this.locals[index]!;
  }

  /** Declares a local variable; it holds 0 until it is set. */
  local<T extends ValueType>(type: T): Local<T> {
    const local = localExpression(type, this.locals.length);
    this.locals.push(local);
    return local;
  }

  /** Computes an expression once and keeps its value in a new local. */
  let<T extends ValueType>(value: Expression<T>): Local<T> {
    const local = this.local(value.type);
    if (!this.stack.isLive) this.stack.reach("local.set");
    this.#write(value);
    this.#access(SET, local.index);
    return local;
  }

  /**
   * Keeps a constant in a new local that is set at the start of the function: before the loops that use it, even those
   * that are already open.
   *
   * @throws {TypeError} If it is not a constant.
   */
  constant<T extends ValueType>(value: Expression<T>): Local<T> {
    if (value.root !== "const" && value.root !== "v128.const") {
      throw new TypeError(
        `Cannot set a local to ${value.root} at the start of a function: it must be a constant; keep it with let`,
      );
    }
    const local = this.local(value.type), prelude = this.#prelude;
    if (value.row !== undefined) prelude.bytes(value.row.opcode);
    prelude.bytes(value.immediate);
    prelude.byte(SET);
    prelude.bytes(unsigned(local.index));
    return local;
  }

  /** Assigns to a local. */
  set<T extends ValueType>(local: Local<T>, value: Operand<T>): void {
    if (this.locals[local.index] !== local) this.#disown(local);
    if (!this.stack.isLive) this.stack.reach("local.set");
    const tree = typeof value === "object" ? value : toExpression(local.type, value);
    if (tree.type !== local.type) this.#refuse("local.set", [tree], [local.type]);
    this.#write(tree);
    this.#access(SET, local.index);
  }

  /** Adds to a 32-bit integer local, such as a pointer or a counter. */
  increment(local: Local<"i32">, by: Operand<"i32">): void {
    this.set(local, i32.add(local, by));
  }

  /** Emits expressions that have no value: stores and calls of functions without a result. */
  do(...statements: readonly Expression<"none">[]): void {
    for (let i = 0; i < statements.length; i++) this.push(statements[i]!);
  }

  /** Computes an expression and discards its value. */
  drop(value: Expression<ValueType>): void {
    this.push(value);
    this.stack.take("drop", [value.type]);
    this.code.byte(0x1a);
  }

  /**
   * Emits statements, and returns a function that emits the same code again, in less time.
   *
   * @param emit Emits statements on locals of this function. A branch must not leave them, since the code contains its distance.
   */
  record(emit: () => void): () => void {
    const start = this.code.length, height = this.stack.height;
    emit();
    if (this.stack.height !== height) {
      throw new TypeError(
        "Cannot record code that leaves a value on the stack: it must be statements; set a local to it",
      );
    }
    const recorded = this.code.written().slice(start);
    return () => {
      this.stack.take("recorded code", []); // which cannot follow a branch
      this.code.bytes(recorded);
    };
  }

  /** Emits a whole tree: operands from left to right, then the root. Its value stays on the stack. */
  push(tree: Expression): void {
    if (!this.stack.isLive) this.stack.reach(tree.root);
    this.#write(tree);
    if (tree.type !== "none") this.stack.give(tree.type);
  }

  /**
   * Emits one instruction that works on the stack.
   *
   * @param name The name in the specification, such as `"f32x4.add"`.
   * @param immediate The bytes after the opcode.
   * @throws {TypeError} If the stack does not hold the types that it takes.
   */
  emit(name: InstructionName, immediate: Bytes = []): void {
    const { opcode, operands, results, usesMemory } = INSTRUCTIONS.get(name)!;
    if (usesMemory && !this.#surroundings.hasMemory) this.#needMemory(name);
    this.stack.take(name, operands);
    this.code.bytes(opcode);
    this.code.bytes(immediate);
    if (results.length > 0) this.stack.give(results[0]!);
  }

  /** All instructions, in two parts: first those that set constants. */
  protected get body(): readonly ByteList[] {
    return [this.#prelude.written(), this.code.written()];
  }

  /**
   * Emits a whole tree. An expression knows the types of its operands, so nothing is followed on the stack. This runs once for
   * every instruction of a program, mostly before the runtime has optimized it, so it calls little.
   */
  #write(tree: Expression): void {
    const { row, operands, immediate } = tree, { code } = this;
    if (row === undefined) {
      if (operands.length > 0 || tree.root === "call") return this.#writeCall(tree);
      if (tree.root !== "local") return code.bytes(immediate);
      const { index } = tree as Local; // only locals have this root
      if (this.locals[index] !== tree) this.#disown(tree as Local);
      return this.#access(GET, index);
    }
    const wanted = row.operands;
    for (let i = 0; i < operands.length; i++) {
      const operand = operands[i]!;
      if (operand.type !== wanted[i]) this.#refuse(tree.root, operands, wanted);
      if (operand.root !== "local") this.#write(operand);
      else {
        const { index } = operand as Local; // as above
        if (this.locals[index] !== operand) this.#disown(operand as Local);
        this.#access(GET, index);
      }
    }
    if (row.usesMemory && !this.#surroundings.hasMemory) this.#needMemory(tree.root);
    code.instruction(row.opcode, immediate);
  }

  /** Emits an instruction that reads or assigns to a local. */
  #access(opcode: number, index: number): void {
    const { code } = this, at = code.length;
    if (index > 0x3fff) return code.instruction(opcode === GET ? GETS : SETS, unsigned(index));
    if (at + 3 > code.buffer.length) code.room(3);
    const { buffer } = code, isShort = index < 0x80; // in LEB128, seven bits per byte
    buffer[at] = opcode;
    buffer[at + 1] = isShort ? index : index & 0x7f | 0x80;
    if (!isShort) buffer[at + 2] = index >> 7;
    code.length = at + (isShort ? 2 : 3);
  }

  /** Emits a call or a choice. */
  #writeCall(tree: Expression): void {
    const { operands, root, type, target } = tree;
    if (root === "call") this.#known(target!);
    if (operands.length > 0) {
      const wanted = root === "call" ? target!.parameters : [type, type, "i32"]; // otherwise it is a choice
      for (let i = 0; i < operands.length; i++) {
        if (operands[i]!.type !== wanted[i]) this.#refuse(root, operands, wanted as readonly ValueType[]); // a choice yields a value
        this.#write(operands[i]!);
      }
    }
    this.code.bytes(tree.immediate);
  }

  /** Throws the error for operands of the wrong types. */
  #refuse(name: string, operands: readonly Expression<ValueType>[], wanted: readonly ValueType[]): void {
    for (const { type } of operands) this.stack.give(type);
    this.stack.take(name, wanted);
  }

  #needMemory(name: string): never {
    throw new TypeError(
      `Cannot emit ${name}: the module has no memory: it must have one first; call memory or importMemory`,
    );
  }

  #disown(local: Local): never {
    throw new TypeError(
      `Cannot use local ${local.index} (${local.type}) of another function: locals must be this function's; declare one here`,
    );
  }

  #known(target: Callable): void {
    if (!this.#surroundings.callables.has(target)) {
      throw new TypeError(
        `Cannot call function ${target.index} of another module: it must be this module's own or imported; import it`,
      );
    }
  }
}

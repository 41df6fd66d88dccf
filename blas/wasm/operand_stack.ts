/**
 * The types on WebAssembly's operand stack, block by block, which decide whether a function's code is valid.
 *
 * Source: WebAssembly Core Specification 2.0, appendix A.3, the validation algorithm, with one stricter rule:
 * unreachable code is rejected rather than typed loosely.
 *
 * @module
 */
import type { ValueType } from "./encoding.ts";

/** A place to branch to: the end of a block, or the head of a loop. */
export type Label = { readonly depth: number };

/** An open block: its own label. */
type Frame = Label & {
  /** The types that the block leaves on the stack; only a function's outermost block leaves any. */
  readonly results: readonly ValueType[];
  /** The height of the stack when the block began; the block cannot use the values below. */
  readonly height: number;
};

const NOTHING: readonly ValueType[] = [];

/** Follows pushes, pops and blocks, and throws where WebAssembly's validation would fail. */
export class OperandStack {
  readonly #types: ValueType[] = [];
  readonly #frames: Frame[] = [];

  /** Whether this point can be reached. */
  isLive = true;

  /** The number of values. */
  get height(): number {
    return this.#types.length;
  }

  /** Pushes a value. */
  give(type: ValueType): void {
    this.#types.push(type);
  }

  /**
   * Checks that this point can be reached.
   *
   * @param name The instruction that comes next.
   * @throws {TypeError} If it cannot.
   */
  reach(name: string): void {
    if (this.isLive) return;
    throw new TypeError(
      `Cannot emit ${name}: the code before it branches away or returns: every instruction must be reachable; remove one`,
    );
  }

  /**
   * Pops operands.
   *
   * @param name The instruction that takes them.
   * @param operands Their types, the topmost last.
   * @throws {TypeError} If the stack holds other types, or if this point cannot be reached.
   */
  take(name: string, operands: readonly ValueType[]): void {
    if (!this.isLive) this.reach(name);
    const { height } = this.#frames[this.#frames.length - 1]!,
      types = this.#types,
      base = types.length - operands.length;
    let matches = base >= height;
    for (let i = 0; matches && i < operands.length; i++) matches = types[base + i] === operands[i];
    if (!matches) {
      const given = types.slice(height).join(" "), wanted = operands.join(" ");
      throw new TypeError(
        `Cannot emit ${name} on a stack of [${given}]: it takes [${wanted}]; convert or reorder the operands`,
      );
    }
    types.length = base;
  }

  /** Opens a block. */
  open(results: readonly ValueType[] = NOTHING): Label {
    const frame = { depth: this.#frames.length, results, height: this.#types.length };
    this.#frames.push(frame);
    return frame;
  }

  /**
   * Closes the innermost block.
   *
   * @param name The instruction that closes it.
   * @throws {TypeError} If it leaves anything except its results.
   */
  close(name: string): void {
    const { results, height } = this.#frames[this.#frames.length - 1]!;
    if (this.isLive) this.take(name, results);
    if (this.#types.length > height) {
      const left = this.#types.slice(height).join(" ");
      throw new TypeError(`Cannot emit ${name}: [${left}] is left on the stack: it must be empty; drop or store it`);
    }
    this.#frames.pop();
    this.isLive = true; // a block begins where it can be reached, and may end early
  }

  /** Marks the rest of the block as unreachable. */
  end(): void {
    this.isLive = false;
    this.#types.length = this.#frames[this.#frames.length - 1]!.height;
  }

  /**
   * Counts the blocks that a branch leaves.
   *
   * @throws {TypeError} If the label's block is closed or belongs to another function.
   */
  distance(name: string, label: Label): number {
    if (this.#frames[label.depth] !== label) {
      throw new TypeError(
        `Cannot emit ${name} to a block that is not open here: it must enclose the branch; branch from inside it`,
      );
    }
    return this.#frames.length - 1 - label.depth;
  }
}

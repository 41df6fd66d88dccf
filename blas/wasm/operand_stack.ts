/**
 * The types on WebAssembly's operand stack, block by block: what makes a function's code valid.
 *
 * Source: WebAssembly Core Specification 2.0, appendix A.3, the validation algorithm, made stricter in one point: code that
 * nothing can reach is refused rather than typed loosely.
 *
 * @module
 */
import type { ValueType } from "./encoding.ts";

/** A place to branch to: the end of a block, or the head of a loop. */
export type Label = { readonly depth: number };

/** A block that is open. */
type Frame = {
  readonly label: Label;
  /** What the block leaves behind. Only a function's outermost block leaves anything. */
  readonly results: readonly ValueType[];
  /** How much was on the stack when the block began; what lies below is out of its reach. */
  readonly height: number;
  /** Whether the code here can be reached. */
  live: boolean;
};

/** Follows pushes, pops and blocks, and throws where WebAssembly's validation would fail. */
export class OperandStack {
  readonly #types: ValueType[] = [];
  readonly #frames: Frame[] = [];

  /** Puts a value on the stack. */
  give(type: ValueType): void {
    this.#types.push(type);
  }

  /**
   * Takes operands off the stack.
   *
   * @param name The instruction that takes them.
   * @param operands Their types, the topmost last.
   * @throws {TypeError} If others are there, or if nothing can get here.
   */
  take(name: string, operands: readonly ValueType[]): void {
    const { height, live } = this.#frames.at(-1)!, types = this.#types, base = types.length - operands.length;
    if (!live) {
      throw new TypeError(
        `Cannot emit ${name}: the code before it branches away or returns: every instruction must be reachable; remove one`,
      );
    }
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
  open(results: readonly ValueType[] = []): Label {
    const label = { depth: this.#frames.length };
    this.#frames.push({ label, results, height: this.#types.length, live: true });
    return label;
  }

  /**
   * Closes the innermost block.
   *
   * @param name What closes it.
   * @throws {TypeError} If it leaves anything but its results.
   */
  close(name: string): void {
    const { results, height, live } = this.#frames.at(-1)!;
    if (live) this.take(name, results);
    const left = this.#types.slice(height).join(" ");
    if (left !== "") {
      throw new TypeError(`Cannot emit ${name}: [${left}] is left on the stack: it must be empty; drop or store it`);
    }
    this.#frames.pop();
  }

  /** Marks that nothing can get past this point of the block. */
  end(): void {
    const frame = this.#frames.at(-1)!;
    frame.live = false;
    this.#types.length = frame.height;
  }

  /**
   * How many blocks a branch leaves.
   *
   * @throws {TypeError} If the label's block is closed or another function's.
   */
  distance(name: string, label: Label): number {
    if (this.#frames[label.depth]?.label !== label) {
      throw new TypeError(
        `Cannot emit ${name} to a block that is not open here: it must enclose the branch; branch from inside it`,
      );
    }
    return this.#frames.length - 1 - label.depth;
  }
}

/**
 * Places on the stack for what finds no register.
 *
 * @module
 */
import { type Memory, memory } from "../assembler/operands.ts";
import { RSP } from "../assembler/registers.ts";

/** Bytes of the stack that a function must set aside. */
export const FRAME = 512;

/** Bytes of a place. */
const BYTES = 8;

/** The free places of a function. */
export class StackSlots {
  readonly #free = Array.from({ length: FRAME / BYTES }, (_, k) => memory(RSP, BYTES * k));

  /** Takes a place. */
  take(): Memory {
    const slot = this.#free.pop();
    if (slot !== undefined) return slot;
    throw new Error(
      `Cannot take another place on the stack: all ${
        FRAME / BYTES
      } are in use; free one, or cut the work into more loops`,
    );
  }

  /** Gives a place back. */
  give(slot: Memory): void {
    this.#free.push(slot);
  }
}

/**
 * Places on the stack for what finds no register.
 *
 * @module
 */
import { type Memory, memory } from "../assembler/operands.ts";
import { RSP } from "../assembler/registers.ts";

/** Bytes of a place, and how many there are. */
const BYTES = 8, COUNT = 64;

/** Bytes of the stack that a function must set aside. */
export const FRAME = COUNT * BYTES;

/** The free places of a function. */
export class StackSlots {
  readonly #free = Array.from({ length: COUNT }, (_, k) => memory(RSP, BYTES * k));

  /** Takes a place. */
  take(): Memory {
    const slot = this.#free.pop();
    if (slot !== undefined) return slot;
    throw new Error(
      `Cannot take another place on the stack: all ${COUNT} are in use; free one, or cut the work into more loops`,
    );
  }

  /** Gives a place back. */
  give(slot: Memory): void {
    this.#free.push(slot);
  }
}

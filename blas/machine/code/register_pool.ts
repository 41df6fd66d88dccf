/**
 * Registers that are free.
 *
 * @module
 */
import {
  type Bits,
  GENERAL,
  type General,
  type Mask,
  MASKS,
  RDI,
  RSP,
  type Vector,
  VECTORS,
} from "../assembler/registers.ts";

/** The free registers of a function. */
export class RegisterPool {
  // All but the stack pointer and the argument; mask 0 means all lanes.
  readonly #free: { readonly general: General[]; readonly vector: Vector[]; readonly mask: Mask[] };

  /** @param bits The widest vectors. */
  constructor(bits: Bits) {
    this.#free = {
      general: GENERAL.filter((register) => register !== RSP && register !== RDI),
      vector: VECTORS.slice(0, bits === 512 ? 32 : 16),
      mask: MASKS.slice(1),
    };
  }

  #leastVectors = Infinity;

  /** The fewest vector registers that have been free. */
  get leastVectors(): number {
    return Math.min(this.#leastVectors, this.count("vector"));
  }

  /** How many registers of a kind are free. */
  count(kind: "general" | "vector" | "mask"): number {
    return this.#free[kind].length;
  }

  /** Takes the register of the lowest number: those of low numbers have shorter instructions, and more. */
  take(kind: "general"): General;
  take(kind: "vector"): Vector;
  take(kind: "mask"): Mask;
  take(kind: "general" | "vector" | "mask"): General | Vector | Mask {
    const free: (General | Vector | Mask)[] = this.#free[kind];
    if (free.length === 0) {
      throw new Error(
        `Cannot take another ${kind} register: all are in use; free one, or cut the work into more loops`,
      );
    }
    const lowest = free.reduce((least, { number }, k) => number < free[least]!.number ? k : least, 0);
    const [taken] = free.splice(lowest, 1);
    this.#leastVectors = Math.min(this.#leastVectors, this.count("vector"));
    return taken!;
  }

  /** Gives a register back. */
  give(register: General | Vector | Mask): void {
    const free: (General | Vector | Mask)[] = this.#free[register.kind];
    if (free.includes(register)) {
      throw new Error(
        `Cannot free ${register.kind} register ${register.number} twice: it must be in use; free it once`,
      );
    }
    free.push(register);
  }
}

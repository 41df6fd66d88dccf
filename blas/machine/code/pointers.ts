/**
 * The pointers of a function: where they are, and which offsets they may have.
 *
 * @module
 */
import type { Assembler } from "../assembler/assembler.ts";
import type { General } from "../assembler/registers.ts";
import type { RegisterPool } from "./register_pool.ts";
import type { Extent, Pointer, Region } from "./regions.ts";
import { StackSlots } from "./stack_slots.ts";

/** So many general-purpose registers are kept free of pointers: for a counter, and for pointers that are on the stack. */
const KEPT = 3;

/** The pointers in use. */
export class Pointers {
  readonly #slots = new StackSlots();
  readonly #extents = new Map<Pointer, Extent>();

  constructor(readonly assembler: Assembler, readonly pool: RegisterPool) {}

  /** Makes a pointer of a register, which goes to the stack where registers are scarce. */
  make(region: Region, register: General, extent: Extent): Pointer {
    const isScarce = this.pool.count("general") < KEPT, place = isScarce ? this.#slots.take() : register;
    const pointer: Pointer = { kind: "pointer", region, register: place };
    if (place.kind === "memory") {
      this.assembler.store(place, register);
      this.pool.give(register);
    }
    this.#extents.set(pointer, extent);
    return pointer;
  }

  /** Gives the register of a pointer, or its place on the stack, back. */
  free(pointer: Pointer): void {
    const { register } = pointer;
    this.#extents.delete(pointer);
    if (register.kind === "memory") this.#slots.give(register);
    else this.pool.give(register);
  }

  /** Returns the register of a pointer, which is loaded into another one if it has none. */
  inRegister({ register }: Pointer, scratch: General): General {
    if (register.kind === "general") return register;
    this.assembler.load(scratch, register);
    return scratch;
  }

  /** Returns the offsets that a pointer may have. */
  extentOf(pointer: Pointer): Extent {
    const known = this.#extents.get(pointer);
    if (known !== undefined) return known;
    throw new Error(`Cannot use a pointer to ${pointer.region.name} that was freed: make another pointer`);
  }

  /** Says which offsets a pointer may have from now on. */
  setExtent(pointer: Pointer, extent: Extent): void {
    this.#extents.set(pointer, extent);
  }

  /** Returns what finds a pointer that has changed since, or is gone. */
  changes(): () => Pointer | undefined {
    const before = new Map(this.#extents);
    return () => {
      const moved = [...before].find(([pointer, { least, most }]) => {
        const now = this.#extents.get(pointer);
        return now === undefined || now.least !== least || now.most !== most;
      });
      return moved?.[0];
    };
  }
}

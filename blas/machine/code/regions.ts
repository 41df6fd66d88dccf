/**
 * The memory that code may touch, and the pointers into it: every access is known to lie inside before the code exists.
 *
 * An address is that of a region, plus a constant, plus counters of loops times steps. All of these are known when code is
 * emitted, so of each pointer the least and the greatest offset are known that it has while the code runs.
 *
 * @module
 */
import type { Memory, Scale } from "../assembler/operands.ts";
import type { General } from "../assembler/registers.ts";

/** A piece of memory. */
export type Region = {
  /** What errors call it. */
  readonly name: string;
  /** Where it begins, in bytes from the base that `slot` names. */
  readonly address: number;
  /** How long it is. */
  readonly bytes: number;
  /** Whether it may be written to. */
  readonly writable: boolean;
  /** The position of its base in the table that the argument points to. Left out: the argument is the base. */
  readonly slot?: number;
  /** Where a number of 32 bits lies, in bytes from the base: the bytes that the region is further on when the code runs. */
  readonly shift?: number;
};

/** The least and the greatest number of bytes that something may be, both reached. */
export type Extent = { readonly least: number; readonly most: number };

/** An address in a region, in a register, or where these are scarce on the stack. `Code` makes and moves it. */
export type Pointer = {
  readonly kind: "pointer";
  readonly region: Region;
  readonly register: General | Memory;
};

/** A register that counts bytes in a loop. */
export type Counter = {
  readonly kind: "counter";
  readonly register: General;
  /** The numbers that it may have in the loop. */
  readonly extent: Extent;
};

/** The place at an offset from a pointer; with an index, the counter times the scale further on. */
export type Access = {
  readonly kind: "access";
  readonly pointer: Pointer;
  readonly offset: number;
  readonly index?: Counter;
  readonly scale: Scale;
};

/** Returns the place at an offset from a pointer, in bytes. */
export function at(pointer: Pointer, offset = 0, index?: Counter, scale: Scale = 1): Access {
  return { kind: "access", pointer, offset, scale, ...index !== undefined && { index } };
}

/** Returns the extent of what moves by steps in a loop of so many turns. */
export function overTurns({ least, most }: Extent, turns: number, step: number): Extent {
  const whole = step * (turns - 1);
  return { least: least + Math.min(0, whole), most: most + Math.max(0, whole) };
}

/** Returns an extent further on. */
export const shifted = ({ least, most }: Extent, by: number): Extent => ({ least: least + by, most: most + by });

/**
 * Throws unless an access lies in its region whenever the code runs.
 *
 * @param extent The offsets that its pointer may have.
 * @param bytes How many bytes it touches.
 */
export function checkAccess(access: Access, extent: Extent, bytes: number, writes: boolean): void {
  const { pointer: { region }, offset, index, scale } = access, action = writes ? "writes" : "reads";
  if (writes && !region.writable) {
    throw new RangeError(
      `Cannot emit code that writes to ${region.name}: it must only be read; declare it as a result or as workspace`,
    );
  }
  const from = extent.least + offset + (index === undefined ? 0 : index.extent.least * scale);
  const to = extent.most + offset + (index === undefined ? 0 : index.extent.most * scale) + bytes;
  if (from >= 0 && to <= region.bytes) return;
  throw new RangeError(
    `Cannot emit code that ${action} bytes ${from} to ${to} of ${region.name}: they must lie in its ${region.bytes} ` +
      `bytes; correct the steps of its loops`,
  );
}

/**
 * The scratch memory of the `simd` engine: one WebAssembly memory, allocated as a stack.
 *
 * A call reserves memory, copies its operands in, computes, copies the result out and releases the memory. Nothing
 * survives a call, so users never hold WebAssembly memory.
 *
 * @module
 */
import { CACHE_LINE, roundUp } from "../alignment.ts";
import type { DataOf, DType } from "../dtype.ts";
import { PAGE_BYTES } from "./engine_memory.ts";

/**
 * Reservations begin at a cache line; large ones all at the same offset in a page, since copying to an address 64 bytes
 * further made gemv of 1024 x 1024 a sixth slower.
 */
const LINE = CACHE_LINE;

/** The size, in bytes, from which a reservation is large. */
export const LARGE = 16_384;

/** The alignment of large reservations, in bytes: the most that a reservation can lose to it. */
export const LARGE_ALIGNMENT = 4096;

/**
 * The offset of large reservations from the beginning of a page, in bytes. Fresh arrays begin at an offset of 16, and a
 * read whose address differs by whole pages from that of a recent write has to wait for it: from blocks at the
 * beginning of a page, results were copied out a third slower, on another machine ten times.
 */
export const LARGE_OFFSET = 256;

/** Bytes to reserve after an array, because kernels read and write whole vectors at its end. */
export const MARGIN = 64;

/** The memory grows by whole mebibytes, of so many pages. */
const MEBIBYTE = 0x10_0000, PAGES = 16;

/** The first address of the stack. Kernels may use the bytes before it, and no reservation has address 0. */
const FIRST = LINE;

/** The default for the largest size of a scratch memory. Larger problems are computed in blocks. */
export const DEFAULT_MAXIMUM_BYTES = 0x1000_0000; // 256 MiB

/** Memory for one call at a time. */
export class Scratch {
  /** The memory that kernels import. */
  readonly memory: WebAssembly.Memory;
  /** The most bytes that may be reserved at a time; a page is kept for alignment. What there is, once it cannot grow. */
  maximumBytes: number;
  /** The whole memory as float32. Growing replaces it: read this field after the last `reserve`. */
  float32: Float32Array;
  /** The whole memory as float64. */
  float64: Float64Array;
  #top = FIRST;

  /**
   * Makes an empty scratch memory; it grows when needed.
   *
   * @param maximumBytes The largest total size, at least 1 MiB and less than 4 GiB, in whole mebibytes.
   * @param shared Whether threads share it. Default: false.
   */
  constructor(maximumBytes: number = DEFAULT_MAXIMUM_BYTES, shared: boolean = false) {
    if (!(maximumBytes >= MEBIBYTE && maximumBytes <= 4095 * MEBIBYTE)) {
      throw new RangeError(
        `Cannot make a scratch memory of ${maximumBytes} bytes: it must be from 1 MiB to 4095 MiB; ${DEFAULT_MAXIMUM_BYTES} is the default`,
      );
    }
    const mebibytes = Math.floor(maximumBytes / MEBIBYTE), maximum = mebibytes * PAGES;
    this.maximumBytes = mebibytes * MEBIBYTE - PAGE_BYTES;
    this.memory = new WebAssembly.Memory({ initial: PAGES, maximum, shared });
    this.float32 = new Float32Array(this.memory.buffer);
    this.float64 = new Float64Array(this.memory.buffer);
  }

  /** Returns the whole memory as elements of a dtype. */
  data<D extends DType>(dtype: D): DataOf<D> {
    // Every eager call comes here, and looking up a field by its name takes 5 ns longer.
    return (dtype === "float32" ? this.float32 : this.float64) as DataOf<D>; // the array of that dtype
  }

  /**
   * Reserves memory on top of the stack.
   *
   * @param bytes The size.
   * @returns The address, a multiple of 64; for 16 KiB or more {@link LARGE_OFFSET} behind a multiple of 4096. The contents are
   * left over from earlier calls.
   * @throws {RangeError} If the runtime has no more memory. `maximumBytes` is then lowered to the present size.
   */
  reserve(bytes: number): number {
    // `roundUp` is written out, since every eager call comes here, and calling a function of another module takes 12 ns.
    const address = bytes >= LARGE
      ? Math.ceil((this.#top - LARGE_OFFSET) / LARGE_ALIGNMENT) * LARGE_ALIGNMENT + LARGE_OFFSET
      : Math.ceil(this.#top / LINE) * LINE;
    const top = Math.ceil((address + bytes) / LINE) * LINE;
    if (top > this.float32.length * 4) this.#grow(top);
    this.#top = top;
    return address;
  }

  /** Returns the current end of the stack, for {@linkcode Scratch.release}. */
  mark(): number {
    return this.#top;
  }

  /** Releases everything reserved since the mark. */
  release(mark: number): void {
    this.#top = mark;
  }

  #grow(bytes: number): void {
    const present = this.float32.length * 4;
    try {
      this.memory.grow((roundUp(bytes, MEBIBYTE) - present) / PAGE_BYTES);
    } catch (cause) {
      this.maximumBytes = present - PAGE_BYTES;
      throw new RangeError(
        `Cannot grow the scratch memory to ${bytes} bytes: the runtime must have more; try again: blocks are smaller now`,
        { cause },
      );
    }
    this.float32 = new Float32Array(this.memory.buffer);
    this.float64 = new Float64Array(this.memory.buffer);
  }
}

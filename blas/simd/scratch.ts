/**
 * The scratch memory of the `simd` engine: one WebAssembly memory, handed out as a stack.
 *
 * A call reserves room, copies its operands in, computes, copies the result out and releases. Nothing survives a call, so
 * users never hold WebAssembly memory.
 *
 * @module
 */
import { CACHE_LINE, roundUp } from "../alignment.ts";
import type { DataOf, DType } from "../dtype.ts";
import { PAGE_BYTES } from "./engine_memory.ts";

/**
 * Reserved room begins at a line of the cache; large room at a page, since copying to an address 64
 * bytes off a page made gemv of 1024 x 1024 a sixth slower.
 */
const LINE = CACHE_LINE;

/** From so many bytes on, room is large. */
export const LARGE = 16_384;

/** What addresses of large room are multiples of: the most that a reservation can lose to alignment. */
export const LARGE_ALIGNMENT = 4096;

/** Bytes behind an array for the vector that its last elements are part of: kernels read and write whole vectors. */
export const MARGIN = 64;

const MEBIBYTE = 1 << 20;

/** Kernels use it freely while one of them runs; it begins there, so that no address is 0. */
const FIRST = LINE;

/** What a scratch memory may take in all, unless the caller says otherwise. Larger problems are computed in blocks. */
export const DEFAULT_MAXIMUM_BYTES: number = 256 * MEBIBYTE;

/** Memory for one call at a time. */
export class Scratch {
  /** The memory that kernels import. */
  readonly memory: WebAssembly.Memory;
  /** The most bytes that may be reserved at a time, a page being kept for alignment. */
  readonly maximumBytes: number;
  /** The whole memory as float32. Growing replaces it: read this field after the last `reserve`. */
  float32: Float32Array;
  /** The whole memory as float64. */
  float64: Float64Array;
  #top = FIRST;

  /**
   * Makes an empty scratch memory; it grows when needed.
   *
   * @param maximumBytes What it may take in all, at least 1 MiB, less than 4 GiB.
   */
  constructor(maximumBytes: number = DEFAULT_MAXIMUM_BYTES) {
    if (!(maximumBytes >= MEBIBYTE && maximumBytes <= 4095 * MEBIBYTE)) {
      throw new RangeError(
        `Cannot make a scratch memory of ${maximumBytes} bytes: it must be from 1 MiB to 4095 MiB; ${DEFAULT_MAXIMUM_BYTES} is the default`,
      );
    }
    this.maximumBytes = Math.floor(maximumBytes / PAGE_BYTES) * PAGE_BYTES - PAGE_BYTES;
    this.memory = new WebAssembly.Memory({
      initial: MEBIBYTE / PAGE_BYTES,
      maximum: Math.floor(maximumBytes / PAGE_BYTES),
    });
    this.float32 = new Float32Array(this.memory.buffer);
    this.float64 = new Float64Array(this.memory.buffer);
  }

  /** The whole memory as elements of a dtype. */
  data<D extends DType>(dtype: D): DataOf<D> {
    return this.#of(dtype) as DataOf<D>;
  }

  /** By cases, for every eager call comes by, and looking a field up by its name takes 5 ns longer. */
  #of(dtype: DType): DataOf<DType> {
    switch (dtype) {
      case "float32":
        return this.float32;
      case "float64":
        return this.float64;
    }
  }

  /**
   * Reserves room on top of the stack.
   *
   * @param bytes How much.
   * @returns Its address, a multiple of 64, of 4096 for 16 KiB or more. What is there is left over from earlier calls.
   * @throws {RangeError} If the runtime has no more memory. Nothing is changed then.
   */
  reserve(bytes: number): number {
    // Written out, for every eager call comes by: calls of functions from another module cost 12 ns here.
    const alignment = bytes >= LARGE ? LARGE_ALIGNMENT : LINE;
    const address = Math.ceil(this.#top / alignment) * alignment, top = Math.ceil((address + bytes) / LINE) * LINE;
    if (top > this.float32.length * 4) this.#grow(top);
    this.#top = top;
    return address;
  }

  /** Where the stack ends now; give it to {@linkcode Scratch.release} later. */
  mark(): number {
    return this.#top;
  }

  /** Gives back all that has been reserved since the mark. */
  release(mark: number): void {
    this.#top = mark;
  }

  #grow(bytes: number): void {
    const present = this.float32.length * 4;
    try {
      const wanted = Math.min(roundUp(bytes, MEBIBYTE), this.maximumBytes + PAGE_BYTES);
      this.memory.grow(Math.max(wanted, roundUp(bytes, PAGE_BYTES)) / PAGE_BYTES - present / PAGE_BYTES);
    } catch (cause) {
      throw new RangeError(
        `Cannot grow the scratch memory from ${present} to ${bytes} bytes: the runtime must grant as much; ` +
          `work on smaller pieces, or set a lower maximumBytes so that matrices are multiplied in smaller blocks`,
        { cause },
      );
    }
    this.float32 = new Float32Array(this.memory.buffer);
    this.float64 = new Float64Array(this.memory.buffer);
  }
}

/**
 * Bytes that are written one after another.
 *
 * @module
 */

/** Up to this many bytes are copied one by one. */
const FEW = 32;

/** The bytes that the first one makes room for. */
const ROOM = 512;

const NONE = /* @__PURE__ */ new Uint8Array(0);

/** A growing sequence of bytes. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer> = NONE;
  #length = 0;

  /** The number of bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** Adds a byte. */
  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length++] = value;
  }

  /** Adds bytes. */
  bytes(values: ArrayLike<number>): void {
    const { length } = values;
    if (this.#length + length > this.#bytes.length) this.#grow(length);
    const bytes = this.#bytes, at = this.#length;
    // A loop takes less time than a copy by the runtime for a few bytes.
    if (length > FEW) bytes.set(values, at);
    else for (let i = 0; i < length; i++) bytes[at + i] = values[i]!;
    this.#length = at + length;
  }

  /** Returns the bytes so far, without copying them; bytes written later are not in it. */
  written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(least: number): void {
    const bytes = new Uint8Array(Math.max(ROOM, 2 * this.#bytes.length, 2 * least));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }
}

/**
 * Bytes that are written one after another.
 *
 * @module
 */

/** Up to this many bytes are copied one by one. */
const FEW = 32;

/** The bytes that the first one makes room for. */
const ROOM = 1024;

const NONE = /* @__PURE__ */ new Uint8Array(0);

/** A growing sequence of bytes. */
export class ByteWriter {
  /** The bytes so far, and room for more. Who writes to it directly asks for {@link room}, and counts in {@link length}. */
  buffer: Uint8Array<ArrayBuffer> = NONE;
  /** The number of bytes so far. */
  length = 0;

  /** Adds a byte. */
  byte(value: number): void {
    if (this.length === this.buffer.length) this.room(1);
    this.buffer[this.length++] = value;
  }

  /** Adds bytes. */
  bytes(values: ArrayLike<number>): void {
    const { length } = values;
    if (this.length + length > this.buffer.length) this.room(length);
    const { buffer, length: at } = this;
    // A loop takes less time than a copy by the runtime for a few bytes.
    if (length > FEW) buffer.set(values, at);
    else for (let i = 0; i < length; i++) buffer[at + i] = values[i]!;
    this.length = at + length;
  }

  /** Adds the few bytes of an instruction: those of its opcode, and those that follow it. */
  instruction(opcode: readonly number[], immediate: readonly number[]): void {
    const first = opcode.length, second = immediate.length;
    if (this.length + first + second > this.buffer.length) this.room(first + second);
    const { buffer } = this;
    let at = this.length;
    for (let i = 0; i < first; i++) buffer[at++] = opcode[i]!;
    for (let i = 0; i < second; i++) buffer[at++] = immediate[i]!;
    this.length = at;
  }

  /** Returns the bytes so far, without copying them; bytes written later are not in it. */
  written(): Uint8Array<ArrayBuffer> {
    return this.buffer.subarray(0, this.length);
  }

  /** Makes room for this many bytes more. */
  room(count: number): void {
    if (this.length + count <= this.buffer.length) return;
    const buffer = new Uint8Array(Math.max(ROOM, 2 * this.buffer.length, 2 * count));
    buffer.set(this.buffer);
    this.buffer = buffer;
  }
}

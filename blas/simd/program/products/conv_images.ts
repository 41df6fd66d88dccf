/**
 * Images of a convolution as tiles read them: padded as far as windows reach.
 *
 * @module
 */
import type { LaneInstructions } from "../../lane_instructions.ts";
import { type FunctionBuilder, i32, type Local, memory } from "../../../wasm/mod.ts";
import { loadPartialVector, storePartialVector } from "./partial_vector.ts";
import { repeat } from "./repeat.ts";

/** Channels with rows and columns; strides in bytes. */
export type Planes = {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly channel: number;
  readonly row: number;
  readonly column: number;
};

/** Rows and columns of zeros around planes; a negative number leaves rows or columns out. */
export type Margins = { readonly top: number; readonly left: number; readonly bottom: number; readonly right: number };

/** Returns planes with their margins, packed without gaps. */
export function withMargins({ channels, height, width }: Planes, margins: Margins, bytes: number): Planes {
  const rows = height + margins.top + margins.bottom, columns = width + margins.left + margins.right;
  return {
    channels,
    height: rows,
    width: columns,
    channel: rows * columns * bytes,
    row: columns * bytes,
    column: bytes,
  };
}

/** An image as tiles read it: in place, or copied with its margins. */
export type SeenImage = {
  readonly margins: Margins;
  /** Whether it is copied. */
  readonly padded: boolean;
  /** The planes of the copy. */
  readonly copy: Planes;
  /** The planes that tiles read: those of the copy or of the image. */
  readonly seen: Planes;
  /** The bytes before what tiles read of an image in place, where margins leave rows and columns out. */
  readonly crop: number;
};

/** Returns how tiles read an image, or `undefined` if they would read it in place and its elements run backwards. */
export function seenImage(image: Planes, margins: Margins, bytes: number): SeenImage | undefined {
  const padded = Object.values(margins).some((count) => count > 0), copy = withMargins(image, margins, bytes);
  if (!padded && [image.row, image.column, image.channel].some((step) => step < 0)) return undefined;
  const crop = Math.max(0, -margins.top) * image.row + Math.max(0, -margins.left) * image.column;
  return { margins, padded, copy, seen: padded ? copy : image, crop };
}

/** Returns the bytes of planes without gaps. */
export const sizeOfPlanes = ({ channels, channel }: Planes): number => channels * channel;

/** Emits the clearing of planes without gaps. */
export function emitClear(f: FunctionBuilder, planes: Planes, address: Local<"i32">): void {
  f.do(memory.fill(address, 0, sizeOfPlanes(planes)));
}

/** The most vectors of a row that are copied without a loop. */
const UNROLL = 8;

/** Emits a copy of planes into planes with margins, which are zero already. */
export function emitPad(
  f: FunctionBuilder,
  lanes: LaneInstructions,
  from: Planes,
  { top, left, bottom, right }: Margins,
  to: Planes,
  source: Local<"i32">,
  target: Local<"i32">,
): void {
  const { bytes, count, scalar } = lanes, skip = (margin: number) => Math.max(0, -margin);
  const rows = from.height - skip(top) - skip(bottom), columns = from.width - skip(left) - skip(right);
  if (rows <= 0 || columns <= 0) return;
  const plane = f.let(i32.add(source, skip(top) * from.row + skip(left) * from.column));
  const goal = f.let(i32.add(target, Math.max(0, top) * to.row + Math.max(0, left) * bytes));
  function line(read: Local<"i32">, write: Local<"i32">) {
    if (from.column !== bytes) {
      const at = f.let(read), put = f.let(write);
      return repeat(f, columns, () => {
        f.do(scalar.store(put, scalar.load(at)));
        f.increment(at, from.column);
        f.increment(put, bytes);
      });
    }
    const vectors = Math.floor(columns / count), rest = columns % count, loops = Math.floor(vectors / UNROLL);
    const at = f.let(read), put = f.let(write);
    function copy(many: number) {
      for (let i = 0; i < many; i++) {
        f.do(...storePartialVector(lanes, count, put, f.let(loadPartialVector(lanes, count, at, 16 * i)), 16 * i));
      }
    }
    repeat(f, loops, () => {
      copy(UNROLL);
      f.increment(at, 16 * UNROLL);
      f.increment(put, 16 * UNROLL);
    });
    const left = vectors - loops * UNROLL;
    copy(left);
    if (rest > 0) {
      f.do(...storePartialVector(lanes, rest, put, f.let(loadPartialVector(lanes, rest, at, 16 * left)), 16 * left));
    }
  }
  repeat(f, from.channels, () => {
    const read = f.let(plane), write = f.let(goal);
    repeat(f, rows, () => {
      line(read, write);
      f.increment(read, from.row);
      f.increment(write, to.row);
    });
    f.increment(plane, from.channel);
    f.increment(goal, to.channel);
  });
}

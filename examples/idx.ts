/**
 * The IDX file format of the MNIST family of data sets, as http://yann.lecun.com/exdb/mnist describes it: two zero
 * bytes, a code for the element type, the number of dimensions, each dimension as a big-endian 32-bit number, and then
 * the elements, the last dimension fastest.
 *
 * @module
 */
import type { Either } from "../deps.ts";
import * as either from "fp-ts/Either.js";

/** An array as stored in an IDX file. */
export type IdxArray = {
  /** The length of every dimension. */
  readonly shape: readonly number[];
  /** The elements, row-major: a view of the decoded bytes, not a copy. */
  readonly data: Uint8Array;
};

/** The problem with bytes that are not an IDX array. */
export type IdxError = {
  readonly kind: "magic" | "elementType" | "truncated" | "oversized";
  readonly message: string;
};

const UNSIGNED_BYTE = 0x08;

/** The other element types of the format; the MNIST family uses none of them. */
const OTHER_TYPES: ReadonlyMap<number, string> = new Map([
  [0x09, "signed bytes"],
  [0x0b, "16-bit integers"],
  [0x0c, "32-bit integers"],
  [0x0d, "32-bit floats"],
  [0x0e, "64-bit floats"],
]);

/**
 * Decodes an IDX file of unsigned bytes, the element type of every file in the MNIST family.
 *
 * The header's claims allocate nothing: its dimensions are compared with the bytes that are there.
 *
 * @param bytes The whole file, uncompressed.
 * @returns The array, or an error: not an IDX file, another element type, missing bytes, or extra bytes.
 */
export function decodeIdx(bytes: Uint8Array): Either<IdxError, IdxArray> {
  if (bytes.length < 4) {
    return fail("truncated", `${count(bytes.length)}: the magic number alone takes 4; ${FETCH_AGAIN}`);
  }
  const elementType = bytes[2]!, rank = bytes[3]!, header = 4 + 4 * rank;
  if (bytes[0] !== 0 || bytes[1] !== 0) {
    const remedy = bytes[0] === 0x1f && bytes[1] === 0x8b ? "the file is gzipped, so unpack it first" : FETCH_AGAIN;
    return fail("magic", `magic number ${hex(bytes.subarray(0, 4))}: its first two bytes must be 00 00; ${remedy}`);
  }
  if (elementType !== UNSIGNED_BYTE) {
    const given = `element type ${hex(bytes.subarray(2, 3))} (${OTHER_TYPES.get(elementType) ?? "unknown"})`;
    return fail("elementType", `${given}: it must be 08 (unsigned bytes); convert the file, or choose another one`);
  }
  if (bytes.length < header) {
    const wanted = `a header of ${rank} dimensions takes ${header}`;
    return fail("truncated", `${count(bytes.length)}: ${wanted}; ${FETCH_AGAIN}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, header);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  // This is checked first, since 0 times a product that has overflowed to Infinity is NaN.
  const size = shape.includes(0) ? 0 : shape.reduce((product, length) => product * length, 1);
  const data = bytes.subarray(header);
  if (data.length === size) return either.right({ shape, data });
  const given = `shape [${shape.join(", ")}], followed by ${count(data.length)}`;
  return data.length < size
    ? fail("truncated", `${given}: ${size} must follow; ${FETCH_AGAIN}`)
    : fail("oversized", `${given}: only ${size} must follow; ${FETCH_AGAIN}`);
}

const FETCH_AGAIN = "fetch the file again";

const fail = (kind: IdxError["kind"], detail: string): Either<IdxError, never> =>
  either.left({ kind, message: `Cannot decode an IDX file of ${detail}` });

const count = (bytes: number): string => `${bytes} byte${bytes === 1 ? "" : "s"}`;

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");

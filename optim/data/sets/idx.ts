/**
 * The IDX file format of the MNIST family of data sets, as http://yann.lecun.com/exdb/mnist describes it: two zero
 * bytes, a code for the element type, the number of dimensions, each dimension as a big-endian 32-bit number, and then
 * the elements, the last dimension fastest.
 *
 * @module
 */
import { describe } from "../../../blas/describe.ts";
import type { Either } from "../../../deps.ts";
import * as either from "../../../blas/either.ts";
import { type DataError, failed, inBytes } from "../data_error.ts";

/** An array as stored in an IDX file. */
export type IdxArray = {
  /** The length of every dimension. */
  readonly shape: readonly number[];
  /** The elements, row-major: a view of the decoded bytes, not a copy. */
  readonly data: Uint8Array;
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
 *
 * @example
 * ```ts
 * import { decodeIdx } from "@nanograd/nanograd/data";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const decoded = decodeIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9));
 * assert(decoded._tag === "Right");
 * assertEquals(decoded.right, { shape: [2], data: Uint8Array.of(7, 9) });
 * ```
 */
export function decodeIdx(bytes: Uint8Array): Either<DataError, IdxArray> {
  if (!(bytes instanceof Uint8Array)) return fail(describe(bytes), "it must be a Uint8Array", "read the file as bytes");
  if (bytes.length < 4) return fail(inBytes(bytes.length), "the magic number alone takes 4");
  const elementType = bytes[2]!, rank = bytes[3]!, header = 4 + 4 * rank;
  if (bytes[0] !== 0 || bytes[1] !== 0) {
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b,
      remedy = isGzip ? "unpack it first: it is gzipped" : FETCH_AGAIN;
    return fail(`magic number ${hex(bytes.subarray(0, 4))}`, "its first two bytes must be 00 00", remedy);
  }
  if (elementType !== UNSIGNED_BYTE) {
    const given = `element type ${hex(bytes.subarray(2, 3))} (${OTHER_TYPES.get(elementType) ?? "unknown"})`;
    return fail(given, "it must be 08 (unsigned bytes)", "convert the file, or choose another one");
  }
  if (bytes.length < header) return fail(inBytes(bytes.length), `a header of ${rank} dimensions takes ${header}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, header);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  // This is checked first, since 0 times a product that has overflowed to Infinity is NaN.
  const size = shape.includes(0) ? 0 : shape.reduce((product, length) => product * length, 1);
  const data = bytes.subarray(header);
  if (data.length === size) return either.right({ shape, data });
  const given = `shape [${shape.join(", ")}], followed by ${inBytes(data.length)}`;
  return fail(given, data.length < size ? `${size} must follow` : `only ${size} must follow`);
}

const FETCH_AGAIN = "fetch the file again";

const fail = (given: string, problem: string, remedy = FETCH_AGAIN): Either<DataError, never> =>
  failed({ action: "decode an IDX file", given, problem, remedy });

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");

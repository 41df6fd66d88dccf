/**
 * Digests of data.
 *
 * @module
 */
import { describe } from "../../../blas/describe.ts";
import { isTensor, type Tensor } from "../../../autograd/tensor.ts";
import type { TreeOf } from "../../../autograd/tree/admitted.ts";
import { entries, type Tree } from "../../../autograd/tree/tree.ts";
import { tensorData } from "../../../autograd/values/read.ts";

/** The leaves of what {@link digestOf} takes. */
export type DigestedLeaf = Tensor | ArrayBufferView | number | string | boolean | null;

/** What {@link digestOf} takes: tensors, typed arrays, numbers, strings, booleans and null, in records and arrays. */
export type DigestedTree = Tree<DigestedLeaf>;

const encoder = /* @__PURE__ */ new TextEncoder();

/**
 * Computes a digest of data, from which a later run can tell whether its data are the same: SHA-256 over the values, their types
 * and shapes, and the paths at which they stand.
 *
 * @param data A tensor, a typed array, or any tree of them, and of numbers, strings, booleans and null.
 * @returns 64 hexadecimal digits.
 * @throws {TypeError} If something else is among the data.
 *
 * @example
 * ```ts
 * import { tensor32 } from "@nanograd/nanograd";
 * import { digestOf } from "@nanograd/nanograd/watch";
 * import { assertEquals, assertNotEquals } from "@std/assert";
 *
 * const digest = await digestOf({ x: tensor32([1, 2]), labels: Uint8Array.of(0, 1) });
 * assertEquals(digest, await digestOf({ x: tensor32([1, 2]), labels: Uint8Array.of(0, 1) }));
 * assertNotEquals(digest, await digestOf({ x: tensor32([1, 3]), labels: Uint8Array.of(0, 1) }));
 * ```
 */
export async function digestOf<T extends TreeOf<T, DigestedLeaf>>(data: T): Promise<string> {
  // A digest of digests: large arrays are not copied together.
  const parts: readonly string[] = await Promise.all(
    entries<unknown>(data).map(async ([path, leaf]) => `${JSON.stringify(path)} ${await leafDigest(path, leaf)}`),
  );
  return await sha256(encoder.encode(parts.join("\n")));
}

async function leafDigest(path: string, leaf: unknown): Promise<string> {
  if (isTensor(leaf)) return `${leaf.dtype} ${JSON.stringify(leaf.shape)} ${await sha256(bytesOf(leaf))}`;
  if (ArrayBuffer.isView(leaf)) return `${leaf.constructor.name} ${await sha256(leaf)}`;
  if (typeof leaf === "number") return `number ${Object.is(leaf, -0) ? "-0" : String(leaf)}`;
  if (typeof leaf === "string" || typeof leaf === "boolean" || leaf === null) return JSON.stringify(leaf);
  throw new TypeError(
    `Cannot compute a digest of ${describe(leaf)}${
      path === "" ? "" : ` at "${path}"`
    }: it must be a tensor, a typed array, ` +
      "a number, a string, a boolean or null; leave it out",
  );
}

/** The values of a tensor: a typed array, whose type hides that it could be written to. */
const bytesOf = (t: Tensor): ArrayBufferView => tensorData(t) as unknown as ArrayBufferView;

async function sha256(bytes: ArrayBufferView): Promise<string> {
  // Memory that threads share cannot be hashed where it is.
  const own = bytes.buffer instanceof ArrayBuffer
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : Uint8Array.from(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", own));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

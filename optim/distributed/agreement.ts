/**
 * Checks that all ranks are about to exchange the same tensors: ranks that differ would wait for each other forever.
 *
 * @module
 */
import type { Transport } from "./transport.ts";

/** How many bytes of a description are compared; they begin with a digest of the whole. */
const BYTES = 1024;

/**
 * Returns a function that throws on all ranks if these do not describe the same exchange. Each description is compared
 * once, when a rank first gives it.
 */
export function agreement(transport: Transport): (description: string) => void {
  const agreed = new Set<string>();
  return (description) => {
    if (agreed.has(description)) return;
    compare(transport, description);
    agreed.add(description);
  };
}

/** Throws on all ranks if these do not describe the same exchange. Returns when all ranks have called it. */
export function compare({ rank, size, broadcast, sum }: Transport, description: string): void {
  const own = encoded(description), first = own.slice();
  broadcast(first, 0);
  const text = decoded(first), differs = new Float64Array(size);
  differs[rank] = text === decoded(own) ? 0 : 1;
  sum(differs);
  if (!differs.includes(1)) return;
  const others = Array.from(differs.keys()).filter((k) => differs[k] === 1);
  const given = differs[rank] === 1
    ? `rank ${rank} is about to ${shown(decoded(own))}, and rank 0 to ${shown(text)}`
    : `rank 0 is about to ${shown(text)}, and ${
      others.length === 1 ? `rank ${others[0]}` : `ranks ${others.join(", ")}`
    } to do something else`;
  throw new TypeError(
    `Cannot exchange between ${size} ranks: ${given}: all ranks must exchange tensors of the same shapes and dtypes in ` +
      "the same order; run the same program on all of them, with batches of the same shape",
  );
}

/** Returns the first `BYTES` bytes of a description and its digest, as numbers that can be exchanged. */
function encoded(description: string): Float64Array<ArrayBuffer> {
  const numbers = new Float64Array(BYTES / 8), bytes = new Uint8Array(numbers.buffer);
  const { written } = new TextEncoder().encodeInto(`${digestOf(description)} ${description}`, bytes);
  bytes.fill(0, written);
  return numbers;
}

const decoded = (numbers: Float64Array<ArrayBuffer>): string =>
  new TextDecoder().decode(new Uint8Array(numbers.buffer)).replace(/\0+$/, "");

/** Removes the digest, and marks a description that was cut off by an ellipsis. */
const shown = (text: string): string => {
  const description = text.slice(text.indexOf(" ") + 1);
  return text.length < BYTES ? description : `${description}…`;
};

/** Returns a digest of a text: FNV-1a, twice, with different starting values. */
function digestOf(text: string): string {
  const words = [0x811c9dc5, 0x9747b28c].map((start) => {
    let hash = start;
    for (let k = 0; k < text.length; k++) hash = Math.imul(hash ^ text.charCodeAt(k), 0x01000193);
    return (hash >>> 0).toString(16).padStart(8, "0");
  });
  return words.join("");
}

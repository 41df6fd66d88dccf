/**
 * How many messages and strings a file has, counted before any is made: an empty one takes two bytes there, and some hundred to
 * a thousand in memory.
 *
 * @module
 */

/** For each kind of message, its fields that are messages with more inside: their numbers and kinds, as in `onnx.proto`. */
const WITHIN: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  model: { 7: "graph", 25: "function" },
  graph: { 1: "node", 5: "tensor", 11: "info", 12: "info", 13: "info" },
  function: { 7: "node", 11: "attribute", 12: "info" },
  node: { 5: "attribute" },
  attribute: { 5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 14: "type", 15: "type" },
  tensor: {},
  info: { 2: "type" },
  type: { 1: "array" },
  array: { 2: "shape" },
  shape: { 1: "dimension" },
  dimension: {},
};

/** Messages that count several times, since they become larger objects: about a hundred bytes for each. */
const COUNTS: Readonly<Record<string, number>> = { node: 10, function: 10, tensor: 5, attribute: 5, info: 3 };

/** A message whose fields have not been read yet, and how many messages it lies in. */
type Part = { readonly kind: string; readonly start: number; readonly end: number; readonly depth: number };

/** The most messages and strings of a file, as they count: real ones have some ten thousands. */
const MOST_MESSAGES = 2_000_000;

/** How many messages may lie in each other: readers of the format allow no more. */
const DEEPEST = 99;

/** The most bytes of a file, which protocol buffers have a limit for. */
const MOST_BYTES = 2 ** 31 - 1;

/** Says why a file is too large, for reading and for writing alike; `undefined` if it is not. */
export function sizeProblem(bytes: Uint8Array): string | undefined {
  if (bytes.length > MOST_BYTES) return `a file has at most ${MOST_BYTES} bytes: weights may be in others`;
  const { count, depth } = messagesIn(bytes);
  if (depth > DEEPEST) return `graphs lie in graphs, ${depth} messages deep: ${DEEPEST} is the most`;
  return count > MOST_MESSAGES ? `its messages count ${count}: ${MOST_MESSAGES} is the most` : undefined;
}

/**
 * Counts the messages and strings of a file, large ones several times, and how many lie in each other. It stops where the bytes
 * are not protocol buffers.
 */
export function messagesIn(bytes: Uint8Array): { readonly count: number; readonly depth: number } {
  const waiting: Part[] = [{ kind: "model", start: 0, end: bytes.length, depth: 0 }];
  let count = 0, deepest = 0, at = 0;
  /** Reads a number; `undefined` if it does not end. */
  const number = (end: number): number | undefined => {
    for (let value = 0, factor = 1; at < end && factor < 2 ** 70; factor *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    return undefined;
  };
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    const { kind, start, end, depth } = part;
    deepest = Math.max(deepest, depth);
    at = start;
    while (at < end) {
      const tag = number(end);
      if (tag === undefined) break;
      const wire = tag % 8;
      if (wire === 0) number(end);
      else if (wire === 1) at += 8;
      else if (wire === 5) at += 4;
      else if (wire === 2) {
        const length = number(end);
        if (length === undefined || length > end - at) break;
        const inner = WITHIN[kind]![Math.floor(tag / 8)];
        count += COUNTS[inner ?? ""] ?? 1;
        if (inner !== undefined) waiting.push({ kind: inner, start: at, end: at + length, depth: depth + 1 });
        at += length;
      } else break;
    }
  }
  return { count, depth: deepest };
}

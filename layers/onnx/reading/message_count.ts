/**
 * How many messages and strings a file has, counted before any is made: an empty one takes two bytes there, and some hundred in
 * memory.
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

/** A message whose fields have not been read yet. */
type Part = { readonly kind: string; readonly start: number; readonly end: number };

/** Counts the messages and strings of a file. It stops where the bytes are not protocol buffers. */
export function messageCount(bytes: Uint8Array): number {
  const waiting: Part[] = [{ kind: "model", start: 0, end: bytes.length }];
  let count = 0, at = 0;
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
    const { kind, start, end } = part;
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
        count++;
        const inner = WITHIN[kind]![Math.floor(tag / 8)];
        if (inner !== undefined) waiting.push({ kind: inner, start: at, end: at + length });
        at += length;
      } else break;
    }
  }
  return count;
}

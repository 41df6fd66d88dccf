/**
 * JSON from strangers.
 *
 * @module
 */
import { type Either, either } from "../../deps.ts";

/**
 * Parses JSON, and refuses two fields of one name in a record, of which `JSON.parse` would keep the last.
 *
 * @returns The value, or what is wrong, as the end of a sentence.
 */
export function parseJson(text: string): Either<string, unknown> {
  try {
    const value: unknown = JSON.parse(text), duplicate = duplicateName(text);
    return duplicate === undefined ? either.right(value) : either.left(`the name ${duplicate} occurs twice`);
  } catch (error) {
    return either.left(`it is no JSON (${error instanceof Error ? error.message : error})`);
  }
}

/** Strings, and the brackets and colons between them; numbers and words do not matter here. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\]:]/gs;

/** The first name that a record of this valid JSON has twice. No recursion: JSON can be nested deeper than the stack. */
function duplicateName(text: string): string | undefined {
  const open: Set<string>[] = [];
  let last = "";
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else if (token === ":") {
      const names = open.at(-1)!, name: string = JSON.parse(last); // `"a"` may be written `"\u0061"`
      if (names.has(name)) return last;
      names.add(name);
    }
    last = token;
  }
  return undefined;
}

/** A record of JSON: no array and not `null`. */
export type JsonRecord = { readonly [name: string]: unknown };

/** Tells whether a value out of JSON is a record. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of a record's own field; `undefined` for what it inherits, such as `constructor`. */
export function fieldOf(record: JsonRecord, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

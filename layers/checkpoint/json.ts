/**
 * JSON from untrusted files.
 *
 * @module
 */
import type { Either } from "../../deps.ts";
import * as either from "../../blas/either.ts";

/**
 * How many lists and records may be open at once. Neither `JSON.parse` nor its callers recurse before the input is
 * checked; the bound keeps millions of brackets from taking many times their own memory.
 */
const DEEPEST = 0x4_0000;

/**
 * Parses JSON within limits. Two fields with the same name in a record are an error; `JSON.parse` would keep the last.
 *
 * @param mostValues The maximum number of values, lists and records included.
 * @returns The value, or a sentence that says what is wrong.
 */
export function parseJson(text: string, mostValues: number): Either<string, unknown> {
  try {
    const problem = jsonProblem(text, mostValues);
    return problem === undefined ? either.right(parsed(text)) : either.left(problem);
  } catch (error) {
    return either.left(`it is not JSON (${error instanceof Error ? error.message : error})`);
  }
}

/** What the stand-ins for names begin with. */
const MARK = "=";

/**
 * Parses a text, with stand-ins for all names that have escapes: `JSON.parse` of V8, in Deno 2.9 and Node 24, reads `"\n"` as a
 * backslash where an earlier text had a record with that name in the same place.
 */
function parsed(text: string): unknown {
  const names = new Map<string, string>(), parts: string[] = [];
  let done = 0, seen = 0;
  visitCharacters(text, (character, start, end) => {
    if (character !== COLON || end === seen) return undefined;
    seen = end;
    const quoted = text.slice(start, end);
    if (!quoted.includes("\\") && !quoted.startsWith(`"${MARK}`)) return undefined;
    const standIn = `${MARK}${names.size}`;
    names.set(standIn, JSON.parse(quoted));
    parts.push(text.slice(done, start), `"${standIn}"`);
    done = end;
    return undefined;
  });
  if (names.size === 0) return JSON.parse(text);
  const value: unknown = JSON.parse(parts.join("") + text.slice(done));
  renameAll(value, names);
  return value;
}

/** Gives records their names in place of the stand-ins, however deep they are. */
function renameAll(value: unknown, names: ReadonlyMap<string, string>): void {
  for (const open = [value]; open.length > 0;) {
    const part = open.pop();
    if (typeof part !== "object" || part === null) continue;
    const fields: readonly (readonly [string, unknown])[] = Object.entries(part);
    for (const [, inner] of fields) open.push(inner);
    if (Array.isArray(part) || !fields.some(([name]) => names.has(name))) continue;
    for (const [name] of fields) Reflect.deleteProperty(part, name); // all of them, so that their order stays
    for (const [name, value] of fields) {
      const field = { value, writable: true, enumerable: true, configurable: true };
      Object.defineProperty(part, names.get(name) ?? name, field); // it may be __proto__
    }
  }
}

/**
 * Says which limit a JSON text exceeds, or which name a record has twice; for a text that is not JSON it may return
 * nothing. Limits are checked first, since the search for names takes memory for each of them.
 */
export function jsonProblem(text: string, mostValues: number): string | undefined {
  return excess(text, mostValues) ?? duplicateName(text);
}

const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_RECORD, CLOSE_RECORD] = [0x5b, 0x5d, 0x7b, 0x7d];

const isOpen = (character: number): boolean => character === OPEN_LIST || character === OPEN_RECORD;
const isClose = (character: number): boolean => character === CLOSE_LIST || character === CLOSE_RECORD;

function excess(text: string, mostValues: number): string | undefined {
  let depth = 0, values = 1;
  return visitCharacters(text, (character) => {
    if (isClose(character)) depth--;
    if (isOpen(character) && ++depth > DEEPEST) return `it is nested more than ${DEEPEST} deep`;
    if ((isOpen(character) || character === COMMA) && ++values > mostValues) {
      return `it has more than ${mostValues} values`;
    }
    return undefined;
  });
}

function duplicateName(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = []; // the names found so far in each open list and record
  return visitCharacters(text, (character, start, end) => {
    if (isClose(character)) open.pop();
    if (isOpen(character)) open.push(undefined);
    if (character !== COLON || open.length === 0) return undefined;
    const quoted = text.slice(start, end), names = open[open.length - 1] ??= new Set();
    const name: string = quoted.includes("\\") ? JSON.parse(quoted) : quoted.slice(1, -1);
    if (names.has(name)) return `the name ${JSON.stringify(name.slice(0, 80))} occurs twice`;
    names.add(name);
    return undefined;
  });
}

/**
 * Visits the characters outside strings, one after another, until a visit returns something.
 *
 * @param visit Also receives where the last string before the character begins and ends, quotes included.
 */
function visitCharacters(
  text: string,
  visit: (character: number, start: number, end: number) => string | undefined,
): string | undefined {
  for (let at = 0, start = 0, end = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) {
      start = at;
      at = closingQuote(text, at);
      end = at + 1;
      continue;
    }
    const answer = visit(character, start, end);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

/** Returns where the string ends that begins with the quote at `start`. */
function closingQuote(text: string, start: number): number {
  let at = start + 1;
  for (; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) break;
    if (character === BACKSLASH) at++;
  }
  return at;
}

/** A JSON record: neither an array nor `null`. */
export type JsonRecord = { readonly [name: string]: unknown };

/** Tells whether a value from JSON is a record. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns the value of a record's own field; `undefined` for inherited ones, such as `constructor`. */
export function fieldOf(record: JsonRecord, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** A value that JSON can hold. */
type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue };

/** Writes JSON as `JSON.stringify` does, except that -0 stays -0. */
export function formatJson(value: JsonValue): string {
  if (Object.is(value, -0)) return "-0";
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((part) => formatJson(part)).join(",")}]`;
  return `{${Object.entries(value).map(([name, part]) => `${JSON.stringify(name)}:${formatJson(part)}`).join(",")}}`;
}

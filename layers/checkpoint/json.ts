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
    const excessive = excess(text, mostValues);
    if (excessive !== undefined) return either.left(excessive);
    const { problem, haveEscapes } = namesIn(text);
    if (problem !== undefined) return either.left(problem);
    const parsed: unknown = JSON.parse(text);
    return either.right(haveEscapes ? assemble(text) : parsed);
  } catch (error) {
    return either.left(`it is not JSON (${error instanceof Error ? error.message : error})`);
  }
}

/**
 * Says which limit a JSON text exceeds, or which name a record has twice; for a text that is not JSON it may return
 * nothing. Limits are checked first, since the search for names takes memory for each of them.
 */
export function jsonProblem(text: string, mostValues: number): string | undefined {
  return excess(text, mostValues) ?? namesIn(text).problem;
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

/** Says which name a record has twice, if there is one, and whether names have escapes. */
function namesIn(text: string): { readonly problem: string | undefined; readonly haveEscapes: boolean } {
  const open: (Set<string> | undefined)[] = []; // the names found so far in each open list and record
  let haveEscapes = false;
  const problem = visitCharacters(text, (character, start, end) => {
    if (isClose(character)) open.pop();
    if (isOpen(character)) open.push(undefined);
    if (character !== COLON || open.length === 0) return undefined;
    const quoted = text.slice(start, end), names = open[open.length - 1] ??= new Set();
    const isEscaped = quoted.includes("\\"), name: string = isEscaped ? JSON.parse(quoted) : quoted.slice(1, -1);
    haveEscapes ||= isEscaped;
    if (names.has(name)) return `the name ${JSON.stringify(name.slice(0, 80))} occurs twice`;
    names.add(name);
    return undefined;
  });
  return { problem, haveEscapes };
}

/** A list or record whose end has not been read, what is around it, and the name of the value that comes next. */
type Part = {
  readonly isRecord: boolean;
  readonly entries: [name: string, value: unknown][];
  readonly outer: Part | undefined;
  name: string;
};

/**
 * Reads a text that `JSON.parse` takes, each name on its own. V8 guesses names from records read before, and compares a
 * name as it is written, escapes included, with as many characters of its guess: once `{"a":1,"\\":2}` has been read,
 * it reads the second name of `{"a":1,"\n":2}` as a backslash.
 */
function assemble(text: string): unknown {
  let part: Part | undefined, whole: unknown, from = 0; // from: the position after the last character that separates values
  const add = (value: unknown): void => {
    if (part === undefined) whole = value;
    else part.entries.push([part.name, value]);
  };
  const addLeaf = (end: number): void => {
    const leaf = text.slice(from, end).trim();
    if (leaf !== "") add(leaf.includes("\\") || leaf[0] !== '"' ? JSON.parse(leaf) : leaf.slice(1, -1));
  };
  visitCharacters(text, (character, start, end, at) => {
    if (isOpen(character)) part = { isRecord: character === OPEN_RECORD, entries: [], outer: part, name: "" };
    else if (character === COLON && part !== undefined) part.name = JSON.parse(text.slice(start, end));
    else if (character === COMMA || isClose(character)) addLeaf(at);
    else return undefined;
    from = at + 1;
    if (part === undefined || !isClose(character)) return undefined;
    const { isRecord, entries, outer } = part;
    part = outer;
    add(isRecord ? Object.fromEntries(entries) : entries.map(([, value]) => value));
    return undefined;
  });
  addLeaf(text.length);
  return whole;
}

/**
 * Visits the characters outside strings, one after another, until a visit returns something.
 *
 * @param visit Also receives where the last string before the character begins and ends, quotes included, and the
 *   position of the character.
 */
function visitCharacters(
  text: string,
  visit: (character: number, start: number, end: number, at: number) => string | undefined,
): string | undefined {
  for (let at = 0, start = 0, end = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) {
      start = at;
      at = closingQuote(text, at);
      end = at + 1;
      continue;
    }
    const answer = visit(character, start, end, at);
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

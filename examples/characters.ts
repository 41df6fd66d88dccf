/**
 * Text as numbers: every character as its position in an alphabet, and windows of them as batches of tensors.
 *
 * @module
 */
import type { Either } from "../deps.ts";
import * as either from "fp-ts/Either.js";
import { constant, type Key, randomInteger, type Tensor, tensorData } from "../mod.ts";

/** The characters of a text, each once, in the order of their code points. */
export type Alphabet = readonly string[];

/** The codes of characters. */
export type Codes = Uint8Array;

/** Windows of a text, `[batch, context]`, and the character after each of their characters, row by row. */
export type CharacterBatch = { readonly inputs: Tensor<"float32">; readonly targets: Codes };

/**
 * Returns the alphabet of a text.
 *
 * @returns The alphabet, or an error for a text of more than 256 different characters.
 */
export function alphabetOf(text: string): Either<string, Alphabet> {
  const alphabet = [...new Set(text)].toSorted((a, b) => a.codePointAt(0)! - b.codePointAt(0)!);
  if (alphabet.length > 0 && alphabet.length <= 256) return either.right(alphabet);
  return either.left(`Cannot number ${alphabet.length} characters: there must be 1 to 256; choose another text`);
}

/** Returns the codes of a text's characters, or an error that names characters outside the alphabet. */
export function encodeText(alphabet: Alphabet, text: string): Either<string, Codes> {
  const codeOf = new Map(alphabet.map((character, code) => [character, code]));
  const foreign = [...new Set(text)].filter((character) => !codeOf.has(character));
  if (foreign.length === 0) return either.right(Uint8Array.from(text, (character) => codeOf.get(character)!));
  return either.left(
    `Cannot read ${JSON.stringify(foreign.join(""))}: the network knows only ${JSON.stringify(alphabet.join(""))}; ` +
      "leave those characters out",
  );
}

/** Returns the text for codes. */
export const decodeText = (alphabet: Alphabet, codes: Codes): string =>
  Array.from(codes, (code) => alphabet[code] ?? "\ufffd").join("");

/** Cuts windows of `context` characters out of a text, at the given positions. */
export function windowsAt(codes: Codes, starts: readonly number[], context: number): CharacterBatch {
  const inputs = new Float32Array(starts.length * context), targets = new Uint8Array(starts.length * context);
  starts.forEach((start, row) => {
    inputs.set(codes.subarray(start, start + context), row * context);
    targets.set(codes.subarray(start + 1, start + context + 1), row * context);
  });
  return { inputs: constant(inputs, { shape: [starts.length, context] }), targets };
}

/** Cuts windows at random positions of a text. */
export function randomWindows(key: Key, codes: Codes, batch: number, context: number): CharacterBatch {
  const starts = tensorData(randomInteger(key, [batch], { max: codes.length - context }));
  return windowsAt(codes, Array.from(starts), context);
}

/** Returns the starts of consecutive windows, as many as fit completely into a text. */
export function consecutiveStarts({ length }: Codes, context: number): readonly number[] {
  return Array.from({ length: Math.floor((length - 1) / context) }, (_, window) => window * context);
}

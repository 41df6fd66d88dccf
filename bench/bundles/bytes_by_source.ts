/**
 * How many bytes of a bundle come from each source file, as its source map tells.
 *
 * @module
 */

/** The parts of a source map that are read here. */
export type SourceMap = { readonly sources: readonly string[]; readonly mappings: string };

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Decodes a group of numbers in base-64 VLQ: five bits a digit, lowest first; the lowest bit of a number is its sign. */
function numbersOf(group: string): readonly number[] {
  const numbers: number[] = [];
  let value = 0, shift = 0;
  for (const digit of group) {
    const bits = DIGITS.indexOf(digit);
    value += (bits & 31) << shift;
    shift += 5;
    if ((bits & 32) !== 0) continue;
    numbers.push((value & 1) === 1 ? -(value >> 1) : value >> 1);
    value = shift = 0;
  }
  return numbers;
}

/**
 * Counts the characters of a bundle by the source that each part of it comes from. What no source accounts for counts for
 * the source before it.
 *
 * @param bundle The text that the map describes.
 * @see ECMA-426, Source map format specification, "Decoding source maps".
 */
export function bytesBySource(bundle: string, { sources, mappings }: SourceMap): ReadonlyMap<string, number> {
  const counts = new Map<string, number>(), lines = bundle.split("\n");
  let source = 0, last = 0;
  const count = (characters: number) => counts.set(sources[last]!, (counts.get(sources[last]!) ?? 0) + characters);
  mappings.split(";").forEach((groups, line) => {
    let column = 0;
    for (const group of groups === "" ? [] : groups.split(",")) {
      const [columns, sourceStep = 0] = numbersOf(group) as readonly [number, number?]; // each group has a column
      count(columns);
      column += columns;
      source += sourceStep;
      last = source;
    }
    count((lines[line] ?? "").length - column);
  });
  return counts;
}

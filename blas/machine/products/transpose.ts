/**
 * Transposing squares in registers of 256 bits.
 *
 * @module
 */
import type { Vector } from "../assembler/registers.ts";
import type { Code } from "../code/code.ts";
import type { Lanes } from "../code/lanes.ts";

/** The halves of two vectors: both lower ones, and both upper ones. */
const LOWER = 0x20, UPPER = 0x31;

/**
 * Transposes as many vectors as one has lanes. Their registers are used up.
 *
 * @returns The registers of the transposed vectors, in order.
 */
export function transpose(code: Code, lanes: Lanes, rows: readonly Vector[]): readonly Vector[] {
  const pairs = pairUp(code, lanes, rows), quads = lanes.count === 8 ? pairPairs(code, lanes, pairs) : pairs;
  // Now each vector has what belongs into two of them: one in each half.
  const half = rows.length / 2, results = code.vectors(rows.length);
  for (let k = 0; k < half; k++) {
    const operands = [quads[k]!, quads[half + k]!] as const;
    code.assembler.vector("binary", "vperm2f128", 256, [results[k]!, ...operands], { immediate: LOWER });
    code.assembler.vector("binary", "vperm2f128", 256, [results[half + k]!, ...operands], { immediate: UPPER });
  }
  code.free(...quads);
  return results;
}

/** Interleaves neighbours: the even results have the lower elements of each half, the odd ones the upper. */
function pairUp(code: Code, lanes: Lanes, rows: readonly Vector[]): readonly Vector[] {
  const results = code.vectors(rows.length);
  for (let k = 0; k < rows.length; k += 2) {
    lanes.binary("unpckl", results[k]!, rows[k]!, rows[k + 1]!);
    lanes.binary("unpckh", results[k + 1]!, rows[k]!, rows[k + 1]!);
  }
  code.free(...rows);
  return results;
}

/** Interleaves pairs: four rows each become four columns of four. */
function pairPairs(code: Code, lanes: Lanes, pairs: readonly Vector[]): readonly Vector[] {
  const results = code.vectors(8);
  for (const first of [0, 4]) {
    const [a, b, c, d] = pairs.slice(first, first + 4) as [Vector, Vector, Vector, Vector]; // of eight
    lanes.binary("shuf", results[first]!, a, c, { immediate: 0x44 });
    lanes.binary("shuf", results[first + 1]!, a, c, { immediate: 0xee });
    lanes.binary("shuf", results[first + 2]!, b, d, { immediate: 0x44 });
    lanes.binary("shuf", results[first + 3]!, b, d, { immediate: 0xee });
  }
  code.free(...pairs);
  return results;
}

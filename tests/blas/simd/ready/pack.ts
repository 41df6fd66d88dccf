/**
 * Packs the kernels that were assembled beforehand. Run by itself, it writes them:
 * `deno run -A tests/blas/simd/ready/pack.ts`.
 *
 * @module
 */
import { DTYPES } from "../../../../blas/dtype.ts";
import type { DType } from "../../../../blas/dtype.ts";
import { ADDITION } from "../../../../blas/scalar/interned.ts";
import { kernelBytes } from "../../../../blas/simd/elementwise/kernel.ts";
import { ARITHMETIC } from "../../../../blas/simd/math/arithmetic.ts";
import { windowsKernelBytes } from "../../../../blas/simd/reduce_windows_kernel.ts";
import { reduceKernelBytes } from "../../../../blas/simd/reduce_kernel.ts";

/** The patterns of operands: neither is repeated, the first, the second, both. */
const PATTERNS = 4;

const dtypes = Object.keys(DTYPES) as DType[]; // the keys are dtypes

/** A file of packed kernels: its path, the first part of its names, what it says of itself, and its modules. */
type PackedFile = {
  readonly file: string;
  readonly prefix: string;
  readonly about: string;
  readonly modules: readonly Uint8Array[];
};

/** The files, as they must be for the kernels that the assembler makes now. */
export const packedFiles = (): readonly PackedFile[] => [
  {
    file: "blas/simd/ready/addition_bytes.ts",
    prefix: "ADDITION",
    about: "The kernels of additions: four patterns of operands in float32, and then in float64.",
    modules: dtypes.flatMap((dtype) =>
      Array.from(
        { length: PATTERNS },
        (_, repeated) => kernelBytes({ expression: ADDITION, dtype, repeated, relaxed: false, functions: ARITHMETIC }),
      )
    ),
  },
  {
    file: "blas/simd/ready/sum_bytes.ts",
    prefix: "SUM",
    about: "The kernels of sums over axes, in float32 and in float64; then those of sums over windows.",
    modules: [
      ...dtypes.map((dtype) => reduceKernelBytes("sum", dtype)),
      ...dtypes.map((dtype) => windowsKernelBytes("sum", dtype)),
    ],
  },
];

/** Returns the text of a file of packed kernels. */
export function textOf({ prefix, about, modules }: PackedFile): string {
  const kept = modules.map(withoutNames),
    base64 = btoa(String.fromCharCode(...pack(kept.flatMap((bytes) => [...bytes]))));
  const lines = base64.match(/.{1,110}/g)!.map((line) => `  "${line}"`).join(" +\n");
  return `/**
 * ${about} \`unpack.ts\` says how they are packed;
 * \`deno run -A tests/blas/simd/ready/pack.ts\` writes this file.
 *
 * @module
 */
/** The packed bytes. */
export const ${prefix}_BYTES: string =
${lines};

/** The number of bytes of each module. */
export const ${prefix}_LENGTHS: readonly number[] = [${kept.map(({ length }) => length).join(", ")}];
`;
}

/** Drops the sections of a module that only tools read, such as the names of functions. */
export function withoutNames(module: Uint8Array): Uint8Array {
  const kept = [...module.subarray(0, 8)];
  for (let at = 8; at < module.length;) {
    const start = at, id = module[at++];
    let size = 0, shift = 0, byte: number;
    do {
      byte = module[at++]!;
      size += (byte & 127) << shift;
      shift += 7;
    } while (byte > 127);
    at += size;
    if (id !== 0) kept.push(...module.subarray(start, at));
  }
  return Uint8Array.from(kept);
}

/** The most bytes as they are after one packed byte; the fewest and the most that are copied from before, and how far back. */
const MOST_PLAIN = 32, FEWEST = 3, MOST = 66, FARTHEST = 65_535;
/** The most bytes that are copied, and how far back, where that takes two packed bytes instead of three. */
const MOST_NEAR = 10, FARTHEST_NEAR = 4095;
/** The most bytes that one packed byte copies from as far back as the copy before it. */
const MOST_AGAIN = 32;
/** Ways that take this many packed bytes more than the best one are left: naming a distance anew takes no more. */
const MOST_WORSE = 2;

/** What a piece does: it has bytes as they are, copies them from a distance, or from that of the copy before. */
type Kind = "plain" | "copy" | "again";

/** A way to pack the first bytes: its last piece, the distance of its last copy or 0, and the packed bytes in all. */
type Way = {
  readonly kind: Kind;
  readonly length: number;
  readonly distance: number;
  readonly cost: number;
  before?: Way;
};

const isNear = (length: number, distance: number): boolean => length <= MOST_NEAR && distance <= FARTHEST_NEAR;

/** Returns how many bytes from a position on, `most` at most, are those of a distance before. */
function countSame(bytes: readonly number[], at: number, distance: number, most: number): number {
  let same = 0;
  while (same < most && at + same < bytes.length && bytes[at + same] === bytes[at + same - distance]) same++;
  return same;
}

/** Packs bytes as `unpack` reads them, in few bytes: it compares the ways to each position that differ in their distances. */
export function pack(bytes: readonly number[]): readonly number[] {
  const ways = Array.from({ length: bytes.length + 1 }, () => new Map<number, Way>()); // by the distance of the last copy
  const offer = (kind: Kind, length: number, distance: number, cost: number, before: Way, at: number) => {
    const reached = ways[at + length]!, known = reached.get(distance);
    if (known === undefined || cost < known.cost) reached.set(distance, { kind, length, distance, cost, before });
  };
  ways[0]!.set(0, { kind: "plain", length: 0, distance: 0, cost: 0 });
  for (let at = 0; at < bytes.length; at++) {
    const cheapest = cheapestOf(ways[at]!);
    for (const way of ways[at]!.values()) {
      const { cost, distance } = way;
      if (cost > cheapest.cost + MOST_WORSE) continue;
      const plain = Math.min(MOST_PLAIN, bytes.length - at);
      const again = distance === 0 ? 0 : countSame(bytes, at, distance, MOST_AGAIN);
      for (let length = 1; length <= plain; length++) offer("plain", length, distance, cost + 1 + length, way, at);
      for (let length = 1; length <= again; length++) offer("again", length, distance, cost + 1, way, at);
    }
    for (let distance = 1, known = FEWEST - 1; distance <= Math.min(at, FARTHEST); distance++) {
      const same = countSame(bytes, at, distance, MOST);
      for (let length = Math.max(FEWEST, Math.min(known + 1, same)); length <= same; length++) {
        offer("copy", length, distance, cheapest.cost + (isNear(length, distance) ? 2 : 3), cheapest, at);
      }
      known = Math.max(known, same);
    }
  }
  const pieces: number[][] = [];
  let end = bytes.length;
  for (let way = cheapestOf(ways[end]!); way.before !== undefined; way = way.before) {
    pieces.push(pieceOf(way, bytes, end));
    end -= way.length;
  }
  return pieces.reverse().flat();
}

const cheapestOf = (ways: ReadonlyMap<number, Way>): Way =>
  [...ways.values()].reduce((best, way) => way.cost < best.cost ? way : best);

/** Returns the packed bytes of the last piece of a way, which ends at a position. */
function pieceOf({ kind, length, distance }: Way, bytes: readonly number[], end: number): number[] {
  if (kind === "plain") return [length - 1, ...bytes.slice(end - length, end)];
  if (kind === "again") return [length + 31];
  if (isNear(length, distance)) return [128 + 16 * (length - FEWEST) + (distance >> 8), distance & 255];
  return [length + 61, distance >> 8, distance & 255];
}

if (import.meta.main) {
  for (const packed of packedFiles()) {
    Deno.writeTextFileSync(new URL(`../../../../${packed.file}`, import.meta.url), textOf(packed));
  }
}

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
const MOST_PLAIN = 64, FEWEST = 3, MOST = 66, FARTHEST = 65_535;
/** The most bytes that are copied, and how far back, where that takes two packed bytes instead of three. */
const MOST_NEAR = 10, FARTHEST_NEAR = 4095;

/** A way to pack the first bytes: its last piece, copied from a distance back or plain, and the packed bytes in all. */
type Way = { readonly cost: number; readonly length: number; readonly distance?: number; readonly before?: Way };

/** Packs bytes as `unpack` reads them, in as few bytes as there can be. */
export function pack(bytes: readonly number[]): readonly number[] {
  const ways: Way[] = [{ cost: 0, length: 0 }];
  const offer = (at: number, way: Way) => {
    if (ways[at] === undefined || way.cost < ways[at].cost) ways[at] = way;
  };
  for (let at = 0; at < bytes.length; at++) {
    const before = ways[at]!, { cost } = before;
    for (let length = 1; length <= Math.min(MOST_PLAIN, bytes.length - at); length++) {
      offer(at + length, { cost: cost + 1 + length, length, before });
    }
    for (let distance = 1, known = FEWEST - 1; distance <= Math.min(at, FARTHEST); distance++) {
      let same = 0;
      while (same < MOST && at + same < bytes.length && bytes[at + same] === bytes[at + same - distance]) same++;
      for (let length = known + 1; length <= same; length++) {
        const isNear = length <= MOST_NEAR && distance <= FARTHEST_NEAR;
        offer(at + length, { cost: cost + (isNear ? 2 : 3), length, distance, before });
      }
      known = Math.max(known, same);
    }
  }
  const pieces: number[][] = [];
  let end = bytes.length;
  for (let way = ways[end]!; way.before !== undefined; way = way.before) {
    const { length, distance } = way, start = end - length;
    if (distance === undefined) pieces.push([length - 1, ...bytes.slice(start, end)]);
    else if (length <= MOST_NEAR && distance <= FARTHEST_NEAR) {
      pieces.push([128 + 16 * (length - FEWEST) + (distance >> 8), distance & 255]);
    } else pieces.push([length + 61, distance >> 8, distance & 255]);
    end = start;
  }
  return pieces.reverse().flat();
}

if (import.meta.main) {
  for (const packed of packedFiles()) {
    Deno.writeTextFileSync(new URL(`../../../../${packed.file}`, import.meta.url), textOf(packed));
  }
}

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

/** The longest run that one packed byte stands for, the shortest that is worth it, and the longest distance. */
const LONGEST = 131, SHORTEST = 4, FARTHEST = 65_535;

/** Packs bytes as `unpack` reads them. */
export function pack(bytes: readonly number[]): readonly number[] {
  const packed: number[] = [];
  let plain: number[] = [];
  const flush = () => {
    for (; plain.length > 0; plain = plain.slice(128)) {
      packed.push(Math.min(plain.length, 128) - 1, ...plain.slice(0, 128));
    }
  };
  for (let at = 0; at < bytes.length;) {
    let length = 0, distance = 0;
    for (let back = 1; back <= Math.min(at, FARTHEST); back++) {
      let same = 0;
      while (same < LONGEST && at + same < bytes.length && bytes[at + same] === bytes[at + same - back]) same++;
      if (same > length) [length, distance] = [same, back];
    }
    if (length < SHORTEST) plain.push(bytes[at++]!);
    else {
      flush();
      packed.push(length + 124, distance & 255, distance >> 8);
      at += length;
    }
  }
  flush();
  return packed;
}

if (import.meta.main) {
  for (const packed of packedFiles()) {
    Deno.writeTextFileSync(new URL(`../../../../${packed.file}`, import.meta.url), textOf(packed));
  }
}

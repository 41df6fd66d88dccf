/**
 * Tables of sizes of bundles.
 *
 * @module
 */
import { table } from "../breadth/markdown.ts";

/** A bundle: what is in it, in words, its bytes, and its bytes when compressed. */
export type BundleSize = { readonly program: string; readonly minified: number; readonly gzipped: number };

const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(0);

/** Writes the table of bundles. */
export const sizesTable = (sizes: readonly BundleSize[]): string =>
  table(
    ["program", "minified", "gzipped"],
    sizes.map(({ program, minified, gzipped }) => [program, kilobytes(minified), kilobytes(gzipped)]),
  );

/** The parts of the library, in words, and the files of each; a file belongs to the first part that names it. */
const PARTS: readonly (readonly [words: string, files: RegExp])[] = [
  ["linear algebra", /^(autograd\/linalg|blas\/decompositions|blas\/simd\/matrices)\//],
  ["Fourier transforms", /^(blas\/fourier|blas\/simd\/fourier)\/|^autograd\/ops\/(fft|fourier)/],
  ["random tensors, distributions", /^autograd\/(random|probability)\/|^blas\/simd\/draw/],
  ["convolutions in calls", /^blas\/simd\/convolution\//],
  ["functions as vector instructions", /^blas\/(simd\/math|scalar)\//],
  ["the assembler", /^blas\/wasm\//],
  ["`compile`: programs as WebAssembly", /^blas\/simd\/program\//],
  ["`compile`: programs, passes, listings", /^(blas\/program|autograd\/compile)\//],
  ["other kernels of calls", /^blas\/simd\//],
  ["plain loops, views, engines", /^blas\//],
  ["operations, with shapes and derivatives", /^autograd\/ops\//],
  ["transforms, loops, `vmap`", /^autograd\/transforms\//],
  ["tensors, trees", /^autograd\//],
  ["layers, models, files", /^layers\//],
  ["optimizers, training", /^optim\//],
  ["packages: ndarray, fp-ts; the list of names", /^/],
];

/** Writes the table of parts, largest first. */
export function partsTable(bytes: ReadonlyMap<string, number>): string {
  const sums = new Map<string, number>();
  for (const [path, count] of bytes) {
    const [words] = PARTS.find(([, files]) => files.test(path))!; // the last one takes all files
    sums.set(words, (sums.get(words) ?? 0) + count);
  }
  const rows = [...sums].sort(([, a], [, b]) => b - a);
  return table(["part of everything", "minified"], rows.map(([words, count]) => [words, kilobytes(count)]));
}

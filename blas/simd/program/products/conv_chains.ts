/**
 * Windows in parts: each is one chain of additions in float32, so short that few digits are lost.
 *
 * @module
 */
import type { ConvolutionSizes } from "../../../convolution.ts";
import type { DType } from "../../../dtype.ts";
import type { FunctionBuilder, Local } from "../../../wasm/mod.ts";
import { sumChains } from "../../block_sizes.ts";
import { countsOf } from "./conv_problem.ts";
import { repeat } from "./repeat.ts";

/** The windows that one chain of additions covers: some images, or some rows of one, or a part of a row. */
export type Chain = {
  readonly images: number;
  readonly rows: number;
  readonly columns: number;
  /** The number of such chains, one after another, that are computed together: 1 unless all are equal. */
  readonly bands: number;
  /** The number of parts in an image, or in as many images as are in one part. */
  readonly parts: number;
  /** The chains whose sums are added up in float32, before they are carried over to float64. */
  readonly together: number;
};

/**
 * Divides windows into chains.
 *
 * @param many The number of images whose windows are at hand together.
 */
export function chainOf(sizes: ConvolutionSizes, many: number, dtype: DType): Chain {
  const { filters, outputHeight, outputWidth } = sizes, { k, p } = countsOf(sizes);
  const { terms, chains: together } = sumChains(filters * k, dtype), most = dtype === "float64" ? Infinity : terms;
  /** Returns the indices of a chain, each of which has some terms: a divisor of their number if that is not much shorter. */
  function partOf(length: number, terms: number): number {
    const divisor = largestDivisor(length, most / terms);
    if (2 * divisor * terms >= most || divisor === length) return divisor;
    return Math.ceil(length / Math.ceil(length / Math.max(1, Math.floor(most / terms))));
  }
  const columns = partOf(outputWidth, 1), rows = columns === outputWidth ? partOf(outputHeight, columns) : 1;
  const inRow = Math.ceil(outputWidth / columns), parts = Math.ceil(outputHeight / rows) * inRow;
  const evenly = columns === outputWidth ? outputHeight / rows : outputWidth / columns;
  const bands = Number.isInteger(evenly) ? largestDivisor(evenly, together) : 1;
  return { images: parts === 1 ? partOf(many, p) : 1, rows, columns, bands, parts, together };
}

/** Returns the largest divisor of a number that is not above `most`. */
function largestDivisor(of: number, most: number): number {
  for (let divisor = Math.floor(Math.min(of, most)); divisor > 1; divisor--) if (of % divisor === 0) return divisor;
  return 1;
}

/** Counts the chains for some images. */
export const callsOf = ({ images, parts }: Chain, count: number): number => Math.ceil(count / images) * parts;

/** An axis of windows, with the bytes between neighbours in the image and in the packed windows. */
export type WindowAxis = { readonly length: number; readonly most: number; readonly a: number; readonly b: number };

/** Emits a loop over windows, `most` at a time and then the rest; `each` emits the work on a number of windows. */
export function along(
  f: FunctionBuilder,
  { length, most, a, b }: WindowAxis,
  [from, to]: readonly [Local<"i32">, Local<"i32">],
  each: (count: number) => (from: Local<"i32">, to: Local<"i32">) => void,
): void {
  const full = each(most), rest = length % most;
  repeat(f, Math.floor(length / most), () => {
    full(from, to);
    f.increment(from, most * a);
    f.increment(to, most * b);
  });
  if (rest > 0) each(rest)(from, to);
}

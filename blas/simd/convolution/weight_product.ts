/**
 * The adjoint of a convolution in the kernels as matrix products, for filters that see several channels: each image adds
 * the product of its gradients and the matrix of its windows, of which some columns can be computed alone.
 *
 * @module
 */
import { CACHE_LINE, roundUp } from "../../alignment.ts";
import type { DType } from "../../dtype.ts";
import { sumChains } from "../block_sizes.ts";
import { MARGIN } from "../scratch.ts";
import type { WideSums } from "../wide_sums.ts";
import { fitting, offsets } from "./product.ts";
import {
  multiply,
  type StagedConvolution,
  type Terms,
  termsOf,
  tileBytes,
  type Transfers,
  transfers,
  withScratch,
} from "./scratch_transfer.ts";

/** The most rows of the matrix of windows that are packed at a time. */
const DEPTH = 512;

/** Columns `from` to `to - 1` of the matrix of windows of a group; each is an element of the kernels. */
export type Columns = { readonly group: number; readonly from: number; readonly to: number };

/** The sums of some columns, to which images are added in order. */
export type ColumnSums<D extends DType> = {
  /** The bytes of the sums, which stay from image to image. */
  readonly lasting: number;
  /** The bytes of what an image needs; it may lie elsewhere for each. */
  readonly passing: readonly number[];
  /** The bytes of the channels of an image that the columns see, and of its gradients. */
  readonly image: number;
  readonly given: number;
  /** The most kernels that are called for an image, or at the end. */
  readonly calls: number;
  /** Clears the sums at an address. */
  readonly begin: (to: Transfers<D>, sums: number) => void;
  /** Clears what an image needs, before the first image there. */
  readonly clear: (to: Transfers<D>, passing: readonly number[]) => void;
  /** Adds an image; it is copied to the given addresses. */
  readonly add: (to: Transfers<D>, index: number, image: number, given: number, passing: readonly number[]) => void;
  /** Writes the sums to the kernels. */
  readonly finish: (to: Transfers<D>) => void;
};

/** Computes the adjoint in `w`; returns false if scratch memory is too small. */
export function conv2dWeightProduct<D extends DType>(problem: StagedConvolution<D>): boolean {
  const { context, sizes: { batch, groups } } = problem, terms = termsOf(problem);
  const all = Array.from({ length: groups }, (_, group) => columnSums(problem, terms, { group, from: 0, to: terms.k }));
  const { lasting, passing, image, given } = all[0]!; // there are groups, all of them with the same sizes
  return withScratch(context.scratch, [groups * lasting, image, given, ...passing], ([sums, x, y, ...own]) => {
    const to = transfers(problem, terms);
    all.forEach(({ begin }, group) => begin(to, sums! + group * lasting));
    all[0]!.clear(to, own);
    for (let index = 0; index < batch; index++) {
      for (const { add } of all) add(to, index, x!, y!, own);
    }
    for (const { finish } of all) finish(to);
  });
}

/**
 * Returns what computes the sums of some columns: those of any others have no part in their bits.
 *
 * @param columns All but the last ones of a group must begin and end with a tile.
 */
export function columnSums<D extends DType>(
  { sizes, x, w, y }: StagedConvolution<D>,
  terms: Terms,
  { group, from, to: end }: Columns,
): ColumnSums<D> {
  const { groups, channels, filters } = sizes, { grid, bytes, width, taps, k, p, pixels, flat } = terms;
  const first = Math.floor(from / taps), seen = Math.ceil(end / taps) - first, row = roundUp(end - from, width);
  const { terms: most, chains } = sumChains(filters * k, x.dtype), step = flat ? p : grid.windows;
  const depth = Math.min(grid.windows, DEPTH), block = Math.min(row, fitting(depth * bytes, width));
  const size = filters * row,
    places = [4 * row, size * bytes, bytes === 4 ? size * 8 : 0].map((each) => roundUp(each + MARGIN, CACHE_LINE)) as [
      number,
      number,
      number,
    ]; // as many as there are
  const perSlab = 2 * Math.ceil(row / block) + 1, slabs = Math.ceil(grid.windows / depth);
  let table = 0, sums = 0, added = 0, carried: WideSums | undefined;
  return {
    lasting: places[0] + places[1] + places[2],
    passing: [
      ...[grid.trivial ? 0 : seen * grid.plane, depth * block, flat ? 0 : filters * step].map((count) => count * bytes),
      tileBytes(),
    ],
    image: seen * pixels * bytes,
    given: filters * p * bytes,
    calls: grid.moves.length + 1 + slabs * perSlab,
    begin: (to, address) => {
      table = address;
      sums = address + places[0];
      added = 0;
      const runs = offsets(seen, terms).slice(from - first * taps, end - first * taps);
      to.table(table, [...runs, ...new Array<number>(row - runs.length).fill(0)]);
      to.clear(sums, size);
      carried = bytes === 4 ? to.wideSums({ part: sums, wide: sums + places[1], count: size }) : undefined;
    },
    clear: (to, [spread, , wide]) => {
      if (!grid.trivial) to.clear(spread!, seen * grid.plane);
      if (!flat) to.clear(wide!, filters * step);
    },
    add: (to, index, image, given, [spread, panels, wide, spare]) => {
      const part = index * groups + group, source = grid.trivial ? image : spread!, a = flat ? given : wide!;
      to.read(x, (part * channels + first) * pixels, seen * pixels, image);
      to.read(y, part * filters * p, filters * p, given);
      if (!grid.trivial) to.spread(seen, image, pixels, spread!);
      if (!flat) {
        const rows = { address: given, plane: p, row: sizes.outputWidth };
        to.rows(filters, sizes, rows, { address: wide!, plane: step, row: grid.width });
      }
      for (let start = 0; start < grid.windows; start += depth) {
        const own = Math.min(depth, grid.windows - start), more = Math.ceil(own / most);
        added += more;
        if (added > chains) {
          carried?.carry(0, size);
          added = more;
        }
        for (let column = 0; column < row; column += block) {
          const n = Math.min(block, row - column), rows = { aRow: step * bytes, cRow: row * bytes };
          to.convolution.packColumns!(n, own, table + 4 * column, source + start * bytes, panels!);
          const at = { a: a + start * bytes, c: sums + column * bytes, panels: panels!, spare: spare! };
          multiply(to.gemm, x.dtype, { m: filters, n, k: own, beta: 1, most, ...rows, ...at });
        }
      }
    },
    finish: (to) => {
      carried?.finish();
      for (let filter = 0; filter < filters; filter++) {
        to.write(w, (group * filters + filter) * k + from, end - from, sums + filter * row * bytes);
      }
    },
  };
}

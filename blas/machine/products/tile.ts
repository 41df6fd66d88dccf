/**
 * Tiles: some rows and columns of a product, whose sums stay in registers.
 *
 * @module
 */
import type { Vector } from "../assembler/registers.ts";
import type { Code } from "../code/code.ts";
import type { Edge, Lanes } from "../code/lanes.ts";
import { type Access, at, type Pointer } from "../code/regions.ts";

/** A tile. Distances are in bytes. */
export type Tile = {
  readonly rows: number;
  /** The vectors of columns; the last one is cut if there is an edge. */
  readonly vectors: number;
  readonly edge?: Edge;
  /** Whether whole vectors of the second matrix may be read at the edge too. */
  readonly padded: boolean;
  /** The number of terms in each sum. */
  readonly depth: number;
  /** Whether the sums are added to those that are there. */
  readonly accumulate: boolean;
  /** Between rows, and between terms, of the first matrix; between terms of the second; between rows of the product. */
  readonly aRow: number;
  readonly aColumn: number;
  readonly bStep: number;
  readonly cRow: number;
};

/** The pointers of a tile, which are the same afterwards. */
export type TilePointers = { readonly a: Pointer; readonly b: Pointer; readonly c: Pointer };

/** Terms that are added in one turn of the loop. */
const UNROLLED = 4;

/** Writes the code of a tile. */
export function emitTile(code: Code, lanes: Lanes, tile: Tile, { a, b, c }: TilePointers): void {
  const { rows, vectors, edge, padded, depth, accumulate, aRow, aColumn, bStep, cRow } = tile, { width } = lanes;
  const edgeOf = (v: number) => v === vectors - 1 ? edge : undefined;
  const sums = Array.from({ length: rows }, () => code.vectors(vectors));
  sums.flat().forEach((sum) => lanes.zero(sum)); // from 0, so that no sum is -0
  const { term, used } = (rows < vectors ? wideTerms : tallTerms)(code, lanes, sums, {
    column: (to, i, v) => lanes.load(to, at(b, i * bStep + v * width), padded ? undefined : edgeOf(v)),
    factor: (r, i) => at(a, r * aRow + i * aColumn),
  });
  const turns = Math.floor(depth / UNROLLED), rest = depth % UNROLLED;
  code.loop(turns, [[a, UNROLLED * aColumn], [b, UNROLLED * bStep]], () => {
    for (let i = 0; i < UNROLLED; i++) term(i);
  });
  for (let i = 0; i < rest; i++) term(i);
  code.move(a, -turns * UNROLLED * aColumn);
  code.move(b, -turns * UNROLLED * bStep);
  sums.forEach((row, r) =>
    row.forEach((sum, v) => {
      const place = at(c, r * cRow + v * width), cut = edgeOf(v);
      if (accumulate && cut === undefined) lanes.binary("add", sum, sum, place);
      else if (accumulate) {
        lanes.load(used[0]!, place, cut);
        lanes.binary("add", sum, sum, used[0]!);
      }
      lanes.store(place, sum, cut);
    })
  );
  code.free(...sums.flat(), ...used);
}

/** Where the factors of terms are. */
type Factors = {
  /** Loads a vector of columns of term `i`. */
  readonly column: (to: Vector, i: number, v: number) => void;
  /** The place of the factor of a row. */
  readonly factor: (r: number, i: number) => Access;
};

/** What adds a term to all sums, and the registers that it uses. */
type Terms = { readonly term: (i: number) => void; readonly used: readonly Vector[] };

/** More rows than vectors: those are loaded first, then the factors one after the other. */
function tallTerms(code: Code, lanes: Lanes, sums: readonly (readonly Vector[])[], { column, factor }: Factors): Terms {
  const vectors = sums[0]!.length, columns = code.vectors(vectors), isRepeating = vectors === 1 && lanes.bits === 512;
  // Two factors, so that one is loaded while the other is used, where there are registers left.
  const factors = code.vectors(isRepeating ? 0 : Math.min(2, code.freeVectors));
  const term = (i: number) => {
    columns.forEach((register, v) => column(register, i, v));
    sums.forEach((row, r) => {
      if (isRepeating) return lanes.multiplyAddRepeated(row[0]!, columns[0]!, factor(r, i));
      const register = factors[r % factors.length]!;
      lanes.repeat(register, factor(r, i));
      row.forEach((sum, v) => lanes.multiplyAdd(sum, columns[v]!, register));
    });
  };
  return { term, used: [...columns, ...factors] };
}

/** Fewer rows than vectors: the factors are loaded first. */
function wideTerms(code: Code, lanes: Lanes, sums: readonly (readonly Vector[])[], { column, factor }: Factors): Terms {
  const factors = code.vectors(sums.length), columns = code.vectors(Math.min(2, code.freeVectors));
  const term = (i: number) => {
    factors.forEach((register, r) => lanes.repeat(register, factor(r, i)));
    sums[0]!.forEach((_, v) => {
      const register = columns[v % columns.length]!;
      column(register, i, v);
      sums.forEach((row, r) => lanes.multiplyAdd(row[v]!, register, factors[r]!));
    });
  };
  return { term, used: [...columns, ...factors] };
}

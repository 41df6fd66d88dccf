/**
 * Tiles: some rows and columns of a product, whose sums stay in registers.
 *
 * @module
 */
import type { Vector } from "../assembler/registers.ts";
import type { Code, Move } from "../code/code.ts";
import type { Edge, Lanes } from "../code/lanes.ts";
import { type Access, at, type Pointer } from "../code/regions.ts";
import { addWide } from "./wide.ts";

/** One term of all sums: the offsets of its factors from the pointers, in bytes. */
export type Term = { readonly a: number; readonly b: number };

/** A loop over terms: its turns, and the bytes by which each moves the pointers. */
export type Turns = { readonly turns: number; readonly a: number; readonly b: number };

/** The order of the terms: loops, the outermost first, the terms of a turn of the innermost, and those that follow it. */
export type Depth = {
  readonly loops: readonly Turns[];
  /**
   * Whether each turn of the outermost loop is a sum of its own, which is added to a total when it is complete: a long chain
   * of additions in float32 would lose digits. Default false.
   */
  readonly chains?: boolean;
  readonly terms: readonly Term[];
  readonly tail: readonly Term[];
};

/** A vector of columns: its offsets in the second matrix and in the product, in bytes, and its lanes if they are not all. */
export type Column = { readonly b: number; readonly c: number; readonly edge?: Edge };

/** What happens to sums: they are written, added to what is there, or added to numbers of float64 there. */
export type Accumulate = false | true | "wide";

/** A tile. */
export type Tile = {
  /** The offset of each row in the first matrix, in bytes. */
  readonly rows: readonly number[];
  readonly columns: readonly Column[];
  /** Whether whole vectors of the second matrix may be read where columns have an edge too. */
  readonly padded: boolean;
  readonly depth: Depth;
  readonly accumulate: Accumulate;
  /** Bytes between rows of the product. */
  readonly cRow: number;
};

/** The pointers of a tile, which are the same afterwards. */
export type TilePointers = {
  readonly a: Pointer;
  readonly b: Pointer;
  readonly c: Pointer;
  /** Where the totals of chains are, vector after vector, until they are stored. Default: in the product, if that adds. */
  readonly totals?: Pointer;
};

/** Returns the bytes of the totals of a tile of so many rows and vectors. */
export const totalBytes = (rows: number, vectors: number, { width }: Pick<Lanes, "width">): number =>
  rows * vectors * width;

/** Writes the code of a tile. */
export function emitTile(code: Code, lanes: Lanes, tile: Tile, { a, b, c, totals }: TilePointers): void {
  const { rows, columns, padded, depth, accumulate, cRow } = tile;
  const sums = rows.map(() => code.vectors(columns.length)), all = sums.flat();
  const clear = () => all.forEach((sum) => lanes.zero(sum)); // from 0, so that no sum is -0
  const { term, used } = (rows.length < columns.length ? wideTerms : tallTerms)(code, lanes, sums, {
    column: (to, { b: by }, v) => lanes.load(to, at(b, by + columns[v]!.b), padded ? undefined : columns[v]!.edge),
    factor: (r, { a: by }) => at(a, by + rows[r]!),
  });
  /** Stores the sums, or adds them to what is there. */
  const store = (how: Accumulate) =>
    sums.forEach((row, r) =>
      row.forEach((sum, v) => {
        const { c: by, edge } = columns[v]!, place = at(c, r * cRow + by);
        if (how === "wide") return addWide(code, lanes, sum, place, used[0]!);
        if (how && edge === undefined) lanes.binary("add", sum, sum, place);
        else if (how) {
          lanes.load(used[0]!, place, edge);
          lanes.binary("add", sum, sum, used[0]!);
        }
        lanes.store(place, sum, edge);
      })
    );
  const eachTotal = (use: (sum: Vector, total: Access) => void) =>
    all.forEach((sum, k) => totals && use(sum, at(totals, k * lanes.width)));
  const settle = () => {
    if (totals === undefined) return store(accumulate);
    eachTotal((sum, total) => {
      lanes.binary("add", sum, sum, total);
      lanes.store(total, sum);
    });
  };
  const walk = ([outer, ...inner]: readonly Turns[], chains: boolean): void => {
    if (outer === undefined) return depth.terms.forEach(term);
    const moves: readonly Move[] = [[a, outer.a], [b, outer.b]];
    code.loop(outer.turns, moves, () => {
      if (chains) clear();
      walk(inner, false);
      if (inner.length > 0) {
        code.move(a, -inner[0]!.turns * inner[0]!.a);
        code.move(b, -inner[0]!.turns * inner[0]!.b);
      }
      if (chains) settle();
    });
    if (inner.length === 0) depth.tail.forEach(term);
  };
  const chains = depth.chains ?? false, [outer] = depth.loops;
  clear();
  if (chains) eachTotal((sum, total) => lanes.store(total, sum));
  walk(depth.loops, chains);
  if (outer !== undefined) {
    code.move(a, -outer.turns * outer.a);
    code.move(b, -outer.turns * outer.b);
  }
  if (chains) eachTotal((sum, total) => lanes.load(sum, total));
  if (!chains || totals !== undefined) store(accumulate);
  code.free(...all, ...used);
}

/** Where the factors of terms are. */
type Factors = {
  /** Loads a vector of columns. */
  readonly column: (to: Vector, term: Term, v: number) => void;
  /** The place of the factor of a row. */
  readonly factor: (r: number, term: Term) => Access;
};

/** What adds a term to all sums, and the registers that it uses. */
type Terms = { readonly term: (term: Term) => void; readonly used: readonly Vector[] };

/** More rows than vectors: those are loaded first, then the factors one after the other. */
function tallTerms(code: Code, lanes: Lanes, sums: readonly (readonly Vector[])[], { column, factor }: Factors): Terms {
  const vectors = sums[0]!.length, columns = code.vectors(vectors), isRepeating = vectors === 1 && lanes.bits === 512;
  // Two factors, so that one is loaded while the other is used, where there are registers left.
  const factors = code.vectors(isRepeating ? 0 : Math.min(2, code.freeVectors));
  const add = (term: Term) => {
    columns.forEach((register, v) => column(register, term, v));
    sums.forEach((row, r) => {
      if (isRepeating) return lanes.multiplyAddRepeated(row[0]!, columns[0]!, factor(r, term));
      const register = factors[r % factors.length]!;
      lanes.repeat(register, factor(r, term));
      row.forEach((sum, v) => lanes.multiplyAdd(sum, columns[v]!, register));
    });
  };
  return { term: add, used: [...columns, ...factors] };
}

/** Fewer rows than vectors: the factors are loaded first. */
function wideTerms(code: Code, lanes: Lanes, sums: readonly (readonly Vector[])[], { column, factor }: Factors): Terms {
  const factors = code.vectors(sums.length), columns = code.vectors(Math.min(2, code.freeVectors));
  const add = (term: Term) => {
    factors.forEach((register, r) => lanes.repeat(register, factor(r, term)));
    sums[0]!.forEach((_, v) => {
      const register = columns[v % columns.length]!;
      column(register, term, v);
      sums.forEach((row, r) => lanes.multiplyAdd(row[v]!, register, factors[r]!));
    });
  };
  return { term: add, used: [...columns, ...factors] };
}

/** Terms that are added in one turn of a loop. */
const UNROLLED = 4;

/** Returns the order of so many terms, `a` and `b` bytes apart. */
export function plainDepth(count: number, a: number, b: number): Depth {
  const terms = (length: number) => Array.from({ length }, (_, i) => ({ a: i * a, b: i * b }));
  return {
    loops: [{ turns: Math.floor(count / UNROLLED), a: UNROLLED * a, b: UNROLLED * b }],
    terms: terms(UNROLLED),
    tail: terms(count % UNROLLED),
  };
}

/**
 * What some images add to the kernels of a panel of filters: windows are divided into chains, as in WebAssembly.
 *
 * @module
 */
import type { Chain } from "../../simd/program/products/conv_chains.ts";
import type { Bits } from "../assembler/registers.ts";
import type { Code, Move } from "../code/code.ts";
import type { Lanes } from "../code/lanes.ts";
import { at, type Pointer } from "../code/regions.ts";
import { cutRows, mostRows } from "../products/plan.ts";
import { type Depth, emitTile, totalBytes, type Turns } from "../products/tile.ts";
import type { Planes } from "./planes.ts";

/** Terms in one turn of the innermost loop. */
const UNROLLED = 4;

/** The sums of one group: panels of filters, in each of which every element of a kernel has a vector or two. */
export type WeightSums = {
  readonly filters: number;
  readonly channels: number;
  readonly vectors: number;
  readonly width: number;
  readonly panels: number;
  /** The place of each element of a kernel in planes, in bytes. */
  readonly taps: readonly number[];
  /** Bytes of the packed windows of a panel, and of its sums, and of one of these. */
  readonly packed: number;
  readonly sums: number;
  readonly wide: number;
  readonly lines: number;
  readonly length: number;
  /** How windows are divided. */
  readonly chain: Chain;
};

/** Some chains of windows, one after another: the bytes between them in planes and in packed windows, and what is in one. */
type Chains = Turns & { readonly images: number; readonly rows: number; readonly columns: number };

/** The pointers of a panel: planes, packed windows, sums, and the totals of tiles. All are the same afterwards. */
export type PanelPlaces = {
  readonly image: Pointer;
  readonly b: Pointer;
  readonly c: Pointer;
  readonly totals: Pointer;
};

/** Returns the bytes of the totals of tiles that are so many vectors wide. */
export const panelTotals = (vectors: number, bits: Bits): number =>
  totalBytes(mostRows(vectors, bits), vectors, { width: bits / 8 });

/** Adds what so many images give to the sums of a panel. */
export function addPanel(
  code: Code,
  lanes: Lanes,
  sums: WeightSums,
  planes: Planes,
  images: number,
  { image, b, c, totals }: PanelPlaces,
): void {
  const { width, lines, length, chain } = sums, step = width * lanes.bytes;
  const [perImage, perLine, perWindow] = [
    { a: planes.bytes, b: lines * length * step },
    { a: planes.row, b: length * step },
    { a: lanes.bytes, b: step },
  ];
  const tiles = (chains: Chains) =>
    addChains(code, lanes, sums, planes, depthOf(sums, lanes, planes, chains), { image, b, c, totals });
  /** Goes along an axis of so many indices, of which a chain has `most`. */
  const along = (
    count: number,
    most: number,
    each: { readonly a: number; readonly b: number },
    own: Omit<Chains, keyof Turns>,
    name: "images" | "rows" | "columns",
  ) => {
    const whole = Math.floor(count / most), rest = count % most, by = { a: most * each.a, b: most * each.b };
    const groups = Math.max(1, Math.ceil(whole / chain.together)), together = Math.max(1, Math.ceil(whole / groups));
    const turns = Math.floor(whole / together);
    const moves = (chains: number): readonly Move[] => [[image, chains * by.a], [b, chains * by.b]];
    const forward = (chains: number) => moves(chains).forEach(([pointer, bytes]) => code.move(pointer, bytes));
    const some = (chains: number, indices: number) => tiles({ ...own, [name]: indices, turns: chains, ...by });
    const left = whole - turns * together;
    code.loop(turns, moves(together), () => some(together, most));
    if (left > 0) some(left, most);
    forward(left);
    if (rest > 0) some(1, rest);
    forward(-whole);
  };
  const whole = { images: 1, rows: lines, columns: length };
  if (chain.parts === 1) return along(images, chain.images, perImage, whole, "images");
  const inImages = (work: () => void) => {
    code.loop(images, [[image, perImage.a], [b, perImage.b]], work);
    code.move(image, -images * perImage.a);
    code.move(b, -images * perImage.b);
  };
  if (chain.columns === length) return inImages(() => along(lines, chain.rows, perLine, whole, "rows"));
  inImages(() => {
    code.loop(lines, [[image, perLine.a], [b, perLine.b]], () => {
      along(length, chain.columns, perWindow, { ...whole, rows: 1 }, "columns");
    });
    code.move(image, -lines * perLine.a);
    code.move(b, -lines * perLine.b);
  });
}

/** Returns the order of the windows of some chains. */
function depthOf(
  { width, lines, length }: WeightSums,
  { bytes }: Lanes,
  planes: Planes,
  { images, rows, columns, ...chains }: Chains,
): Depth {
  const step = width * bytes, isMany = chains.turns > 1;
  const terms = (count: number) => Array.from({ length: count }, (_, i) => ({ a: i * bytes, b: i * step }));
  return {
    chains: isMany,
    loops: [
      ...isMany ? [chains] : [],
      ...images === 1 ? [] : [{ turns: images, a: planes.bytes, b: lines * length * step }],
      { turns: rows, a: planes.row, b: length * step },
      { turns: Math.floor(columns / UNROLLED), a: UNROLLED * bytes, b: UNROLLED * step },
    ],
    terms: terms(UNROLLED),
    tail: terms(columns % UNROLLED),
  };
}

/** Adds some chains to all sums of a panel. All pointers are the same afterwards. */
function addChains(
  code: Code,
  lanes: Lanes,
  { channels, vectors, width, taps, wide }: WeightSums,
  planes: Planes,
  depth: Depth,
  { image, b, c, totals }: PanelPlaces,
): void {
  const most = mostRows(vectors, lanes.bits),
    together = Math.max(1, Math.min(channels, Math.floor(most / taps.length)));
  const columns = Array.from({ length: vectors }, (_, v) => ({ b: v * lanes.width, c: v * lanes.count * wide }));
  const accumulate = lanes.bytes === 4 ? "wide" : true, cRow = width * wide;
  /** Adds them to the sums of so many channels. */
  const some = (a: Pointer, own: number) => {
    const offsets = Array.from({ length: own }, (_, k) => taps.map((tap) => tap + k * planes.channel)).flat();
    let first = 0;
    for (const { rows, count } of cutRows(offsets.length, most)) {
      for (let k = 0; k < count; k++, first += rows) {
        const to = code.pointerTo(at(c, first * cRow));
        const tile = {
          rows: offsets.slice(first, first + rows),
          columns,
          padded: true,
          depth,
          accumulate,
          cRow,
        } as const;
        emitTile(code, lanes, tile, { a, b, c: to, totals });
        code.free(to);
      }
    }
  };
  const a = code.pointerTo(at(image)), turns = Math.floor(channels / together);
  const moves: readonly Move[] = [[a, together * planes.channel], [c, together * taps.length * cRow]];
  code.loop(turns, moves, () => some(a, together));
  if (channels % together > 0) some(a, channels % together);
  code.move(c, -turns * together * taps.length * cRow);
  code.free(a);
}

/**
 * Images with their margins, split by the stride: elements that neighbouring windows see at the same place lie side by side.
 *
 * @module
 */
import { toLines } from "../../alignment.ts";
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import type { Code, Move } from "../code/code.ts";
import { type Edge, Lanes } from "../code/lanes.ts";
import { at, type Pointer } from "../code/regions.ts";
import { loadStrided } from "../code/strided.ts";
import { copyLines } from "../products/pack.ts";

/** Images, and the margins around them. Steps of images are in bytes; elements of a row lie side by side. */
export type Images = {
  readonly dtype: DType;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly channel: number;
  readonly row: number;
  readonly margins: { readonly top: number; readonly left: number; readonly bottom: number; readonly right: number };
  /** The stride of windows. */
  readonly stride: readonly [down: number, across: number];
};

/** Where elements lie in planes. All in bytes. */
export type Planes = {
  /** Bytes from one row of a plane to the next, and from one channel to the next. */
  readonly row: number;
  readonly channel: number;
  /** Bytes of all channels, and some beyond, so that whole vectors may be read at the end. */
  readonly bytes: number;
  /** The offset of the element of the first window that is so many rows and columns from its first one. */
  readonly offset: (down: number, across: number) => number;
};

/** Returns the layout of planes. */
export function planesOf({ dtype, channels, height, width, margins, stride: [down, across] }: Images): Planes {
  const bytes = BYTES_PER_ELEMENT[dtype], { top, left, bottom, right } = margins;
  const rows = Math.ceil((top + height + bottom) / down), columns = Math.ceil((left + width + right) / across);
  const row = columns * bytes, plane = rows * row, channel = down * across * plane;
  return {
    row,
    channel,
    bytes: toLines(channels * channel) + SLACK,
    offset: (u, v) =>
      ((u % down) * across + v % across) * plane + Math.floor(u / down) * row + Math.floor(v / across) * bytes,
  };
}

/** Bytes behind the planes: those of several vectors. */
const SLACK = 512;

/** Writes zeros in all planes: what is not covered by an image stays zero. */
export function clearPlanes(code: Code, lanes: Lanes, { bytes }: Pick<Planes, "bytes">, to: Pointer): void {
  const zero = code.vector(), together = 4 * lanes.width;
  lanes.zero(zero);
  const store = () => {
    for (let k = 0; k < 4; k++) lanes.store(at(to, k * lanes.width), zero);
  };
  code.loop(Math.floor(bytes / together), [[to, together]], store);
  const rest = bytes % together / lanes.width;
  for (let k = 0; k < rest; k++) lanes.store(at(to, k * lanes.width), zero);
  code.move(to, -Math.floor(bytes / together) * together);
  code.free(zero);
}

/** Copies the channels of an image into planes. Both pointers are the same afterwards. */
export function fillPlanes(code: Code, lanes: Lanes, images: Images, planes: Planes, from: Pointer, to: Pointer): void {
  const { channels, height, channel, row, margins: { top }, stride: [down] } = images;
  const moves: readonly Move[] = [[from, channel], [to, planes.channel]];
  code.loop(channels, moves, () => {
    for (let remainder = 0; remainder < down; remainder++) {
      // The rows of the image that come to lie in the planes of this remainder.
      const first = (remainder - top % down + down) % down, count = Math.ceil((height - first) / down);
      if (count <= 0) continue;
      const source = code.pointerTo(at(from, first * row)),
        target = code.pointerTo(at(to, planes.offset(top + first, 0)));
      fillRows(code, lanes, images, planes, { count, step: down * row }, source, target);
      code.free(source, target);
    }
  });
  moves.forEach(([pointer, by]) => code.move(pointer, -channels * by));
}

/** Copies rows. */
function fillRows(
  code: Code,
  lanes: Lanes,
  { width, margins: { left }, stride: [, across] }: Images,
  planes: Planes,
  { count, step }: { readonly count: number; readonly step: number },
  from: Pointer,
  to: Pointer,
): void {
  if (across === 1) {
    code.move(to, left * lanes.bytes);
    return copyLines(code, lanes, { lines: count, length: width, fromStep: step, toStep: planes.row }, from, to);
  }
  if (across > 2) return gatherRows(code, lanes, { width, left, across }, planes, { count, step }, from, to);
  // Elements at even places of the row go to one plane, those at odd ones to the other.
  const even = planes.offset(0, left), odd = planes.offset(0, left + 1);
  code.loop(count, [[from, step], [to, planes.row]], () => splitRow(code, lanes, width, from, to, even, odd));
}

/** Copies rows whose elements go to more than two planes. */
function gatherRows(
  code: Code,
  lanes: Lanes,
  { width, left, across }: { readonly width: number; readonly left: number; readonly across: number },
  planes: Planes,
  { count, step }: { readonly count: number; readonly step: number },
  from: Pointer,
  to: Pointer,
): void {
  const { bytes, count: lanesOf, width: vector } = lanes, x = code.vector();
  const moves: readonly Move[] = [[from, step], [to, planes.row]];
  for (let first = 0; first < Math.min(across, width); first++) {
    // The elements from this one on, a stride apart, lie side by side in a plane.
    const elements = Math.ceil((width - first) / across),
      turns = Math.floor(elements / lanesOf),
      rest = elements % lanesOf;
    const edge = rest === 0 ? undefined : lanes.edge(rest);
    code.loop(count, moves, () => {
      const source = code.pointerTo(at(from, first * bytes)),
        target = code.pointerTo(at(to, planes.offset(0, left + first)));
      code.loop(turns, [[source, across * vector], [target, vector]], () => {
        loadStrided(lanes, x, at(source), across * bytes);
        lanes.store(at(target), x);
      });
      if (edge !== undefined) {
        loadStrided(lanes, x, at(source), across * bytes, rest);
        lanes.store(at(target), x, edge);
      }
      code.free(source, target);
    });
    if (edge !== undefined) lanes.release(edge);
    moves.forEach(([pointer, by]) => code.move(pointer, -count * by));
  }
  code.free(x);
}

/** Separates a row into its even and its odd elements. */
function splitRow(
  code: Code,
  given: Lanes,
  width: number,
  from: Pointer,
  to: Pointer,
  even: number,
  odd: number,
): void {
  const lanes = new Lanes(code, given.dtype, 256), { count } = lanes, turns = Math.floor(width / (2 * count));
  const [x, y, z] = code.vectors(3), rest = width % (2 * count);
  const some = (source: Pointer, target: Pointer, left: number) => {
    const edgeOf = (elements: number): Edge | undefined =>
      elements > 0 && elements < count ? lanes.edge(elements) : undefined;
    const apart = (elements: number, use: (edge: Edge | undefined) => void) => {
      const edge = edgeOf(elements);
      if (elements > 0) use(edge);
      if (edge !== undefined) lanes.release(edge);
    };
    apart(Math.min(count, left), (edge) => lanes.load(x!, at(source), edge));
    if (left > count) apart(left - count, (edge) => lanes.load(y!, at(source, lanes.width), edge));
    else lanes.zero(y!);
    for (const [offset, isOdd] of [[even, false], [odd, true]] as const) {
      separate(code, lanes, z!, x!, y!, isOdd);
      apart(Math.floor((left + (isOdd ? 0 : 1)) / 2), (edge) => lanes.store(at(target, offset), z!, edge));
    }
  };
  const source = code.pointerTo(at(from)), target = code.pointerTo(at(to));
  code.loop(turns, [[source, 2 * lanes.width], [target, lanes.width]], () => some(source, target, 2 * count));
  if (rest > 0) some(source, target, rest);
  code.free(source, target, x!, y!, z!);
}

/** Takes the even or the odd elements of two vectors. */
function separate(
  code: Code,
  lanes: Lanes,
  to: Parameters<Lanes["zero"]>[0],
  x: typeof to,
  y: typeof to,
  isOdd: boolean,
): void {
  // Within each half first; then the halves are put in order.
  if (lanes.dtype === "float32") lanes.binary("shuf", to, x, y, { immediate: isOdd ? 0xdd : 0x88 });
  else lanes.binary(isOdd ? "unpckh" : "unpckl", to, x, y);
  code.assembler.vector("unary", "vpermq", 256, [to, to], { immediate: 0xd8 });
}

/**
 * Short lines of windows, copied one after the other, so that vectors are full.
 *
 * @module
 */
import { toLines } from "../../alignment.ts";
import type { Bits } from "../assembler/registers.ts";
import type { Code } from "../code/code.ts";
import { Lanes } from "../code/lanes.ts";
import { at, type Pointer, type Region } from "../code/regions.ts";
import type { Windows } from "./windows.ts";

/** Windows whose elements are copied first. */
export type Dense = {
  /** The windows as they are in the planes, and as they are in the copy: one line. */
  readonly from: Windows;
  readonly to: Windows;
  /** Bytes of the copy, and some behind it that may be written. */
  readonly bytes: number;
};

/** The part of a vector that lines must fill: lines that fill less are copied. */
const FULL = 0.6;

/** The most copies that are written without a loop. */
const MOST_COPIES = 512;

/** Bytes of the widest vector, of which a part may be written behind a line. */
const SLACK = 64;

/** Returns how windows are copied; `undefined` if their lines fill vectors as they are. */
export function denseOf(windows: Windows, bytes: number, bits: Bits): Dense | undefined {
  const { channels, taps, lines, length } = windows, lanes = bits / 8 / bytes;
  const share = (count: number) => count / (Math.ceil(count / lanes) * lanes), isShort = length <= lanes;
  if (!isShort || share(length) > FULL || share(lines * length) < share(length) * 1.2) return undefined;
  if (lines * taps.length > MOST_COPIES) return undefined;
  const row = toLines(lines * length * bytes), results = lines * length * bytes;
  return {
    from: windows,
    to: {
      ...windows,
      channelPlanes: taps.length * row,
      taps: taps.map(({ a }, k) => ({ a, b: k * row })),
      lines: 1,
      length: lines * length,
      linePlanes: 0,
      lineResults: results,
    },
    bytes: channels * taps.length * row + SLACK,
  };
}

/** Copies the windows of a group. The pointer to the planes is the same afterwards. */
export function copyWindows(
  code: Code,
  given: Lanes,
  { from, to }: Dense,
  planes: Pointer,
  copy: Region,
  offset: number,
): void {
  const { channels, channelPlanes, taps, lines, length, linePlanes } = from, bytes = length * given.bytes;
  const lanes = new Lanes(code, given.dtype, bytes <= 16 ? 128 : bytes <= 32 ? 256 : given.bits);
  const x = code.vector(), target = code.pointer(copy, offset);
  code.loop(channels, [[planes, channelPlanes], [target, to.channelPlanes]], () => {
    taps.forEach(({ b }, k) => {
      // Whole vectors: what lies behind a line is overwritten by the next one.
      for (let line = 0; line < lines; line++) {
        lanes.load(x, at(planes, b + line * linePlanes));
        lanes.store(at(target, to.taps[k]!.b + line * bytes), x);
      }
    });
  });
  code.move(planes, -channels * channelPlanes);
  code.free(x, target);
}

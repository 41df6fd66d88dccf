/**
 * The kernels of depthwise convolution with 3 x 3 adjacent elements and windows one step apart, as in most depthwise
 * convolutions.
 *
 * Images are read in place, without padding: a row outside is a row of zeros, and at the left and the right one element
 * is masked. All addresses and steps are in bytes.
 *
 * @module
 */
import {
  type Expression,
  f64x2,
  type FunctionBuilder,
  i32,
  type Local,
  type ModuleBuilder,
  select,
  v128,
} from "../../wasm/mod.ts";
import { type LaneInstructions, widened } from "../lane_instructions.ts";

/** The rows and columns of a kernel. */
const SIDE = 3;

/**
 * The rows and vectors of windows in registers. An element that both rows see is read once; 2 x 2 sums, 9 factors and
 * the elements read leave 2 of 16 registers. Measured, 56 x 56: 0.42 ns per element; 1 x 2: 0.81, 3 x 2: 0.40.
 */
const BLOCK_ROWS = 2, BLOCK_VECTORS = 2;

/**
 * Images `[height, width]` and windows `[rows, columns]`, both row-major. `source` is the start of an image minus the
 * padding at the left; `top` rows of padding are above it. `zeros` is as long as a row of windows and a vector; `masks`
 * are those of {@link maskBits}.
 */
const PARAMETERS = {
  planes: "i32",
  rows: "i32",
  columns: "i32",
  top: "i32",
  height: "i32",
  width: "i32",
  zeros: "i32",
  masks: "i32",
  weight: "i32",
  weightPlane: "i32",
  source: "i32",
  sourcePlane: "i32",
  target: "i32",
  targetPlane: "i32",
} as const;

type FunctionParameters = { readonly [K in keyof typeof PARAMETERS]: Local<"i32"> };

/** Returns the smallest number of rows and columns of windows that both kernels can compute: more than one block. */
export const leastWindows = (bytes: number): { readonly rows: number; readonly columns: number } => ({
  rows: BLOCK_ROWS,
  columns: BLOCK_VECTORS * 16 / bytes + 1,
});

/** Returns the addresses of the rows of the image that windows of row `i` see, and of the rows after it. */
function lines(
  f: FunctionBuilder,
  bytes: number,
  p: FunctionParameters,
  i: Local<"i32">,
  count: number,
): readonly Local<"i32">[] {
  const row = f.let(i32.sub(i, p.top)), step = f.let(i32.mul(p.width, bytes));
  const address = f.let(i32.add(p.source, i32.mul(row, step)));
  return Array.from({ length: count }, () => {
    const line = f.let(select(i32.lt_u(row, p.height), address, p.zeros));
    f.increment(row, 1);
    f.increment(address, step);
    return line;
  });
}

/**
 * Works along a row in steps of `step` bytes: `work(at, place)` receives the distance from the row's start, and whether
 * it is at the left end, the right end or between. The last step is moved back to fit in the row.
 */
function alongRow(
  f: FunctionBuilder,
  row: Local<"i32">,
  step: number,
  work: (at: Local<"i32">, place: Place) => void,
): void {
  const at = f.local("i32"), last = f.let(i32.sub(row, step));
  f.set(at, 0);
  work(at, "left");
  f.for({ counter: at, from: step, to: last, step }, () => work(at, "between"));
  work(last, "right");
}

/** Additions in a lane, and those of one more row, before its sum is carried over to float64. */
const DEPTH = 32;

type Place = "left" | "between" | "right";

/** Loads the elements that windows see at an address; a mask clears the lane outside the image, first or last. */
function see(at: Local<"i32">, offset: number, mask?: Local<"v128">): Expression<"v128"> {
  return mask === undefined ? v128.load(at, offset) : v128.and(v128.load(at, offset), mask);
}

/**
 * Builds `threeByThree(…PARAMETERS)`: for each plane, `target[i, j]` is the sum over `u` and `v` of `weight[u, v]`
 * times the element that window `[i, j]` sees at `[u, v]`. At the edges, blocks are moved back to fit, and the windows
 * that they share are computed twice.
 */
export function buildThreeByThree(m: ModuleBuilder, lanes: LaneInstructions): void {
  const { bytes, loadSplat, multiplyAdd, vector } = lanes;
  m.function({ name: "threeByThree", parameters: PARAMETERS }, (f, p) => {
    const sums = Array.from({ length: BLOCK_ROWS }, () => Array.from({ length: BLOCK_VECTORS }, () => f.local("v128")));
    const row = f.let(i32.mul(p.columns, bytes)), seen = f.local("v128"), lastRow = f.let(i32.sub(p.rows, BLOCK_ROWS));
    const left = f.let(v128.load(p.masks)), right = f.let(v128.load(p.masks, 16));
    f.for({ to: p.planes }, () => {
      const factors = Array.from({ length: SIDE ** 2 }, (_, k) => f.let(loadSplat(p.weight, k * bytes)));
      f.for({ to: p.rows, step: BLOCK_ROWS }, (next) => {
        const i = f.let(select(i32.lt_s(next, lastRow), next, lastRow));
        const from = lines(f, bytes, p, i, BLOCK_ROWS + SIDE - 1), to = f.let(i32.add(p.target, i32.mul(i, row)));
        alongRow(f, row, BLOCK_VECTORS * 16, (j, place) => {
          const maskOf = (v: number, k: number) =>
            place === "left" && v === 0 && k === 0
              ? left
              : place === "right" && v === SIDE - 1 && k === BLOCK_VECTORS - 1
              ? right
              : undefined;
          from.forEach((line, s) => {
            const at = f.let(i32.add(line, j));
            for (let v = 0; v < SIDE; v++) {
              for (let k = 0; k < BLOCK_VECTORS; k++) {
                f.set(seen, see(at, 16 * k + v * bytes, maskOf(v, k)));
                for (let r = Math.max(0, s - SIDE + 1); r <= Math.min(BLOCK_ROWS - 1, s); r++) {
                  const sum = sums[r]![k]!, factor = factors[(s - r) * SIDE + v]!;
                  // Sums begin with 0: products of -0 alone do not make them -0.
                  f.set(sum, multiplyAdd(seen, factor, s === r && v === 0 ? vector.const(0) : sum));
                }
              }
            }
          });
          const out = f.let(i32.add(to, j));
          sums.forEach((own) => {
            own.forEach((sum, k) => f.do(v128.store(out, sum, 16 * k)));
            f.increment(out, row);
          });
        });
      });
      f.increment(p.weight, p.weightPlane);
      f.increment(p.source, p.sourcePlane);
      f.increment(p.target, p.targetPlane);
    });
  });
}

/**
 * Builds `threeByThreeProducts(…PARAMETERS)`: for each plane, `u` and `v`, adds to the two float64 lanes of `weight[u,
 * v]` the products of `target[i, j]` and the element of window `[i, j]` there. At the right, windows that were added
 * before are masked.
 */
export function buildThreeByThreeProducts(m: ModuleBuilder, lanes: LaneInstructions): void {
  const { bytes, multiplyAdd, vector } = lanes;
  m.function({ name: "threeByThreeProducts", parameters: PARAMETERS }, (f, p) => {
    const sums = Array.from({ length: SIDE ** 2 }, () => f.local("v128")), given = f.local("v128");
    const row = f.let(i32.mul(p.columns, bytes));
    const left = f.let(v128.load(p.masks)),
      right = f.let(v128.load(p.masks, 16)),
      fresh = f.let(v128.load(p.masks, 32));
    f.for({ to: p.planes }, () => {
      const to = f.let(p.target), added = f.local("i32");
      const carry = () => {
        sums.forEach((sum, k) => {
          f.do(v128.store(p.weight, f64x2.add(v128.load(p.weight, 16 * k), widened(lanes, sum)), 16 * k));
          f.set(sum, vector.const(0));
        });
        f.set(added, 0);
      };
      sums.forEach((sum) => f.set(sum, vector.const(0)));
      f.set(added, 0);
      f.for({ to: p.rows }, (i) => {
        const from = lines(f, bytes, p, i, SIDE);
        alongRow(f, row, 16, (j, place) => {
          const known = v128.load(i32.add(to, j));
          f.set(given, place === "right" ? v128.and(known, fresh) : known);
          from.forEach((line, u) => {
            const at = f.let(i32.add(line, j));
            for (let v = 0; v < SIDE; v++) {
              const mask = place === "left" && v === 0 ? left : place === "right" && v === SIDE - 1 ? right : undefined;
              const sum = sums[u * SIDE + v]!;
              f.set(sum, multiplyAdd(see(at, v * bytes, mask), given, sum));
            }
          });
        });
        f.increment(to, row);
        f.increment(added, p.columns);
        f.if(i32.ge_s(added, DEPTH * lanes.count), carry);
      });
      carry();
      f.increment(p.weight, p.weightPlane);
      f.increment(p.source, p.sourcePlane);
      f.increment(p.target, p.targetPlane);
    });
  });
}

/** The number of bytes in the masks of {@link maskBits}. */
export const MASK_BYTES = 48;

/** Returns the bits of masks: for the left and the right of an image, and for windows at a row's end seen before. */
export function maskBits(
  bytes: number,
  { left, right, columns }: { readonly left: number; readonly right: number; readonly columns: number },
): readonly number[] {
  const lanes = 16 / bytes, seen = (lanes - columns % lanes) % lanes;
  const vector = (isSet: (lane: number) => boolean) =>
    Array.from({ length: 4 }, (_, word) => isSet(Math.floor(word * 4 / bytes)) ? -1 : 0);
  return [
    ...vector((lane) => lane >= left),
    ...vector((lane) => lane < lanes - right),
    ...vector((lane) => lane >= seen),
  ];
}

/**
 * The kernels of convolution: they copy images to grids and back, pack the windows into panels for `gemm`, and compute
 * filters that see a single channel by direct loops.
 *
 * All addresses and steps are in bytes. Tables hold 32-bit integers.
 *
 * @module
 */
import { f64, f64x2, i32, type Local, memory, type ModuleBuilder, v128 } from "../../wasm/mod.ts";
import { type LaneInstructions, shuffle, type Vector, wide } from "../lane_instructions.ts";
import { TILE_VECTORS } from "../micro_kernel.ts";
import { transposed } from "../pack_kernel.ts";
import { carryOver, forEachElement } from "../run_loop.ts";
import { buildThreeByThree, buildThreeByThreeProducts } from "./three_by_three_kernel.ts";
import type { KernelModule } from "../kernels.ts";
import { buildWideSums } from "../wide_sums_kernel.ts";

/** The kernels of convolutions. */
export const CONVOLUTION_KERNELS: KernelModule = { name: "convolution", build: buildConvolution };

/** Builds the module: `clear`, `move`, `packRuns`, `packColumns`, `taps`, `tapProducts`, and the kernels for 3 x 3 elements and wide sums. */
export function buildConvolution(m: ModuleBuilder, lanes: LaneInstructions): void {
  m.function({ name: "clear", parameters: { address: "i32", bytes: "i32" } }, (f, { address, bytes }) => {
    f.do(memory.fill(address, 0, bytes));
  });
  buildMove(m, lanes);
  buildPackRuns(m, lanes);
  buildPackColumns(m, lanes);
  buildTaps(m, lanes);
  buildTapProducts(m, lanes);
  buildThreeByThree(m, lanes);
  buildThreeByThreeProducts(m, lanes);
  buildWideSums(m, lanes);
}

/**
 * Builds `move(planes, rows, count, source, sourcePlane, sourceRow, sourceStep, target, targetPlane, targetRow,
 * targetStep)`: copies `rows` runs of `count` elements in each plane. Elements one or two steps apart are read as
 * vectors.
 */
function buildMove(m: ModuleBuilder, lanes: LaneInstructions): void {
  const source = { source: "i32", sourcePlane: "i32", sourceRow: "i32", sourceStep: "i32" } as const;
  const target = { target: "i32", targetPlane: "i32", targetRow: "i32", targetStep: "i32" } as const;
  const parameters = { planes: "i32", rows: "i32", count: "i32", ...source, ...target } as const;
  m.function({ name: "move", parameters }, (f, p) => {
    // Whole vectors, then one that ends with the run: the elements that it shares with the vector before are moved
    // twice.
    const vectors = (to: Local<"i32">, read: (at: Local<"i32">) => Vector) => {
      const last = f.let(i32.mul(i32.sub(p.count, lanes.count), lanes.bytes)), at = f.local("i32");
      f.for({ counter: at, from: 0, to: last, step: 16 }, () => f.do(v128.store(i32.add(to, at), read(at))));
      f.do(v128.store(i32.add(to, last), read(last)));
    };
    const long = f.let(i32.and(i32.eq(p.targetStep, lanes.bytes), i32.ge_s(p.count, lanes.count)));
    const runs = f.let(i32.and(long, i32.eq(p.sourceStep, lanes.bytes)));
    const pairs = f.let(i32.and(long, i32.eq(p.sourceStep, 2 * lanes.bytes)));
    const even = Array.from({ length: lanes.count }, (_, lane) => 2 * lane);
    f.for({ to: p.planes }, () => {
      const from = f.let(p.source), to = f.let(p.target);
      f.for({ to: p.rows }, () => {
        f.block((done) => {
          f.if(runs, () => {
            vectors(to, (at) => v128.load(i32.add(from, at)));
            f.branch(done);
          });
          f.if(pairs, () => {
            vectors(to, (at) => {
              const pair = f.let(i32.add(from, i32.shl(at, 1)));
              return shuffle(v128.load(pair), v128.load(pair, 16), even);
            });
            f.branch(done);
          });
          const read = f.let(from), write = f.let(to);
          f.for({ to: p.count }, () => {
            f.do(lanes.scalar.store(write, lanes.scalar.load(read)));
            f.increment(read, p.sourceStep);
            f.increment(write, p.targetStep);
          });
        });
        f.increment(from, p.sourceRow);
        f.increment(to, p.targetRow);
      });
      f.increment(p.source, p.sourcePlane);
      f.increment(p.target, p.targetPlane);
    });
  });
}

/**
 * Builds `packRuns(columns, depth, table, source, target)`: packs panels of a matrix whose row `k` is the run that
 * starts at `source + table[k]`. The last panel is as wide as the others, and contains the elements that follow the
 * run.
 */
function buildPackRuns(m: ModuleBuilder, { bytes, count }: LaneInstructions): void {
  const width = TILE_VECTORS * count,
    parameters = { columns: "i32", depth: "i32", table: "i32", source: "i32", target: "i32" } as const;
  m.function({ name: "packRuns", parameters }, (f, { columns, depth, table, source, target }) => {
    f.for({ to: columns, step: width }, () => {
      const entry = f.let(table);
      f.for({ to: depth }, () => {
        const from = f.let(i32.add(source, i32.load(entry)));
        for (let at = 0; at < TILE_VECTORS * 16; at += 16) f.do(v128.store(target, v128.load(from, at), at));
        f.increment(target, TILE_VECTORS * 16);
        f.increment(entry, 4);
      });
      f.increment(source, width * bytes);
    });
  });
}

/**
 * Builds `packColumns(columns, depth, table, source, target)`: packs panels of a matrix whose column `j` is the run
 * that starts at `source + table[j]`. The table has entries for all columns of the last panel.
 */
function buildPackColumns(m: ModuleBuilder, lanes: LaneInstructions): void {
  const { bytes, count, scalar } = lanes, width = TILE_VECTORS * count, step = width * bytes;
  const parameters = { columns: "i32", depth: "i32", table: "i32", source: "i32", target: "i32" } as const;
  m.function({ name: "packColumns", parameters }, (f, { columns, depth, table, source, target }) => {
    const panelBytes = f.let(i32.mul(depth, step));
    f.for({ to: columns, step: width }, () => {
      for (let i = 0; i < width; i += count) {
        const from = Array.from({ length: count }, (_, k) => f.let(i32.add(source, i32.load(table, 4 * (i + k)))));
        const to = f.let(i32.add(target, i * bytes)), p = f.local("i32");
        const advance = (elements: number) => {
          from.forEach((address) => f.increment(address, elements * bytes));
          f.increment(to, elements * step);
        };
        f.for({ counter: p, from: 0, to: i32.sub(depth, count - 1), step: count }, () => {
          const square = transposed(f, lanes, from.map((address) => f.let(v128.load(address))));
          square.forEach((vector, k) => f.do(v128.store(to, vector, k * step)));
          advance(count);
        });
        f.for({ counter: p, to: depth }, () => {
          from.forEach((address, k) => f.do(scalar.store(to, scalar.load(address), k * bytes)));
          advance(1);
        });
      }
      f.increment(table, 4 * width);
      f.increment(target, panelBytes);
    });
  });
}

/** The number of vectors of windows that {@link buildTaps} keeps in registers. */
const TAP_VECTORS = 8;

/** Parameters of both single-channel kernels: `table` has two offsets for every tap, of its weight and its source. */
const TAP_PARAMETERS = {
  planes: "i32",
  windows: "i32",
  taps: "i32",
  table: "i32",
  weight: "i32",
  weightPlane: "i32",
  source: "i32",
  sourcePlane: "i32",
  target: "i32",
  targetPlane: "i32",
} as const;

/**
 * Builds `taps(…TAP_PARAMETERS)`: for each plane, `target[p]` is the sum over the taps of `weight[table[2 t]]` times
 * `source[p + table[2 t + 1]]`. Windows are rounded up to whole vectors.
 */
function buildTaps(m: ModuleBuilder, lanes: LaneInstructions): void {
  m.function({ name: "taps", parameters: TAP_PARAMETERS }, (f, p) => {
    const sums = Array.from({ length: TAP_VECTORS }, () => f.local("v128"));
    f.for({ to: p.planes }, () => {
      const i = f.local("i32"), from = f.let(p.source), to = f.let(p.target);
      f.set(i, 0);
      for (const vectors of [TAP_VECTORS, 1]) {
        const needed = vectors === 1 ? p.windows : i32.sub(p.windows, vectors * lanes.count - 1);
        f.for({ counter: i, to: needed, step: vectors * lanes.count }, () => {
          const entry = f.let(p.table), factor = f.local("v128"), used = sums.slice(0, vectors);
          used.forEach((sum) => f.set(sum, lanes.vector.const(0)));
          f.for({ to: p.taps }, () => {
            const seen = f.let(i32.add(from, i32.load(entry, 4)));
            f.set(factor, lanes.loadSplat(i32.add(p.weight, i32.load(entry))));
            used.forEach((sum, k) => f.set(sum, lanes.multiplyAdd(v128.load(seen, 16 * k), factor, sum)));
            f.increment(entry, 8);
          });
          used.forEach((sum, k) => f.do(v128.store(to, sum, 16 * k)));
          f.increment(from, 16 * vectors);
          f.increment(to, 16 * vectors);
        });
      }
      f.increment(p.weight, p.weightPlane);
      f.increment(p.source, p.sourcePlane);
      f.increment(p.target, p.targetPlane);
    });
  });
}

/** Additions in a lane of float32 before its sum is carried over to float64. */
const DEPTH = 32;

/**
 * `tapProducts(…TAP_PARAMETERS)`: for each plane and tap, adds to the float64 `weight[table[2 t]]` the sum over all
 * windows of `target[p]` times `source[p + table[2 t + 1]]`.
 */
function buildTapProducts(m: ModuleBuilder, lanes: LaneInstructions): void {
  const { vector, scalar, multiplyAdd } = lanes;
  m.function({ name: "tapProducts", parameters: TAP_PARAMETERS }, (f, p) => {
    const sums = Array.from({ length: 4 }, () => f.local("v128")), carried = f.local("v128"), total = f.local("f64");
    const carry = () => carryOver(f, lanes, sums, carried);
    f.for({ to: p.planes }, () => {
      const entry = f.let(p.table);
      f.for({ to: p.taps }, () => {
        const seen = f.let(i32.add(p.source, i32.load(entry, 4))), given = f.let(p.target);
        sums.forEach((sum) => f.set(sum, vector.const(0)));
        f.set(carried, vector.const(0));
        forEachElement(
          f,
          lanes,
          { n: p.windows, pointers: [seen, given], unroll: sums.length, settle: { iterations: DEPTH, emit: carry } },
          (offset, k) => f.set(sums[k]!, multiplyAdd(v128.load(seen, offset), v128.load(given, offset), sums[k]!)),
          () => f.set(total, f64.add(total, wide(scalar.mul(scalar.load(seen), scalar.load(given))))),
          () => {
            carry();
            f.set(total, f64.add(f64x2.extract_lane(carried, 0), f64x2.extract_lane(carried, 1)));
          },
        );
        const to = f.let(i32.add(p.weight, i32.load(entry)));
        f.do(f64.store(to, f64.add(f64.load(to), total)));
        f.increment(entry, 8);
      });
      f.increment(p.weight, p.weightPlane);
      f.increment(p.source, p.sourcePlane);
      f.increment(p.target, p.targetPlane);
    });
  });
}

/**
 * Matrix multiplication: the loops around the micro-kernel, over blocks that fit in the caches.
 *
 * Source: Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008, with two changes. A block of
 * `a` holds whole rows, and is read in place if they are contiguous; and all passes over `k` for one panel of `b` come
 * before the next panel, so that the columns of `c` that they add to stay in the first-level cache.
 *
 * @module
 */
import { call, type Callable, constant, i32, type Local, type ModuleBuilder, select } from "../wasm/mod.ts";
import type { LaneInstructions } from "./lane_instructions.ts";
import { buildMicroKernel, TILE_ROWS, TILE_VECTORS } from "./micro_kernel.ts";
import { buildPackPanels, buildPackRows } from "./pack_kernel.ts";
import type { KernelModule } from "./kernels.ts";

/** The integer parameters of the exported `gemm`, in order: sizes, addresses, and strides in bytes. */
export const GEMM_PARAMETERS = {
  batch: "i32",
  m: "i32",
  n: "i32",
  k: "i32",
  a: "i32",
  aBatch: "i32",
  aRow: "i32",
  aColumn: "i32",
  b: "i32",
  bBatch: "i32",
  bRow: "i32",
  bColumn: "i32",
  c: "i32",
  cBatch: "i32",
  cRow: "i32",
  blockM: "i32",
  blockK: "i32",
  rowsA: "i32",
  rowsStep: "i32",
  panelsB: "i32",
  spare: "i32",
  packed: "i32",
} as const;

const least = (a: Local<"i32">, b: Local<"i32"> | number) =>
  select(i32.lt_s(a, b), a, typeof b === "number" ? constant("i32", b) : b);

/** The kernels of matrix products. */
export const GEMM_KERNELS: KernelModule = { name: "gemm", build: buildGemm };

/**
 * Builds `gemm(…GEMM_PARAMETERS, alpha, beta)`: `c = alpha * a * b + beta * c` for each matrix of a batch. Rows of `c`
 * are contiguous. A block has `blockM` rows and `blockK` steps of `k`. `rowsA` is memory for `blockM` rows of `a`,
 * `rowsStep` bytes apart, needed if they are not contiguous; `panelsB` is memory for one packed `b`, which is packed
 * already if `packed` is not 0; `spare` is memory for one tile. Also exports `packRows`, and `microKernel` for
 * measurements.
 */
export function buildGemm(m: ModuleBuilder, lanes: LaneInstructions): Callable<"none"> {
  const packRows = buildPackRows(m, lanes, "packRows"),
    packPanels = buildPackPanels(m, lanes, TILE_VECTORS * lanes.count);
  const block = buildBlock(m, lanes);
  return m.function(
    { name: "gemm", parameters: { ...GEMM_PARAMETERS, alpha: lanes.type, beta: lanes.type } as const },
    (f, p) => {
      f.for({ to: p.batch }, () => {
        f.if(i32.eqz(p.packed), () => {
          f.do(call(packPanels, p.b, p.bRow, p.bColumn, p.k, p.n, p.panelsB));
          f.set(p.packed, i32.eqz(p.bBatch));
        });
        f.for({ to: p.m, step: p.blockM }, (i) => {
          const rows = f.let(i32.sub(p.m, i)), from = f.let(i32.add(p.a, i32.mul(i, p.aRow))), step = f.let(p.aRow);
          f.set(rows, least(rows, p.blockM));
          f.if(i32.ne(p.aColumn, lanes.bytes), () => {
            f.do(call(packRows, from, p.aRow, p.aColumn, rows, p.k, p.rowsA, p.rowsStep));
            f.set(from, p.rowsA);
            f.set(step, p.rowsStep);
          });
          const to = i32.add(p.c, i32.mul(i, p.cRow));
          f.do(call(block, rows, p.n, p.k, from, step, p.panelsB, to, p.cRow, p.blockK, p.spare, p.alpha, p.beta));
        });
        f.increment(p.a, p.aBatch);
        f.increment(p.b, p.bBatch);
        f.increment(p.c, p.cBatch);
      });
    },
  );
}

/** The parameters of a tile and of a block of tiles, except their sizes. */
const OPERANDS = { a: "i32", aRow: "i32", b: "i32", c: "i32", cRow: "i32" } as const;

/**
 * Builds `block(rows, columns, depth, a, aRow, b, c, cRow, blockK, spare, alpha, beta)`: computes some rows of `c`,
 * tile by tile, from contiguous rows of `a` and packed panels of `b`.
 */
function buildBlock(m: ModuleBuilder, lanes: LaneInstructions): Callable<"none"> {
  const full = buildMicroKernel(m, lanes, TILE_ROWS, TILE_VECTORS, "microKernel"), edge = buildEdge(m, lanes, full);
  const width = TILE_VECTORS * lanes.count, sizes = { rows: "i32", columns: "i32", depth: "i32" } as const;
  const parameters = {
    ...sizes,
    ...OPERANDS,
    blockK: "i32",
    spare: "i32",
    alpha: lanes.type,
    beta: lanes.type,
  } as const;
  return m.function({ parameters }, (f, { rows, columns, depth, a, aRow, b, c, cRow, blockK, spare, alpha, beta }) => {
    const aTile = f.let(i32.mul(aRow, TILE_ROWS)), cTile = f.let(i32.mul(cRow, TILE_ROWS));
    f.for({ to: columns, step: width }, (j) => {
      const wide = f.let(i32.sub(columns, j));
      f.for({ to: depth, step: blockK }, (p) => {
        const pass = f.let(i32.sub(depth, p)), factor = f.let(beta), i = f.local("i32");
        f.set(pass, least(pass, blockK));
        f.if(p, () => f.set(factor, 1));
        const from = f.let(i32.add(a, i32.mul(p, lanes.bytes))), to = f.let(i32.add(c, i32.mul(j, lanes.bytes)));
        const next = () => {
          f.increment(from, aTile);
          f.increment(to, cTile);
        };
        f.set(i, 0);
        f.if(i32.ge_s(wide, width), () => {
          f.for({ counter: i, to: i32.sub(rows, TILE_ROWS - 1), step: TILE_ROWS }, () => {
            f.do(call(full, pass, from, aRow, b, to, cRow, alpha, factor));
            next();
          });
        });
        f.for({ counter: i, to: rows, step: TILE_ROWS }, () => {
          f.do(call(edge, i32.sub(rows, i), wide, pass, from, aRow, b, to, cRow, spare, alpha, factor));
          next();
        });
        f.increment(b, i32.mul(pass, width * lanes.bytes));
      });
    });
  });
}

/**
 * Builds `edge(rows, columns, depth, a, aRow, b, c, cRow, spare, alpha, beta)`: computes a tile at the right or lower
 * edge, or a whole one. Columns that do not fill a vector are computed in `spare`.
 */
function buildEdge(m: ModuleBuilder, lanes: LaneInstructions, full: Callable<"none">): Callable<"none"> {
  const kernels = Array.from({ length: TILE_ROWS }, (_, i) =>
    Array.from({ length: TILE_VECTORS }, (_, j) => {
      const whole = i + 1 === TILE_ROWS && j + 1 === TILE_VECTORS;
      return whole ? full : buildMicroKernel(m, lanes, i + 1, j + 1);
    }));
  const width = TILE_VECTORS * lanes.count, { scalar, bytes } = lanes;
  const sizes = { rows: "i32", columns: "i32", depth: "i32" } as const;
  const parameters = { ...sizes, ...OPERANDS, spare: "i32", alpha: lanes.type, beta: lanes.type } as const;
  return m.function({ parameters }, (f, { rows, columns, depth, a, aRow, b, c, cRow, spare, alpha, beta }) => {
    f.set(columns, least(columns, width));
    f.set(rows, least(rows, TILE_ROWS));
    const vectors = f.let(i32.div_u(i32.add(columns, lanes.count - 1), lanes.count));
    const direct = f.let(i32.eq(columns, i32.mul(vectors, lanes.count)));
    const target = f.let(select(direct, c, spare)), step = f.let(select(direct, cRow, constant("i32", width * bytes)));
    const factor = f.let(beta);
    f.if(i32.eqz(direct), () => f.set(factor, 0));
    f.block((done) => {
      for (let j = 0; j < TILE_VECTORS; j++) {
        f.if(i32.eq(vectors, j + 1), () =>
          kernels.forEach((row, i) =>
            f.if(i32.eq(rows, i + 1), () => {
              f.do(call(row[j]!, depth, a, aRow, b, target, step, alpha, factor));
              f.branch(done);
            })
          ));
      }
    });
    f.if(direct, () => f.return());
    f.for({ to: rows }, () => {
      f.for({ to: columns }, (j) => {
        const from = i32.add(spare, i32.mul(j, bytes)), to = f.let(i32.add(c, i32.mul(j, bytes)));
        const value = f.let(scalar.load(from));
        f.if(scalar.ne(beta, 0), () => f.set(value, scalar.add(value, scalar.mul(beta, scalar.load(to)))));
        f.do(scalar.store(to, value));
      });
      f.increment(spare, width * bytes);
      f.increment(c, cRow);
    });
  });
}

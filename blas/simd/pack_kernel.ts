/**
 * Packing: copying an operand with any strides into the order in which the micro-kernel reads it.
 *
 * Source: Van Zee and van de Geijn, BLIS: A Framework for Rapidly Instantiating BLAS Functionality, 2015, section 3.
 *
 * @module
 */
import { type Callable, type FunctionBuilder, i32, type Local, memory, type ModuleBuilder, v128 } from "../wasm/mod.ts";
import { type LaneInstructions, shuffle, type Vector } from "./lane_instructions.ts";

const PARAMETERS = { source: "i32", row: "i32", column: "i32", rows: "i32", columns: "i32", target: "i32" } as const;

/** A block of a matrix and its destination. Strides are in bytes. */
type Block = {
  readonly source: Local<"i32">;
  readonly row: Local<"i32">;
  readonly column: Local<"i32">;
  readonly rows: Local<"i32">;
  readonly target: Local<"i32">;
};

/**
 * Builds `packPanels(source, row, column, rows, columns, target)`: cuts a matrix into panels of `width` columns, each
 * stored row after row. Rows are `row` bytes apart, columns `column`. The last panel is padded with zeros.
 */
export function buildPackPanels(m: ModuleBuilder, lanes: LaneInstructions, width: number): Callable<"none"> {
  return m.function({ parameters: PARAMETERS }, (f, { columns, ...block }) => {
    const { source, row, column, rows, target } = block;
    const panelBytes = f.let(i32.mul(rows, width * lanes.bytes));
    f.for({ to: columns, step: width }, (done) => {
      const present = f.let(i32.sub(columns, done));
      f.block((packed) => {
        f.if(i32.ge_s(present, width), () => {
          f.if(i32.eq(column, lanes.bytes), () => {
            copyRows(f, lanes, width, block);
            f.branch(packed);
          });
          f.if(i32.eq(row, lanes.bytes), () => {
            transposeColumns(f, lanes, width, block);
            f.branch(packed);
          });
          f.set(present, width);
        }, () => f.do(memory.fill(target, 0, panelBytes)));
        gather(f, lanes, { ...block, across: column, along: row, vectors: present, depth: rows }, width * lanes.bytes);
      });
      f.increment(target, panelBytes);
      f.increment(source, i32.mul(column, width));
    });
  });
}

/** Packs a matrix whose columns are adjacent: every row of a panel is contiguous. */
function copyRows(
  f: FunctionBuilder,
  lanes: LaneInstructions,
  width: number,
  { source, row, rows, target }: Block,
): void {
  const from = f.let(source), to = f.let(target);
  f.for({ to: rows }, () => {
    for (let at = 0; at < width * lanes.bytes; at += 16) f.do(v128.store(to, v128.load(from, at), at));
    f.increment(from, row);
    f.increment(to, width * lanes.bytes);
  });
}

/**
 * Packs a matrix whose columns are contiguous: squares are transposed in registers. Only the columns of one square are
 * read at a time, since columns 4096 bytes apart fall into the same set of the cache.
 */
function transposeColumns(f: FunctionBuilder, lanes: LaneInstructions, width: number, block: Block): void {
  const { source, row, column, rows, target } = block, step = width * lanes.bytes;
  for (let i = 0; i < width; i += lanes.count) {
    const to = f.let(i32.add(target, i * lanes.bytes)), p = f.local("i32");
    const from = Array.from({ length: lanes.count }, (_, k) => f.let(i32.add(source, i32.mul(column, i + k))));
    f.for({ counter: p, from: 0, to: i32.sub(rows, lanes.count - 1), step: lanes.count }, () => {
      const square = transposed(f, lanes, from.map((address) => f.let(v128.load(address))));
      square.forEach((vector, k) => f.do(v128.store(to, vector, k * step)));
      from.forEach((address) => f.increment(address, 16));
      f.increment(to, step * lanes.count);
    });
    f.for({ counter: p, to: rows }, () => {
      from.forEach((address, k) => f.do(lanes.scalar.store(to, lanes.scalar.load(address), k * lanes.bytes)));
      from.forEach((address) => f.increment(address, row));
      f.increment(to, step);
    });
  }
}

/** Transposes a square of as many vectors as a vector has lanes. */
export function transposed(
  f: FunctionBuilder,
  lanes: LaneInstructions,
  [a, b, c, d]: readonly Vector[],
): readonly Vector[] {
  const ab = lanes.interleave(a!, b!);
  if (lanes.count === 2) return ab;
  const cd = lanes.interleave(c!, d!).map((v) => f.let(v));
  return ab.map((v) => f.let(v)).flatMap((v, k) => [shuffle(v, cd[k]!, [0, 2]), shuffle(v, cd[k]!, [1, 3])]);
}

/**
 * Builds `packRows(source, row, column, rows, columns, target, step)`: copies a matrix so that every row is contiguous,
 * with rows `step` bytes apart.
 *
 * Contiguous columns are transposed a few at a time, from top to bottom: columns 4096 bytes apart fall into the same
 * set of the cache, so more of them would evict one another before their cache lines are used up.
 */
export function buildPackRows(m: ModuleBuilder, lanes: LaneInstructions, name?: string): Callable<"none"> {
  return m.function({ name, parameters: { ...PARAMETERS, step: "i32" } }, (f, p) => {
    const { source, row, column, rows, columns, target, step } = p, j = f.local("i32"), { count, bytes } = lanes;
    f.if(i32.eq(row, bytes), () => {
      f.for({ counter: j, from: 0, to: i32.sub(columns, count - 1), step: count }, () => {
        const from = [f.let(source)], to = f.let(target), i = f.local("i32");
        for (let k = 1; k < count; k++) from.push(f.let(i32.add(from[k - 1]!, column)));
        const advance = (elements: number) => {
          from.forEach((address) => f.increment(address, elements * bytes));
          f.increment(to, i32.mul(step, elements));
        };
        f.for({ counter: i, from: 0, to: i32.sub(rows, count - 1), step: count }, () => {
          const at = f.let(to);
          transposed(f, lanes, from.map((address) => f.let(v128.load(address)))).forEach((vector) => {
            f.do(v128.store(at, vector));
            f.increment(at, step);
          });
          advance(count);
        });
        f.for({ counter: i, to: rows }, () => {
          from.forEach((address, k) => f.do(lanes.scalar.store(to, lanes.scalar.load(address), k * bytes)));
          advance(1);
        });
        f.increment(source, i32.mul(column, count));
        f.increment(target, 16);
      });
    });
    f.for({ counter: j, to: columns }, () => {
      const from = f.let(source), to = f.let(target);
      f.for({ to: rows }, () => {
        f.do(lanes.scalar.store(to, lanes.scalar.load(from)));
        f.increment(from, row);
        f.increment(to, step);
      });
      f.increment(source, column);
      f.increment(target, bytes);
    });
  });
}

/** Vectors anywhere in memory, and their strides. */
type Vectors = {
  readonly source: Local<"i32">;
  readonly target: Local<"i32">;
  /** Bytes from one vector to the next, and from one of its elements to the next. */
  readonly across: Local<"i32">;
  readonly along: Local<"i32">;
  readonly vectors: Local<"i32">;
  readonly depth: Local<"i32">;
};

/** Interleaves vectors element by element, for any strides and for panels that are not full. */
function gather(
  f: FunctionBuilder,
  lanes: LaneInstructions,
  { source, target, across, along, vectors, depth }: Vectors,
  step: number,
): void {
  const vector = f.let(source);
  f.for({ to: vectors }, (i) => {
    const from = f.let(vector), to = f.let(i32.add(target, i32.mul(i, lanes.bytes)));
    f.for({ to: depth }, () => {
      f.do(lanes.scalar.store(to, lanes.scalar.load(from)));
      f.increment(from, along);
      f.increment(to, step);
    });
    f.increment(vector, across);
  });
}

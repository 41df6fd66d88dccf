/**
 * Kernels that reduce the rows or the columns of a rectangle of numbers.
 *
 * Sums are accumulated in float64: groups of a few vectors, which are added in pairs before, in the operands' precision. Products
 * are accumulated in float64. The order depends only on positions, so the same numbers always give the same result.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../dtype.ts";
import { accumulatorType, IDENTITY, type Reduction } from "../reduction.ts";
import { f64x2, type FunctionBuilder, i32, i32x4, i8x16, type Local, ModuleBuilder, v128 } from "../wasm/mod.ts";
import { importEngineMemory } from "./engine_memory.ts";
import { FLOAT_VECTORS, laneInstructionsOf, ROTATIONS, type Vector } from "./lane_instructions.ts";

/**
 * Combines `rows` rows of `width` bytes, `step` bytes apart, with accumulators: the kernel `rows` has one for each row,
 * `columns` one for each column. Accumulators of sums and products are float64. Up to 15 bytes after the rectangle are
 * read, and up to 7 accumulators after the last are overwritten.
 *
 * The last argument is for sums of float32: how many of the bytes of a row, or of the rows, are not added in groups before; all
 * of them where a sum is of so few numbers that it shows, otherwise 0. Others do not read it.
 */
export type ReduceKernel = (
  address: number,
  step: number,
  rows: number,
  width: number,
  accumulators: number,
  few: number,
) => void;

/** Both kernels of a reduction. */
export type ReduceKernels = { readonly rows: ReduceKernel; readonly columns: ReduceKernel };

/** The registers in which a row is accumulated: the number of additions in flight. */
const REGISTERS = 8;

/** The vectors of a row, and the rows of a column, that are added in pairs before their sum is added in float64. */
const GROUP = 8;

/** The groups of float64 that are added to a sum of their own. */
const GROUPS = 64;

/** The vectors of such a group in rows of `LONG` bytes, whole blocks, to halve the conversions to float64; not in the last `SHORT` bytes. */
const LONG_GROUP = 16, LONG = 131_072, SHORT = 8192;

const PARAMETERS = { address: "i32", step: "i32", rows: "i32", width: "i32", accumulators: "i32", few: "i32" } as const;

/** Makes the kernels of a reduction for a dtype. */
export function makeReduceKernels(memory: WebAssembly.Memory, reduction: Reduction, dtype: DType): ReduceKernels {
  const module = new WebAssembly.Module(reduceKernelBytes(reduction, dtype));
  const { exports } = new WebAssembly.Instance(module, { engine: { memory } });
  // Exported under this name, with this signature.
  return { rows: exports.rows as ReduceKernel, columns: exports.columns as ReduceKernel };
}

/** Returns the module of a reduction's kernels. */
export function reduceKernelBytes(reduction: Reduction, dtype: DType): Uint8Array<ArrayBuffer> {
  const builder = new ModuleBuilder();
  importEngineMemory(builder);
  builder.named(`${reduction} ${dtype}`, () => buildReductions(builder, reduction, dtype));
  return builder.toBytes();
}

/** Builds the kernels `rows` and `columns`. */
export function buildReductions(builder: ModuleBuilder, reduction: Reduction, dtype: DType): void {
  builder.function({ name: "rows", parameters: PARAMETERS }, (f, given) => {
    const { address, step, rows, accumulators } = given;
    const accumulatorBytes = BYTES_PER_ELEMENT[accumulatorType(reduction, dtype)];
    f.for({ to: rows }, () => {
      reduceRow(f, { reduction, dtype, ...given, accumulator: accumulators });
      f.increment(address, step);
      f.increment(accumulators, accumulatorBytes);
    });
  });
  builder.function({ name: "columns", parameters: PARAMETERS }, (f, locals) => {
    const position = f.local("i32");
    for (const group of [4, 1]) {
      f.for({ counter: position, to: i32.sub(locals.width, 16 * (group - 1)), step: 16 * group }, () => {
        reduceColumns(f, { reduction, dtype, ...locals, position, group });
      });
    }
  });
}

const rotated = (v: Local<"v128">, bytes: number): Vector =>
  i8x16.shuffle(v, v, Array.from({ length: 16 }, (_, i) => (i + bytes) % 16));

/** Returns vectors of float64 with all lanes of a vector of either dtype. */
export const widen = (dtype: DType, v: Local<"v128">): readonly Vector[] => WIDENED[dtype](v);

const WIDENED: { readonly [D in DType]: (v: Local<"v128">) => readonly Vector[] } = {
  float32: (v) => [f64x2.promote_low_f32x4(v), f64x2.promote_low_f32x4(rotated(v, 8))],
  float64: (v) => [v],
};

/** Returns the function that combines two vectors of the accumulators' type. */
export const joinerOf = (reduction: Reduction, dtype: DType) => {
  switch (reduction) {
    case "sum":
      return f64x2.add;
    case "product":
      return f64x2.mul;
    default:
      return FLOAT_VECTORS[dtype][reduction];
  }
};

/** What is reduced, and the kernel's arguments. */
type Given =
  & { readonly reduction: Reduction; readonly dtype: DType }
  & {
    readonly [Name in keyof typeof PARAMETERS]: Local<"i32">;
  };

type Row = Given & { readonly accumulator: Local<"i32"> };

/** Reduces one row and combines the result with its accumulator. */
function reduceRow(f: FunctionBuilder, row: Row): void {
  const of = row.reduction === "sum" ? sumOfRow : row.reduction === "product" ? productOfRow : extremumOfRow;
  joinNumber(f, row, row.accumulator, of(f, row));
}

/** Combines all lanes of a vector of the accumulators' type with an accumulator. */
function joinNumber(f: FunctionBuilder, { reduction, dtype }: Row, accumulator: Local<"i32">, v: Vector): void {
  const kept = f.let(v), type = accumulatorType(reduction, dtype), { vector, scalar } = laneInstructionsOf(type, false);
  const join = joinerOf(reduction, dtype);
  for (const bytes of ROTATIONS[type]) f.set(kept, join(kept, rotated(kept, bytes)));
  const before = vector.splat(scalar.load(accumulator));
  f.do(scalar.store(accumulator, vector.extract_lane(join(before, kept), 0)));
}

/**
 * Visits a row vector by vector; the last one is padded with `identity`.
 *
 * @param absorb Combines a vector with one of the registers, numbered from 0.
 * @param groups If given, it combines vectors that follow one another: as many as the first of `counts` while there are so many, and
 * so on, but not in the last `few` bytes; `settle` is called after every `GROUPS` times as many as the first. If `long`,
 * the first ones of a row of `LONG` bytes are in groups of `LONG_GROUP`.
 */
function forEachVector(
  f: FunctionBuilder,
  { address, width, dtype }: Row,
  identity: number,
  absorb: (v: Vector, register: number) => void,
  groups?: {
    readonly counts: readonly [number, ...number[]];
    readonly few: Local<"i32"> | undefined;
    readonly absorb: (vectors: readonly Vector[]) => void;
    readonly settle: (() => void) | undefined;
    readonly long: boolean;
  },
): void {
  const { counts, settle, long } = groups ?? { counts: [REGISTERS] as const, settle: undefined, long: false },
    [count] = counts;
  const within = groups?.few === undefined ? width : f.let(i32.sub(width, groups.few));
  const several = groups?.absorb ?? ((vectors: readonly Vector[]) => vectors.forEach(absorb));
  const position = f.local("i32"), stride = 16 * count;
  const at = () => i32.add(address, position);
  const all = (count: number) => {
    const base = f.let(at());
    several(Array.from({ length: count }, (_, k) => v128.load(base, 16 * k)));
  };
  f.set(position, 0);
  if (long) {
    // Errors of short groups are smaller: that shows where there are few.
    const loop = { counter: position, to: i32.sub(within, SHORT), step: 16 * LONG_GROUP };
    f.if(i32.ge_s(width, LONG), () => f.for(loop, () => all(LONG_GROUP)));
  }
  if (settle !== undefined) {
    f.while(i32.le_s(position, i32.sub(width, stride * GROUPS)), () => {
      f.for({ to: GROUPS }, () => {
        all(count);
        f.increment(position, stride);
      });
      settle();
    });
  }
  for (const some of counts) {
    f.for({ counter: position, to: i32.sub(within, 16 * some - 1), step: 16 * some }, () => all(some));
  }
  f.for({ counter: position, to: i32.sub(width, 15), step: 16 }, () => absorb(v128.load(at()), 0));
  f.if(i32.lt_s(position, width), () => {
    const left = i32.sub(width, position), fill = FLOAT_VECTORS[dtype].const(identity);
    const inside = i32x4.gt_s(i32x4.splat(left), i32x4.const(0, 4, 8, 12));
    absorb(v128.bitselect(v128.load(at()), fill, inside), 0);
  });
}

/** Adds vectors in pairs, and the pairs in pairs. */
function inPairs(float: (typeof FLOAT_VECTORS)[DType], vectors: readonly Vector[]): Vector {
  if (vectors.length === 1) return vectors[0]!;
  const half = Math.ceil(vectors.length / 2);
  return float.add(inPairs(float, vectors.slice(0, half)), inPairs(float, vectors.slice(half)));
}

/** Returns the sum of a row, spread over the lanes of a float64 vector. */
function sumOfRow(f: FunctionBuilder, row: Row): Vector {
  const { dtype, few } = row, float = FLOAT_VECTORS[dtype], isNarrow = dtype === "float32", zero = f64x2.const(0);
  const sums = Array.from({ length: isNarrow ? 2 : 1 }, () => f.local("v128")), settled = f.local("v128");
  [...sums, settled].forEach((sum) => f.set(sum, zero));
  const absorb = (v: Vector) => widen(dtype, f.let(v)).forEach((part, k) => f.set(sums[k]!, f64x2.add(sums[k]!, part)));
  // Sums of float32 lose nothing in float64; those of float64 are added in blocks.
  const settle = () => {
    f.set(settled, f64x2.add(settled, sums[0]!));
    f.set(sums[0]!, zero);
  };
  forEachVector(f, row, 0, absorb, {
    counts: isNarrow ? [REGISTERS, REGISTERS / 2] : [REGISTERS],
    few: isNarrow ? few : undefined,
    // The halves of a long group meet by the next lane: numbers whose signs alternate cancel before they are many.
    absorb: (vectors) => {
      const last = inPairs(float, vectors.slice(-GROUP));
      absorb(
        vectors.length > GROUP ? float.add(rotated(f.let(last), 4), inPairs(float, vectors.slice(0, -GROUP))) : last,
      );
    },
    settle: isNarrow ? undefined : settle,
    long: isNarrow,
  });
  return f64x2.add(sums[0]!, isNarrow ? sums[1]! : settled);
}

/** Returns the product of a row, spread over the lanes of a float64 vector. */
function productOfRow(f: FunctionBuilder, row: Row): Vector {
  const registers = Array.from({ length: REGISTERS }, () => f.let(f64x2.const(1)));
  registers.forEach((register) => f.set(register, f64x2.const(1)));
  forEachVector(f, row, 1, (v, k) => {
    widen(row.dtype, f.let(v)).forEach((part, i) => {
      const register = registers[(k + i * REGISTERS / 2) % REGISTERS]!;
      f.set(register, f64x2.mul(register, part));
    });
  });
  return registers.slice(1).reduce<Vector>((product, register) => f64x2.mul(product, register), registers[0]!);
}

/** Returns the extremum of a row, each lane holding that of some elements; NaN in all lanes if one element is NaN. */
function extremumOfRow(f: FunctionBuilder, row: Row): Vector {
  const { reduction, dtype } = row, float = FLOAT_VECTORS[dtype], largest = reduction === "max";
  const identity = float.const(IDENTITY[reduction]);
  const registers = Array.from({ length: REGISTERS }, () => f.local("v128"));
  // Two of each, alternating: some processors take two cycles for `or`.
  const pair = () => [f.local("v128"), f.local("v128")] as const, nans = pair(), signs = pair();
  registers.forEach((register) => f.set(register, identity));
  nans.forEach((nan) => f.set(nan, i32x4.const(0)));
  signs.forEach((sign) => f.set(sign, identity));
  // pmax is one instruction where max is eight, but it loses NaN and does not order -0 and 0. So NaN is detected and
  // signs are combined separately: the maximum is negative, or -0, if all numbers are; the minimum is if any number is.
  const join = largest ? float.pmax : float.pmin, joinSigns = largest ? v128.and : v128.or;
  forEachVector(f, row, IDENTITY[reduction], (v, k) => {
    const x = f.let(v), nan = nans[k % 2]!, sign = signs[k % 2]!;
    f.set(nan, v128.or(nan, float.ne(x, x)));
    f.set(sign, joinSigns(sign, x));
    f.set(registers[k]!, join(registers[k]!, x));
  });
  const joined = registers.slice(1).reduce<Vector>((joined, register) => join(joined, register), registers[0]!);
  const result = f.let(v128.bitselect(joinSigns(...signs), joined, float.const(-0)));
  f.if(v128.any_true(v128.or(...nans)), () => f.set(result, float.const(NaN)));
  return result;
}

type Columns = Given & {
  /** The distance from the left edge, in bytes. */
  readonly position: Local<"i32">;
  /** The number of adjacent vectors. */
  readonly group: number;
};

/** Combines a few columns with their accumulators. */
function reduceColumns(f: FunctionBuilder, columns: Columns): void {
  const { reduction, dtype, address, step, rows, accumulators, few, position, group } = columns;
  const type = accumulatorType(reduction, dtype), join = joinerOf(reduction, dtype), float = FLOAT_VECTORS[dtype];
  const perVector = BYTES_PER_ELEMENT[type] / BYTES_PER_ELEMENT[dtype];
  const target = f.let(i32.add(accumulators, perVector === 1 ? position : i32.mul(position, perVector)));
  const row = f.local("i32"), pointer = f.let(i32.add(address, position));
  f.set(row, 0);
  const results = Array.from({ length: group * perVector }, (_, k) => f.let(v128.load(target, 16 * k)));
  const absorb = (k: number, v: Local<"v128">) =>
    (perVector === 1 ? [v] : widen(dtype, v)).forEach((part, i) => {
      const result = results[k * perVector + i]!;
      f.set(result, join(result, part));
    });
  if (reduction === "sum") {
    const within = dtype === "float32" ? i32.sub(rows, few) : rows;
    f.for({ counter: row, to: i32.sub(within, GROUP - 1), step: GROUP }, () => {
      const starts = [pointer];
      for (let r = 1; r < GROUP; r++) starts.push(f.let(i32.add(starts[r - 1]!, step)));
      for (let k = 0; k < group; k++) absorb(k, f.let(inPairs(float, starts.map((at) => v128.load(at, 16 * k)))));
      f.set(pointer, i32.add(starts[GROUP - 1]!, step));
    });
  }
  f.for({ counter: row, to: rows }, () => {
    for (let k = 0; k < group; k++) absorb(k, f.let(v128.load(pointer, 16 * k)));
    f.increment(pointer, step);
  });
  results.forEach((result, k) => f.do(v128.store(target, result, 16 * k)));
}

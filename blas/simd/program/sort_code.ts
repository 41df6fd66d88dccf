/**
 * Sorting the positions of one line of elements, in WebAssembly.
 *
 * Elements become keys, whole numbers that have their order, as in `blas/sort.ts`.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import {
  type Callable,
  constant,
  type Expression,
  f32,
  f32x4,
  f64,
  f64x2,
  type FunctionBuilder,
  i32,
  i64,
  type Local,
  memory,
  type ModuleBuilder,
  select,
  v128,
} from "../../wasm/mod.ts";

/** A line to sort; steps are in bytes. */
export type LineSort = {
  readonly dtype: DType;
  /** How many elements it has, and how many positions are wanted: at least 1 each. */
  readonly count: number;
  readonly wanted: number;
  readonly descending: boolean;
  /** The steps between elements and between results. */
  readonly step: number;
  readonly resultStep: number;
};

const PARAMETERS = { from: "i32", to: "i32", scratch: "i32" } as const;

/** Bytes of scratch memory of {@link buildInsertion}: keys, and positions. */
export const insertionBytes = ({ wanted }: LineSort): number => 12 * (wanted + 1);

/** Returns the key of the element at an address: 32 or 64 bits that grow with the number, or shrink. NaN is the largest. */
function keyAt(f: FunctionBuilder, { dtype, descending }: LineSort, address: Local<"i32">): Expression<"i64"> {
  // -0 + 0 is 0. The bits of negative numbers grow downwards.
  if (dtype === "float32") {
    const x = f.let(f32.add(f32.load(address), 0)), bits = f.let(i32.reinterpret_f32(x));
    const key = i32.xor(bits, i32.or(i32.shr_s(bits, 31), constant("i32", 0x80000000)));
    const ordered = select(f32.eq(x, x), key, constant("i32", -1));
    return i64.extend_i32_u(descending ? i32.xor(ordered, -1) : ordered);
  }
  const x = f.let(f64.add(f64.load(address), 0)), bits = f.let(i64.reinterpret_f64(x));
  const key = i64.xor(bits, i64.or(i64.shr_s(bits, 63n), 1n << 63n));
  const ordered = select(f64.eq(x, x), key, constant("i64", -1n));
  return descending ? i64.xor(ordered, -1n) : ordered;
}

/** Stores a position as a number of the dtype. */
const storePosition = (dtype: DType, to: Local<"i32">, position: Expression<"i32">): Expression<"none"> =>
  dtype === "float32" ? f32.store(to, f32.convert_i32_u(position)) : f64.store(to, f64.convert_i32_u(position));

/**
 * Builds the function that inserts each element before those with larger keys, and keeps the first of them: for short
 * lines, and for few positions of long ones.
 */
export function buildInsertion(m: ModuleBuilder, line: LineSort): Callable<"none"> {
  const { dtype, count, wanted, step, resultStep } = line;
  return m.function({ parameters: PARAMETERS }, (f, { from, to, scratch }) => {
    const places = f.let(i32.add(scratch, 8 * (wanted + 1))), index = f.local("i32"), kept = f.local("i32");
    /** Puts an element in its place among those kept, the last of which has been overwritten if there were too many. */
    const insert = (): void => {
      const key = f.let(keyAt(f, line, from)), at = f.let(i32.shl(kept, 3));
      f.block((found) => {
        f.loop((again) => {
          f.branchIf(found, i32.eqz(at));
          const before = f.let(i32.add(scratch, at)), other = f.let(i64.load(i32.sub(before, 8)));
          f.branchIf(found, i64.le_u(other, key));
          const half = f.let(i32.add(places, i32.shr_u(at, 1)));
          f.do(i64.store(before, other), i32.store(half, i32.load(i32.sub(half, 4))));
          f.increment(at, -8);
          f.branch(again);
        });
      });
      f.do(
        i64.store(i32.add(scratch, at), key),
        i32.store(i32.add(places, i32.shr_u(at, 1)), index),
      );
    };
    f.set(index, 0);
    f.set(kept, 0);
    f.for({ counter: index, to: Math.min(wanted, count) }, () => {
      insert();
      f.increment(from, step);
      f.increment(kept, 1);
    });
    if (count > wanted) {
      // The slot after the last one receives the dropped element.
      f.for({ counter: index, to: count }, () => {
        skipLate(f, line, from, index, f.let(i32.load(i32.add(places, 4 * (wanted - 1)))));
        f.if(i32.lt_s(index, count), () => {
          insert();
          f.increment(from, step);
        });
      });
    }
    f.for({ to: wanted }, (k) => {
      f.do(storePosition(dtype, to, i32.load(i32.add(places, i32.shl(k, 2)))));
      f.increment(to, resultStep);
    });
  });
}

/**
 * Skips elements that come after the last one kept, several at a time; stops at one that may come before it, or at the
 * end.
 */
function skipLate(
  f: FunctionBuilder,
  { dtype, count, step, descending }: LineSort,
  from: Local<"i32">,
  index: Local<"i32">,
  last: Local<"i32">,
): void {
  const bytes = dtype === "float32" ? 4 : 8, lanes = 16 / bytes, vectors = dtype === "float32" ? f32x4 : f64x2;
  const limit = f.let(i32.sub(from, i32.mul(i32.sub(index, last), step))); // the address of the last one kept
  const bound = f.let(bytes === 4 ? v128.load32_splat(limit) : v128.load64_splat(limit));
  const skip = (width: number, load: (address: Local<"i32">) => Expression<"v128">): void =>
    f.block((stop) => {
      f.loop((again) => {
        f.branchIf(stop, i32.gt_s(index, count - width));
        // An element that is neither less nor equal is larger or NaN.
        const x = load(from), isLate = descending ? vectors.le(x, bound) : vectors.ge(x, bound);
        f.branchIf(stop, v128.any_true(v128.not(isLate)));
        f.increment(from, width * step);
        f.increment(index, width);
        f.branch(again);
      });
    });
  if (step === bytes) skip(lanes, (address) => v128.load(address));
  skip(1, (address) => bytes === 4 ? v128.load32_splat(address) : v128.load64_splat(address));
}

/** From here on, digits of 11 bits pay for their larger tables. */
const MANY = 4096;

/** How keys are divided into digits, and the layout of scratch memory. */
function radixPlan({ dtype, count }: LineSort) {
  // A float32 key and its position are one number of 64 bits; a float64 key is followed by its position.
  const width = count < MANY ? 8 : 11, entry = dtype === "float32" ? 8 : 16, first = dtype === "float32" ? 32 : 0;
  const shifts = Array.from({ length: Math.ceil((64 - first) / width) }, (_, k) => first + k * width);
  const table = 4 << width, tables = 2 * count * entry;
  return { width, entry, first, shifts, table, tables, bytes: tables + shifts.length * table };
}

/** Bytes of scratch memory of {@link buildRadixSort}: all keys with their positions twice, and counts of digits. */
export const radixBytes = (line: LineSort): number => radixPlan(line).bytes;

/**
 * Builds the function that sorts digit by digit, the lowest first; elements with the same digit keep their order. All
 * digits are counted as the keys are made, and a digit that is the same in all keys is skipped.
 */
export function buildRadixSort(m: ModuleBuilder, line: LineSort): Callable<"none"> {
  const { dtype, count, wanted, step, resultStep } = line;
  const { width, entry, first, shifts, table, tables, bytes } = radixPlan(line), mask = (1 << width) - 1;
  return m.function({ parameters: PARAMETERS }, (f, { from, to, scratch }) => {
    const counts = f.let(i32.add(scratch, tables)), source = f.let(i32.add(scratch, 0));
    const target = f.let(i32.add(scratch, count * entry)), place = f.let(i32.add(scratch, 0));
    /** Returns the address of the entry for the digit of a number, in one of the tables. */
    const slotOf = (number: Local<"i64">, k: number): Expression<"i32"> => {
      const digit = i32.and(i32.wrap_i64(i64.shr_u(number, BigInt(shifts[k]!))), mask);
      return i32.add(i32.add(counts, k * table), i32.shl(digit, 2));
    };
    f.do(memory.fill(counts, 0, bytes - tables));
    f.for({ to: count }, (index) => {
      const key = keyAt(f, line, from);
      const number = f.let(first === 0 ? key : i64.or(i64.shl(key, 32n), i64.extend_i32_u(index)));
      f.do(i64.store(place, number));
      if (entry === 16) f.do(i32.store(place, index, 8));
      shifts.forEach((_, k) => {
        const slot = f.let(slotOf(number, k));
        f.do(i32.store(slot, i32.add(i32.load(slot), 1)));
      });
      f.increment(place, entry);
      f.increment(from, step);
    });
    shifts.forEach((_, k) => {
      const number = f.local("i64");
      f.set(number, i64.load(source));
      f.if(i32.ne(i32.load(slotOf(number, k)), count), () => {
        // Turns the counts of digits into the positions where their elements begin.
        const slot = f.let(i32.add(counts, k * table)), start = f.let(i32.add(target, 0));
        f.for({ to: 1 << width }, () => {
          const own = f.let(i32.load(slot));
          f.do(i32.store(slot, start));
          f.increment(start, i32.mul(own, entry));
          f.increment(slot, 4);
        });
        const next = f.let(i32.add(source, 0));
        f.for({ to: count }, () => {
          f.set(number, i64.load(next));
          const place = f.let(slotOf(number, k)), goal = f.let(i32.load(place));
          f.do(
            i32.store(place, i32.add(goal, entry)),
            entry === 8 ? i64.store(goal, number) : v128.store(goal, v128.load(next)),
          );
          f.increment(next, entry);
        });
        const other = f.let(i32.add(source, 0));
        f.set(source, target);
        f.set(target, other);
      });
    });
    f.for({ to: wanted }, () => {
      f.do(storePosition(dtype, to, i32.load(source, entry === 16 ? 8 : 0)));
      f.increment(source, entry);
      f.increment(to, resultStep);
    });
  });
}

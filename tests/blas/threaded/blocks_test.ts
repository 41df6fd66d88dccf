/**
 * Plain calls in blocks: blocks.ts, block_code.ts, and what uses them: maps.ts, rows.ts, blas/threaded/row_parts.ts and
 * new_results.ts.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { engines } from "../../../blas/engines.ts";
import { rowsShapes, stageValue } from "../../../blas/rows.ts";
import { sizeOf } from "../../../blas/shape.ts";
import * as scalar from "../../../blas/scalar/scalar.ts";
import { importEngineMemory } from "../../../blas/simd/engine_memory.ts";
import {
  blockTableBytes,
  MOST_NUMBERS,
  numbersOf,
  OPERANDS_FROM,
  OPERANDS_TO,
} from "../../../blas/threaded/block_code.ts";
import { blockThreads } from "../../../blas/threaded/blocks.ts";
import { dividedMaps } from "../../../blas/threaded/maps.ts";
import { copyOf } from "../../../blas/threaded/new_results.ts";
import { type Pool, startPool } from "../../../blas/threaded/pool.ts";
import { dividedRows } from "../../../blas/threaded/rows.ts";
import { allocate, broadcastView, type View, view } from "../../../blas/view.ts";
import { f64, ModuleBuilder } from "../../../blas/wasm/mod.ts";

async function onThreads(threads: number, test: (pool: Pool) => void): Promise<void> {
  const pool = await startPool(threads);
  try {
    test(pool);
  } finally {
    pool.close();
  }
}

/** Makes blocks of one number each, which a kernel doubles; returns a function that computes how many it is given. */
function doubling(pool: Pool) {
  const { scratch, slots, instantiate, run } = blockThreads(pool), m = new ModuleBuilder();
  importEngineMemory(m, undefined, undefined, true);
  const double = instantiate(
    m,
    m.function(
      { name: "run", parameters: { from: "i32", to: "i32" } },
      (f, { from, to }) => f.do(f64.store(to, f64.add(f64.load(from), f64.load(from)))),
    ),
  );
  const places = Array.from({ length: slots }, () => scratch.reserve(16));
  return (
    count: number,
    check: (block: number) => void = () => {},
    directly?: (block: number) => number,
  ): readonly number[] => {
    const results = new Array<number>(count).fill(NaN);
    run({
      count,
      load: (block, slot) => {
        check(block);
        scratch.float64[places[slot]! / 8] = block;
        double(places[slot]!, places[slot]! + 8);
      },
      store: (block, slot) => results[block] = scratch.float64[places[slot]! / 8 + 1]!,
      ...directly && { directly: (block) => results[block] = directly(block) },
    });
    return results;
  };
}

const doubled = (count: number): readonly number[] => Array.from({ length: count }, (_, k) => 2 * k);

Deno.test("every block is loaded, computed and stored once, with any number of threads", async () => {
  for (const threads of [1, 2, 3]) {
    await onThreads(threads, (pool) => {
      const run = doubling(pool);
      for (const count of [1, 2, 7, 8, 9, 100, 1000]) assertEquals(run(count), doubled(count));
    });
  }
});

Deno.test("the calling thread computes blocks in its own way, and no block twice or never", async () => {
  for (const threads of [1, 2, 3]) {
    await onThreads(threads, (pool) => {
      const run = doubling(pool), own = new Set<number>(), loaded = new Set<number>();
      for (const count of [1, 2, 7, 8, 9, 100, 1000]) {
        own.clear();
        loaded.clear();
        const found = run(count, (block) => loaded.add(block), (block) => {
          own.add(block);
          return 2 * block;
        });
        assertEquals(found, doubled(count));
        assertEquals(own.size + loaded.size, count);
        assert([...own].every((block) => !loaded.has(block)));
      }
      assertThrows(
        () =>
          run(1000, undefined, () => {
            throw new TypeError("no such block");
          }),
        TypeError,
        "no such block",
      );
      assertEquals(run(20), doubled(20));
      if (threads === 1) assert(own.size > 900, `${own.size}`);
    });
  }
});

Deno.test("what begins a call is done before anything is computed, and blocks wait for those before them", async () => {
  await onThreads(3, (pool) => {
    const { scratch, slots, instantiate, run, size } = blockThreads(pool), m = new ModuleBuilder();
    importEngineMemory(m, undefined, undefined, true);
    const add = instantiate(
      m,
      m.function(
        { name: "run", parameters: { x: "i32", y: "i32", to: "i32" } },
        (f, { x, y, to }) => f.do(f64.store(to, f64.add(f64.load(x), f64.load(y)))),
      ),
    );
    assertEquals(size, 3);
    const one = scratch.reserve(8),
      sums = Array.from({ length: slots }, () => scratch.reserve(8)),
      results: number[] = [];
    run({
      count: 50,
      begin: () => scratch.float64[one / 8] = 1,
      after: (block) => block, // each needs the result of the one before it
      load: (block, slot) => {
        scratch.float64[sums[slot]! / 8] = block === 0 ? 0 : results[block - 1]!;
        add(one, sums[slot]!, sums[slot]!);
      },
      store: (block, slot) => results[block] = scratch.float64[sums[slot]! / 8]!,
    });
    assertEquals(results, Array.from({ length: 50 }, (_, k) => k + 1));
  });
});

Deno.test("an error while a block is loaded is passed on, and the next call is whole", async () => {
  await onThreads(2, (pool) => {
    const run = doubling(pool);
    for (const bad of [0, 3, 60]) {
      const check = (block: number) => {
        if (block === bad) throw new TypeError("no such block");
      };
      assertThrows(() => run(64, check), TypeError, "no such block");
      assertEquals(run(64), doubled(64));
    }
  });
});

Deno.test("blocks are computed by the calling thread once the threads are closed", async () => {
  const pool = await startPool(2), run = doubling(pool);
  assertEquals(run(20), doubled(20));
  pool.close();
  assertEquals(run(20), doubled(20));
});

Deno.test("calls that may be over before other threads have woken up have all results, and so has the next one", async () => {
  await onThreads(3, (pool) => {
    const run = doubling(pool), word = new Int32Array(new SharedArrayBuffer(4));
    for (let round = 0; round < 300; round++) {
      if (round % 10 === 0) Atomics.wait(word, 0, 0, 1); // the threads fall asleep
      const count = round % 10 === 9 ? 40 : 1 + round % 2;
      assertEquals(run(count), doubled(count));
    }
  });
});

Deno.test("a copy of shared memory belongs to this thread alone", () => {
  const shared = new Float64Array(new SharedArrayBuffer(32));
  shared.set([0, 1, 2, 3]);
  const copy = copyOf("float64", shared, 1, 2);
  assert(copy.buffer instanceof ArrayBuffer);
  shared.fill(7);
  assertEquals([...copy], [1, 2]);
});

Deno.test("the arguments of each slot have memory of their own", () => {
  assert(numbersOf(1, 6) - numbersOf(0, 6) >= 4 * MOST_NUMBERS + 8);
  assertEquals([OPERANDS_FROM, OPERANDS_TO], [4 * MOST_NUMBERS, 4 * MOST_NUMBERS + 4]);
  assertEquals(numbersOf(6, 6), blockTableBytes(6));
});

const numbers = (size: number, dtype: "float32" | "float64", shape: readonly number[] = [size]): View => {
  const values = Array.from({ length: size }, (_, k) => Math.sin(k + 1));
  return view(dtype === "float32" ? Float32Array.from(values) : Float64Array.from(values), shape);
};

/** Compares bits; `assertEquals` takes seconds. */
const isEqual = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  a.length === b.length && Array.prototype.every.call(a, (x, k) => Object.is(x, b[k]));

/** Returns the elements of a contiguous view: small ones are parts of larger arrays. */
const elementsOf = ({ data, offset, size }: View): ArrayLike<number> => data.slice(offset, offset + size);
/** Tells whether an array belongs to this thread alone. */
const isUnshared = ({ data }: View): boolean => (data as Float32Array | Float64Array).buffer instanceof ArrayBuffer; // read-only before

Deno.test("maps in blocks have the bits of one thread, in the last block too", async () => {
  await onThreads(2, (pool) => {
    const divide = dividedMaps(blockThreads(pool), engines.simd);
    const x = scalar.argument(0), y = scalar.argument(1);
    const expressions = [scalar.exp(x), scalar.mul(scalar.tanh(x), y), scalar.add(y, scalar.sin(scalar.mul(x, 1e9)))];
    for (const dtype of ["float32", "float64"] as const) {
      for (const size of [2, 8191, 16384, 16385, 100_003]) {
        const operands = [numbers(size, dtype), broadcastView(numbers(1, dtype), [size])];
        for (const expression of size > 10_000 ? expressions.slice(0, 2) : expressions) {
          const [found, wanted] = [0, 1].map(() => allocate(dtype, [size]));
          divide(expression, operands, found!)!();
          engines.simd.map(expression, operands, wanted!);
          assert(isEqual(found!.data, wanted!.data));
          const made = divide(expression, operands, { dtype, shape: [size] })!();
          assert(isUnshared(made) && made.data.length === size);
          assert(isEqual(made.data, wanted!.data.slice(wanted!.offset, wanted!.offset + size)));
        }
      }
    }
    const matrix = broadcastView(numbers(5, "float32"), [3, 5]);
    assertEquals(divide(scalar.exp(x), [matrix], allocate("float32", [3, 5])), undefined);
  });
});

/** Softmax of an operand times another, and the sum of each row. */
const softmax = (axes: readonly number[]) => {
  const x = scalar.mul(scalar.argument(0), scalar.argument(1)), power = scalar.exp(scalar.sub(x, stageValue(0)));
  return {
    axes,
    stages: [{ reduction: "max", expression: x }, { reduction: "sum", expression: power }],
    outputs: [
      { perRow: false, expression: scalar.div(power, stageValue(1)) },
      { perRow: true, expression: scalar.add(stageValue(1), 0.1) },
    ],
  } as const;
};

Deno.test("rows in blocks have the bits of one thread, whatever their shapes", async () => {
  await onThreads(3, (pool) => {
    const divide = dividedRows(blockThreads(pool), engines.simd);
    let divided = 0;
    fc.assert(
      fc.property(
        fc.constantFrom<readonly number[]>(
          ...[[400, 300], [20_000, 6], [7, 70, 130], [70, 7, 130], [60, 3, 900], [5, 9000], [9, 40_001]],
          ...[[401, 203], [1, 90, 700], [20, 9, 31, 17]],
        ),
        fc.constantFrom("float32" as const, "float64" as const),
        fc.nat(),
        fc.boolean(),
        (shape, dtype, mask, same) => {
          const axes = shape.flatMap((_, axis) => (mask >> axis) & 1 ? [axis] : []);
          const size = sizeOf(shape), rows = softmax(axes);
          const factor = same
            ? numbers(shape.at(-1)!, dtype)
            : numbers(shape[0]!, dtype, [shape[0]!, ...shape.slice(1).map(() => 1)]);
          const inputs = [numbers(size, dtype, shape), broadcastView(factor, shape)];
          const [found, wanted] = [0, 1].map(() => rowsShapes(rows, shape).map((own) => allocate(dtype, own)));
          engines.simd.rows(rows, shape, inputs, wanted!);
          if (!divide({ rows, shape, inputs, outputs: found! })) return;
          divided++;
          found!.forEach((y, k) => assert(isEqual(elementsOf(y), elementsOf(wanted![k]!)), `${shape} along ${axes}`));
          const made = divide({ rows, shape, inputs, results: wanted! })!;
          made.forEach((y, k) => assert(isEqual(elementsOf(y), elementsOf(wanted![k]!)) && isUnshared(y)));
        },
      ),
      { numRuns: 30 },
    );
    assert(divided > 5, `${divided} of 30 were divided`);
  });
});

Deno.test("softmax and statistics along the first axis are divided, and along others behind an axis of length 1", async () => {
  await onThreads(3, (pool) => {
    const divide = dividedRows(blockThreads(pool), engines.simd);
    for (
      const [shape, axes] of [[[203, 401], [0]], [[9, 30, 7, 20], [0, 2, 3]], [[1, 90, 700], [2]], [[20, 30, 50], [
        0,
      ]]] as const
    ) {
      for (const dtype of ["float32", "float64"] as const) {
        const rows = softmax(axes), views = [0, 1].map(() => numbers(sizeOf(shape), dtype, shape));
        const [found, wanted] = [0, 1].map(() => rowsShapes(rows, shape).map((own) => allocate(dtype, own)));
        assert(divide({ rows, shape, inputs: views, outputs: found! }), `${shape} along ${axes}`);
        engines.simd.rows(rows, shape, views, wanted!);
        found!.forEach((y, k) => assert(isEqual(elementsOf(y), elementsOf(wanted![k]!)), `${shape} along ${axes}`));
      }
    }
  });
});

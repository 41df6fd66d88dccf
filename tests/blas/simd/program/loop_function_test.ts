/**
 * Loops as functions: parts of axis 0, what was computed before, nothing written beside the results.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { BYTES_PER_ELEMENT, type DType } from "../../../../blas/dtype.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import { buildLoop, buildWholeLoop } from "../../../../blas/simd/program/loop_function.ts";
import { ALL_FUNCTIONS } from "../../../../blas/simd/math/mod.ts";
import { EPILOGUE_INPUT, type Loop, type Operand } from "../../../../blas/program/program.ts";
import { add, argument, div, max, mul, sqrt, sub, tanh } from "../../../../blas/scalar/scalar.ts";
import { rowMajorStrides, sizeOf } from "../../../../blas/shape.ts";
import { allocate, unsafeView, type View } from "../../../../blas/view.ts";
import { elementsOf } from "../../layouts.ts";
import { over, RELAXED } from "../../program/memory/memory.ts";
import { expressionOf, operandOf, randomOf, shapeOf } from "../../program/programs.ts";

const SLOT = 32768; // bytes for each array
const DTYPES: readonly DType[] = ["float32", "float64"];

/** What a memory holds, as elements. */
const elements = (memory: WebAssembly.Memory, dtype: DType) =>
  dtype === "float32" ? new Float32Array(memory.buffer) : new Float64Array(memory.buffer);

/** Runs a loop on random numbers and compares with the reference engine; `run` is given the lengths of axis 0. */
function check(
  seed: number,
  build: typeof buildLoop,
  run: (run: (...numbers: number[]) => void, length: number) => void,
) {
  const random = randomOf(seed), { below, pick } = random, dtype = pick(DTYPES), bytes = BYTES_PER_ELEMENT[dtype];
  const shape = shapeOf(random), size = sizeOf(shape);
  const operands = Array.from({ length: 1 + below(4) }, (_, k): Operand => {
    const operand = operandOf(random, below(4) === 0 ? EPILOGUE_INPUT : k, pick([size, 3000]), shape);
    return operand ?? { value: k, shape, stride: shape.map(() => 0), offset: 0 };
  });
  const expressions = Array.from({ length: 1 + below(3) }, () => expressionOf(random, operands.length, 1 + below(3)));
  const loop: Loop = { shape, operands, expressions }, slotOf = (value: number) => value === EPILOGUE_INPUT ? 8 : value;
  const results = expressions.map((_, k) => (10 + k) * SLOT);
  const address = (value: number) => slotOf(value) * SLOT;
  const { memory, run: computed } = over(
    8,
    (m, slowPaths) =>
      build(m, { loop, dtype, relaxed: RELAXED, address, results, slowPaths, functions: ALL_FUNCTIONS }),
  );
  const all = elements(memory, dtype);
  for (let i = 0; i < all.length; i++) all[i] = below(4001) / 1000 - 2;
  const before = all.slice();
  run((...numbers) => computed(8 * SLOT, ...numbers), shape[0] ?? 1);
  const inputs = operands.map(({ value, stride, offset }) =>
    unsafeView(before, shape, stride, slotOf(value) * SLOT / bytes + offset) as View
  );
  expressions.forEach((expression, k) => {
    const wanted = allocate(dtype, shape);
    reference.map(expression, inputs, wanted);
    elementsOf(wanted as View).forEach((x, i) => {
      const y = all[results[k]! / bytes + i]!, tolerance = dtype === "float32" ? 2e-5 : 1e-12;
      assert(x === y || Math.abs(x - y) <= tolerance * (1 + Math.abs(x)), `result ${k}, element ${i}: ${y}, not ${x}`);
      before[results[k]! / bytes + i] = y;
    });
  });
  assertEquals(all, before, "something else was written");
}

const seeds = fc.nat(2 ** 30);

Deno.test("a whole loop computes its results and writes nothing else", () => {
  const build: typeof buildLoop = (m, spec) => buildWholeLoop(m, spec, 8 * SLOT);
  fc.assert(fc.property(seeds, (seed) => check(seed, build, (run) => run())), { numRuns: 300 });
});

Deno.test("a loop may be computed in parts of axis 0", () => {
  fc.assert(
    fc.property(seeds, fc.array(fc.nat(20)), (seed, cuts) =>
      check(seed, buildLoop, (run, length) => {
        const at = [0, ...cuts.filter((cut) => cut < length).sort((a, b) => a - b), length];
        at.slice(1).forEach((to, k) => run(at[k]!, to));
      })),
    { numRuns: 300 },
  );
});

/** Runs a loop over operands in slots 0, 1, … whose results lie in slots too. */
function inSlots(loop: Loop, results: readonly number[], given: readonly (readonly number[])[]): Float32Array {
  const { memory, run } = over(8, (m, slowPaths) =>
    buildWholeLoop(m, {
      loop,
      dtype: "float32",
      relaxed: RELAXED,
      slowPaths,
      functions: ALL_FUNCTIONS,
      address: (value) => value * SLOT,
      results: results.map((slot) => slot * SLOT),
    }));
  const all = new Float32Array(memory.buffer);
  given.forEach((values, slot) => all.set(values, slot * SLOT / 4));
  run();
  return all;
}

Deno.test("results may share memory with operands that are read at the same indices", () => {
  for (const n of [1, 3, 5, 16, 37, 200, 1003]) {
    const shape = [n], operand = (value: number): Operand => ({ value, shape, stride: [1], offset: 0 });
    const [x, y] = [argument(0), argument(1)] as const;
    const loop = { shape, operands: [operand(0), operand(1)], expressions: [sub(x, y), add(x, y)] };
    const p = Array.from({ length: n }, (_, i) => i + 1), q = Array.from({ length: n }, (_, i) => 2 * i);
    const all = inSlots(loop, [1, 0], [p, q]); // changed places: the first result lies where the second operand does
    assertEquals([...all.subarray(0, n)], p.map((a, i) => a + q[i]!));
    assertEquals([...all.subarray(SLOT / 4, SLOT / 4 + n)], p.map((a, i) => a - q[i]!));
  }
});

Deno.test("quotients by a number have the right infinities and zeros", () => {
  const shape = [5],
    x: Operand = { value: 0, shape, stride: [1], offset: 0 },
    y: Operand = { value: 1, shape, stride: [0], offset: 0 };
  const loop = { shape, operands: [x, y], expressions: [div(argument(0), argument(1))] };
  for (const divisor of [0, -0, Infinity, 2, NaN, 3e38]) {
    const given = [1, -1, 0, Infinity, NaN], all = inSlots(loop, [2], [given, [divisor]]);
    const wanted = given.map((value) => Math.fround(value / Math.fround(divisor)));
    [...all.subarray(SLOT / 2, SLOT / 2 + 5)].forEach((value, i) => {
      assert(
        Object.is(value, wanted[i]) || Math.abs(value - wanted[i]!) <= 1e-5 * Math.abs(wanted[i]!),
        `${given[i]} / ${divisor}`,
      );
    });
  }
});

Deno.test("max(x, 0) is 0 for -0 and NaN for NaN, like Math.max", () => {
  const shape = [6], x: Operand = { value: 0, shape, stride: [1], offset: 0 };
  const all = inSlots({ shape, operands: [x], expressions: [max(argument(0), 0), max(0, argument(0))] }, [1, 2], [[
    -1,
    2,
    -0,
    0,
    NaN,
    -Infinity,
  ]]);
  for (const slot of [1, 2]) {
    assertEquals([...all.subarray(slot * SLOT / 4, slot * SLOT / 4 + 6)], [0, 2, 0, 0, NaN, 0]);
  }
});

Deno.test("computations with a repeated column, and with numbers, are done once for a row", () => {
  const shape = [9, 33], dense = rowMajorStrides(shape);
  const loop: Loop = {
    shape,
    operands: [
      { value: 0, shape, stride: dense, offset: 0 },
      { value: 1, shape, stride: [1, 0], offset: 0 },
      { value: 2, shape, stride: [0, 0], offset: 3 },
    ],
    expressions: [add(mul(argument(0), tanh(argument(1))), sqrt(argument(2)))],
  };
  const x = Array.from({ length: 297 }, (_, i) => i % 7), y = Array.from({ length: 9 }, (_, i) => i / 4);
  const all = inSlots(loop, [3], [x, y, [0, 0, 0, 4]]);
  x.forEach((value, i) => {
    const wanted = value * Math.tanh(y[Math.floor(i / 33)]!) + 2;
    assert(Math.abs(all[3 * SLOT / 4 + i]! - wanted) < 1e-5);
  });
});

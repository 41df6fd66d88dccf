import { assert, assertAlmostEquals, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import {
  add,
  compile,
  constant,
  formatProgram,
  gradient,
  matmul,
  mul,
  reshape,
  sin,
  square,
  sum,
  take,
  type Tensor,
  tensor64,
  toList,
  transpose,
  tree,
} from "../../../../mod.ts";
import type { Program } from "../../../../blas/program/program.ts";
import { multiplyTables } from "./on_programs.ts";

type T64 = Tensor<"float64">;
type Params = { readonly table: T64; readonly weight: T64; readonly bias: T64 };

const numbers = (seed: number, shape: readonly number[]): T64 => {
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor64(Array.from({ length: size }, (_, k) => Math.sin(1 + seed + 3 * k)), shape);
};

/** What follows the rows that are picked: in the order of the numbers or the other one, with or without a bias, turned. */
const FORMS: readonly ((rows: T64, p: Params) => T64)[] = [
  (rows, { weight }) => matmul(rows, weight),
  (rows, { weight, bias }) => add(matmul(rows, weight), bias),
  (rows, { weight, bias }) => sin(add(matmul(transpose(rows, [1, 0, 2]), weight), bias)),
  (rows, { weight }) => matmul(transpose(weight), transpose(reshape(rows, [-1, rows.shape[2]!]))),
  (rows, { weight }) => matmul(sin(mul(rows, 2)), weight),
  (rows, { weight }) => add(matmul(transpose(rows, [1, 0, 2]), weight), matmul(transpose(rows, [1, 0, 2]), weight)),
];

const cases = fc.record({
  form: fc.constantFrom(...FORMS),
  count: fc.integer({ min: 1, max: 6 }),
  batch: fc.integer({ min: 1, max: 5 }),
  time: fc.integer({ min: 1, max: 5 }),
  from: fc.integer({ min: 1, max: 4 }),
  to: fc.integer({ min: 1, max: 4 }),
  seed: fc.nat(1000),
});

Deno.test("products with rows of a table are the same, with their gradients, whether the table is multiplied or the rows", () => {
  fc.assert(
    fc.property(cases, ({ form, count, batch, time, from, to, seed }) => {
      const words = constant(
        Array.from({ length: batch * time }, (_, k) => (k * 7 + seed) % count - (k % 3 === 0 ? count : 0)),
        { shape: [batch, time], dtype: "float64" },
      );
      const params = { table: numbers(seed, [count, from]), weight: numbers(1, [from, to]), bias: numbers(2, [to]) };
      const loss = (p: Params, words: T64): T64 => {
        const y = form(take(p.table, words, 0), p);
        return sum(mul(square(y), numbers(3, y.shape)));
      };
      const both = (p: Params, words: T64) => ({ value: loss(p, words), slopes: gradient(loss)(p, words) });
      const wanted = both(params, words);
      for (
        const found of [
          compile(both)(params, words),
          compile(both, { passes: { without: ["multiplyTables"] } })(params, words),
        ]
      ) {
        const [a, b] = [found, wanted].map((all) => tree.leaves<T64>(all as never).flatMap((t) => toList(t)));
        a!.forEach((x, k) => assertAlmostEquals(x, b![k]!, 1e-9 * (1 + Math.abs(b![k]!))));
      }
    }),
    { numRuns: 150 },
  );
});

const listing = (count: number): string => {
  const words = constant(Array.from({ length: 64 }, (_, k) => k % count), { shape: [8, 8], dtype: "float64" });
  const loss = (p: Params & { readonly scale: T64 }, words: T64): T64 =>
    sum(mul(sin(matmul(transpose(take(p.table, words, 0), [1, 0, 2]), p.weight)), p.scale));
  const f = compile(gradient(loss));
  const params = {
    table: numbers(0, [count, 32]),
    weight: numbers(1, [32, 40]),
    bias: numbers(2, [40]),
    scale: numbers(3, [8, 8, 40]),
  };
  return formatProgram(f, params, words).split("As it runs:")[1]!;
};

Deno.test("a table of few rows is multiplied before rows are picked, forwards and backwards", () => {
  const text = listing(8);
  assertEquals(text.match(/gemm/g)!.length, 3);
  for (const product of ["float64[8, 40]", "float64[8, 32]", "float64[32, 40]"]) assert(text.includes(product), text);
  assert(!/float64\[64, 32\]|float64\[8, 8, 32\]/.test(text), `no rows of the table are picked or moved:\n${text}`);
});

Deno.test("rows that are not picked do not matter, even if they are not finite", () => {
  const words = constant([0, 1, 0, 1, 1, 0, 1, 0], { dtype: "float64" }), weight = numbers(1, [2, 3]);
  const table = tensor64([[1, 2], [3, 4], [NaN, Infinity]]);
  const f = gradient((w: T64, table: T64, words: T64) =>
    sum(mul(matmul(take(table, words, 0), w), numbers(2, [8, 3])))
  );
  const [found, wanted] = [compile(f), f].map((g) => toList(g(weight, table, words)));
  found!.forEach((x, k) => assertAlmostEquals(x, wanted![k]!, 1e-12));
  const ofTable = gradient((table: T64, w: T64, words: T64) => sum(matmul(take(table, words, 0), w)));
  const infinite = tensor64([[1, Infinity], [2, 3]]);
  for (const g of [ofTable, compile(ofTable)]) {
    assertEquals(toList(g(numbers(0, [3, 2]), infinite, words)), [Infinity, 20, Infinity, 20, 0, 0]);
  }
});

Deno.test("a table with as many rows as are picked is left as it is", () => {
  assert(/gemm.*\n/.test(listing(60)) && /float64\[(64|8, 8), 32\]/.test(listing(60)));
});

Deno.test("multiplyTables() leaves programs without tables as they are", () => {
  const program: Program = { parameters: [], constants: [], instructions: [], results: [] };
  assertStrictEquals(multiplyTables(program), program);
});

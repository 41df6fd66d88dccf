import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  add,
  compile,
  formatProgram,
  gradient,
  matmul,
  mul,
  reshape,
  scanAlong,
  sum,
  tanh,
  type Tensor,
  tensor64,
  toList,
  transpose,
  tree,
} from "../../../../mod.ts";
import { moveProducts } from "../../../../blas/program/passes/loop_products.ts";

type T64 = Tensor<"float64">;
type Params = { readonly u: T64; readonly v: T64; readonly w: T64; readonly h: T64; readonly xs: T64 };

const numbers = (seed: number, shape: readonly number[]): T64 => {
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor64(Array.from({ length: size }, (_, k) => Math.sin(1 + seed + 3 * k) / 2), shape);
};

type Step = (h: T64, x: T64, p: Params) => readonly [T64, readonly T64[]];

/** Steps with products of slices, products that are only yielded, both as columns, and products that must stay. */
const STEPS: readonly Step[] = [
  (h, x, { u, v, w }) => {
    const next = tanh(add(matmul(x, u), matmul(h, w)));
    return [next, [matmul(next, v)]];
  },
  (h, x, { u, v, w }) => {
    const next = tanh(add(matmul(x, u), matmul(h, w)));
    return [next, [next, matmul(next, v), next, matmul(next, v)]];
  },
  (h, x, { u, w }) => {
    const a = matmul(x, u), next = tanh(mul(a, add(a, matmul(h, transpose(w)))));
    return [next, [a, matmul(mul(next, 2), w)]];
  },
  (h, x, { u, w }) => {
    const row = reshape(tanh(matmul(transpose(u), reshape(x, [-1]))), [1, -1]);
    return [tanh(add(h, row)), [matmul(w, reshape(row, [-1]))]];
  },
  (h, x, { v }) => [h, [matmul(h, v), matmul(x, transpose(x))]],
  (h, x, { w, h: first }) => {
    const next = tanh(matmul(h, w));
    return [next, [matmul(transpose(x), first), matmul(transpose(next), first)]]; // read in another order than stacked
  },
];

/** The same loop as a loop of the language. */
const plain = (step: Step, p: Params, reverse: boolean): readonly [T64, readonly T64[]] => {
  const [carry, ys] = scanAlong((h: T64, x: T64) => step(h, x, p), p.h, p.xs, { reverse });
  return [carry, ys as readonly T64[]];
};

Deno.test("products before and after loops are those in each step, with their gradients", () => {
  const cases = fc.tuple(
    fc.nat(STEPS.length - 1),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 3 }),
    fc.boolean(),
  );
  fc.assert(
    fc.property(cases, ([which, length, width, reverse]) => {
      const rows = which === 3 ? 1 : 2, step = STEPS[which]!;
      const p: Params = {
        u: numbers(1, [3, width]),
        v: numbers(2, [width, 2]),
        w: numbers(3, [width, width]),
        h: numbers(4, [rows, width]),
        xs: numbers(5, [length, rows, 3]),
      };
      const loss = (p: Params): T64 => {
        const [last, ys] = plain(step, p, reverse);
        return ys.reduce((total, y, k) => add(total, sum(mul(mul(y, y), numbers(k, y.shape)))), sum(mul(last, last)));
      };
      const all = (p: Params) => ({ ys: plain(step, p, reverse)[1], slopes: gradient(loss)(p) });
      const [a, b] = [compile(all)(p), all(p)].map((one) => tree.leaves<T64>(one as never).flatMap((t) => toList(t)));
      assertEquals(a!.length, b!.length);
      a!.forEach((x, k) => assertAlmostEquals(x, b![k]!, 1e-9 * (1 + Math.abs(b![k]!))));
    }),
    { numRuns: 80 },
  );
});

Deno.test("a loop keeps the products that wait for the step before, and no others, backwards too", () => {
  const p = {
    u: numbers(1, [8, 16]),
    v: numbers(2, [16, 8]),
    w: numbers(3, [16, 16]),
    h: numbers(4, [4, 16]),
    xs: numbers(5, [5, 4, 8]),
  };
  const f = compile(gradient((p: Params) => sum(plain(STEPS[0]!, p, false)[1][0]!)));
  const lines = formatProgram(f, p).split("As it runs:")[1]!.split("\n").filter((line) => line.includes(" gemm "));
  const inLoops = lines.filter((line) => /^ {20}/.test(line));
  assertEquals(inLoops.length, 2, lines.join("\n"));
  assert(
    lines.length - inLoops.length >= 4,
    "x u and the three derivatives of weights, and those of x and of y, are outside",
  );
});

Deno.test("moveProducts() leaves what is no loop as it is", () => {
  const step = {
    values: [1],
    results: [{ dtype: "float32", shape: [] }],
    operation: { kind: "cast", operand: { value: 0, shape: [], stride: [], offset: 0 } },
  } as const;
  assertEquals(moveProducts(step, () => 9), { before: [], step, after: [] });
});

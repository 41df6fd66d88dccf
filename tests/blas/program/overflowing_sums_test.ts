/**
 * Sums beyond the range of their dtype that what follows brings back into it: they are infinite, compiled (as rows of
 * `blas/simd/program/rows_plan.ts` in `blas/machine/rows/reduce.ts`, and joined by `blas/program/passes/join_rows.ts`) or not.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  abs,
  add,
  avgPool1d,
  compile,
  constant,
  div,
  l1Loss,
  matmul,
  max,
  maximum,
  mean,
  mseLoss,
  mul,
  ones,
  product,
  reciprocal,
  reshape,
  smoothL1Loss,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  type Tensor,
  tensor32,
  tensorData,
  toNumber,
  variance,
  zerosLike,
} from "../../../autograd/mod.ts";
import type { DType } from "../../../blas/dtype.ts";
import type { Engine } from "../../../blas/engine.ts";
import { engines, setEngine } from "../../../blas/mod.ts";
import { machineEngines } from "../machine/machine.ts";

const ENGINES: readonly Engine[] = [engines.reference, engines.simd, ...machineEngines()];

/** Calls a function on each engine. */
function onEach(check: (engine: Engine) => void): void {
  const before = setEngine(engines.simd);
  try {
    for (const engine of ENGINES) {
      setEngine(engine);
      check(engine);
    }
  } finally {
    setEngine(before);
  }
}

type Options = { readonly axes: number; readonly count: number };

/** What reduces, and what follows the sum. Of `roots`, the squares are large. */
const KINDS: Readonly<Record<string, (x: Tensor, roots: Tensor, options: Options) => Tensor>> = {
  mean: (x, _, { axes }) => mean(x, { axes }),
  "mean of all": (x) => mean(x),
  "mean of magnitudes": (x, _, { axes }) => mean(abs(x), { axes }),
  "mean of squares": (_, x, { axes }) => mean(square(x), { axes }),
  "root of the mean of squares": (_, x, { axes }) => sqrt(mean(mul(x, x), { axes })),
  "distances from the mean": (x, _, { axes }) => sub(x, mean(x, { axes, keepDims: true })),
  "shares of the sum": (x, _, { axes }) => div(x, sum(x, { axes, keepDims: true })),
  "a small part of the sum": (x, _, { axes }) => div(sum(x, { axes }), 1e10),
  "a multiple of the sum": (x, _, { axes, count }) => mul(sum(x, { axes }), 1 / count),
  "reciprocal of the sum": (x, _, { axes }) => reciprocal(sum(x, { axes })),
  "tanh of the sum": (x, _, { axes }) => tanh(sum(x, { axes })),
  "sum and mean": (x, _, { axes, count }) => add(div(sum(x, { axes }), count), mean(x, { axes })),
  "part of twice the sum": (x, _, { axes }) => div(add(sum(x, { axes }), sum(x, { axes })), 8),
  "part of the largest multiple": (x, _, { axes }) => div(max(mul(x, 8), { axes }), 16),
  "parts of multiples": (x) => mul(mul(x, 16), 1 / 32),
  "distances of multiples": (x, _, { axes }) => div(sub(mul(x, 4), mean(mul(x, 4), { axes, keepDims: true })), 8),
  "part of a product": (x, _, { axes }) => div(product(maximum(abs(x), 1), { axes }), 1e30),
  l1Loss: (x) => l1Loss(x, zerosLike(x)),
  mseLoss: (_, x) => mseLoss(x, zerosLike(x)),
  smoothL1Loss: (x) => smoothL1Loss(x, zerosLike(x)),
  "mean pooling": (x) => avgPool1d(reshape(x, [1, ...x.shape]), { size: x.shape[1]! }),
  "part of a product of matrices": (x) => div(matmul(x, ones([x.shape[1]!, 1], { dtype: x.dtype })), x.shape[1]!),
  "part of several columns": (x) => div(matmul(x, ones([x.shape[1]!, 9], { dtype: x.dtype })), 1e3),
};

/** Rows or columns of positive numbers, or of negative ones: their sum is far from the largest number of the dtype, in any order. */
type Case = {
  readonly name: string;
  readonly dtype: DType;
  readonly count: number;
  readonly others: number;
  readonly along: boolean;
  readonly large: number;
  readonly every: number;
};

const LENGTHS = [...Array.from({ length: 39 }, (_, k) => k + 2), 65, 300, 2049, 5000];

const CASES: fc.Arbitrary<Case> = fc.record({
  name: fc.constantFrom(...Object.keys(KINDS)),
  dtype: fc.constantFrom<DType>("float32", "float64"),
  count: fc.constantFrom(...LENGTHS),
  others: fc.constantFrom(1, 2, 3, 5, 17),
  along: fc.boolean(),
  large: fc.constantFrom(1, -1, 3, -3),
  every: fc.constantFrom(1, 2, 7, 1000),
});

/** Tells whether numbers are the same but for rounding: both the same infinity, or both NaN, or neither. */
const isSame = (a: number, b: number): boolean =>
  Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-5 * Math.min(Math.abs(a), Math.abs(b));

Deno.test("a sum beyond the range of its dtype is infinite for what follows, compiled as in plain calls, on every engine", () => {
  fc.assert(
    fc.property(CASES, ({ name, dtype, count, others, along, large, every }) => {
      const shape = along ? [others, count] : [count, others], top = dtype === "float32" ? 1e38 : 0.5e308;
      const numbers = Array.from({ length: count * others }, (_, k) => k % every === 0 ? large * top : large / 4);
      const data = [numbers, numbers.map((x) => Math.sign(x) * Math.sqrt(Math.abs(x)))];
      const options = { axes: along ? 1 : 0, count };
      const f = (x: Tensor, roots: Tensor) => KINDS[name]!(x, roots, options);
      let wanted: readonly number[] | undefined;
      onEach((engine) => {
        const [x, roots] = data.map((some) => constant(some, { dtype, shape })) as [Tensor, Tensor]; // two
        const plain = [...tensorData(f(x, roots))], compiled = [...tensorData(compile(f)(x, roots))];
        wanted ??= plain;
        for (const [how, found] of Object.entries({ plain, compiled })) {
          const at = found.findIndex((value, k) => !isSame(value, wanted![k]!));
          assert(at < 0, `${how} on ${engine.name}: element ${at} is ${found[at]}, not ${wanted![at]}`);
        }
      });
    }),
    { numRuns: 100 },
  );
});

// python3 -c "import torch; print(torch.full((4,), 1e38).mean(), torch.full((2, 40), 1e38).mean(1))"  ->  inf, [inf, inf]
Deno.test("the mean of four numbers 1e38 is Infinity, as in PyTorch, and that of three is not", () => {
  onEach(({ name }) => {
    for (const f of [(x: Tensor<"float32">) => mean(x), compile((x: Tensor<"float32">) => mean(x))]) {
      assertEquals(toNumber(f(tensor32([1e38, 1e38, 1e38, 1e38]))), Infinity, name);
      assertEquals(toNumber(f(tensor32([-1e38, -1e38, -1e38, -1e38]))), -Infinity, name);
      assertEquals(toNumber(f(tensor32([1e38, 1e38, 1e38]))), Math.fround(1e38), name);
    }
  });
});

// python3 -c "import torch; x = torch.tensor([1e19, -1e19, 1e19, -1e19]); print(x.var(unbiased=False), x.var())"
// ->  1.0000e+38, 1.3333e+38
Deno.test("two variances of the same numbers are finite where the sum of squares is not, compiled together too", () => {
  const both = (x: Tensor<"float32">) => [variance(x), variance(x, { correction: 1 }), variance(x)];
  onEach(({ name }) => {
    for (const f of [both, compile(both)]) {
      const [plain, corrected, again] = f(tensor32([1e19, -1e19, 1e19, -1e19])).map((x) => toNumber(x) / 1e38);
      assert(isSame(plain!, 1) && isSame(corrected!, 4 / 3) && plain === again, `${name}: ${plain}, ${corrected}`);
    }
  });
});

import { assert, assertEquals } from "@std/assert";
import { compile, constant, gradient, layerNorm, mul, sum, type Tensor, toList } from "../../../../autograd/mod.ts";
import { engines } from "../../../../blas/engines.ts";
import { exactTerms, isExact, isExactStage } from "../../../../blas/simd/program/exactness.ts";
import { argument, exp, mul as times, type Scalar, sub } from "../../../../blas/scalar/scalar.ts";
import { allocate, view } from "../../../../blas/view.ts";
import { elementsOf } from "../../layouts.ts";

/** Numbers of which any two cancel but for their last digits: a sum is off if two of them are added in float32. */
const cancelling = (size: number): Float32Array =>
  Float32Array.from({ length: size }, (_, k) => (k * 7919 % 13 < 6 ? 1 : -1) * (2 ** 23 + (k * 7907) % 1013));

Deno.test("a sum of up to 32 float32 loses no digit, plain and compiled, whatever the axes and however many there are", () => {
  for (
    const [shape, axes] of [
      [[3, 500, 2, 2], [0, 3]],
      [[6, 500], [0]],
      [[500, 6], [1]],
      [[300, 2, 3, 2], [1, 2, 3]],
      [[32, 70], [0]],
      [[70, 32], [1]],
      [[9, 20, 20], [0]],
      [[20, 31, 5], [1]],
      [[5, 60, 5], [0, 2]],
      [[17, 3000], [0]],
    ] as const
  ) {
    const count = shape.reduce<number>((product, length) => product * length, 1), x = view(cancelling(count), shape);
    const reduced = shape.map((length, axis) => axes.some((one) => one === axis) ? 1 : length);
    const [output, wanted] = [allocate("float32", reduced), allocate("float32", reduced)];
    engines.simd.reduce("sum", x, output);
    engines.reference.reduce("sum", x, wanted);
    const compiled = compile((t: Tensor<"float32">) => sum(t, { axes }));
    const made = toList(compiled(constant(x.data, { shape, dtype: "float32" })));
    assertEquals([elementsOf(output), made], [elementsOf(wanted), elementsOf(wanted)], `${axes} of [${shape}]`);
  }
});

Deno.test("neighbours that cancel lose no digit where an axis that is not theirs is summed, too", () => {
  for (
    const [shape, axes] of [
      [[341, 2, 3, 2], [0, 3]],
      [[3, 700, 2, 2], [1, 3]],
      [[700, 2, 3, 2], [0, 1, 3]],
      [[500, 3, 2, 2], [0, 2, 3]],
    ] as const
  ) {
    const count = shape.reduce<number>((product, length) => product * length, 1);
    const x = Float32Array.from(
      { length: count },
      (_, k) => (k % 2 ? -1 : 1) * (2 ** 23 + ((k >> 1) * 7907) % 1013 + k % 2),
    );
    const reduced = shape.map((length, axis) => axes.some((one) => one === axis) ? 1 : length);
    const [output, wanted] = [allocate("float32", reduced), allocate("float32", reduced)];
    engines.simd.reduce("sum", view(x, shape), output);
    engines.reference.reduce("sum", view(x, shape), wanted);
    assertEquals(elementsOf(output), elementsOf(wanted), `${axes} of [${shape}]`);
  }
});

Deno.test("the gradient of a shift of up to 32 normalized rows loses no digit, plain and compiled", () => {
  const rows = 24,
    columns = 130,
    x = constant(cancelling(rows * columns), { shape: [rows, columns], dtype: "float32" });
  const numbers = cancelling(rows * columns).reverse(),
    g = constant(numbers, { shape: [rows, columns], dtype: "float32" });
  const shift = constant(new Float32Array(columns), { shape: [columns], dtype: "float32" });
  const slope = gradient((b: Tensor<"float32">) => sum(mul(layerNorm(x, null, b), g)));
  const wanted = Array.from(
    { length: columns },
    (_, j) => Math.fround(Array.from({ length: rows }, (_, i) => numbers[i * columns + j]!).reduce((a, b) => a + b)),
  );
  assertEquals([toList(slope(shift)), toList(compile(slope)(shift))], [wanted, wanted]);
});

Deno.test("reductions are exact by the number of their terms, stages of rows by what they add, too", () => {
  assertEquals([isExact(2048, 1), isExact(2049, 1), isExact(32e5, 1e5), isExact(33e5, 1e5)], [
    true,
    false,
    true,
    false,
  ]);
  // Operand 0 has elements, operand 1 a number for each row.
  const planOf = (rows: number, columns: number) => ({
    lengths: [rows, columns],
    kept: 1,
    strides: [[columns, 1], [1, 0]],
    argumentOf: (source: number) => ({ source }),
  });
  const plan = planOf(100, 32),
    x = argument(0),
    y = argument(1),
    terms = (expression: Scalar, divisor?: number) => exactTerms(plan, { expression, divisor });
  assertEquals(
    [terms(x), terms(exp(x)), terms(x, 7), terms(times(x, x), 7), terms(sub(x, y), 7), terms(sub(y, x), 7)],
    [
      32,
      8,
      8,
      16,
      0,
      8,
    ],
  );
  const stage = { expression: x, divisor: undefined };
  assert(isExactStage(planOf(16, 128), stage) && isExactStage(plan, stage));
  assert(!isExactStage(planOf(17, 128), stage) && !isExactStage(plan, { ...stage, divisor: 32 }));
});

import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { compile } from "../../../autograd/compile/compile.ts";
import { gradient } from "../../../autograd/transforms/gradient.ts";
import { add, div, mul, neg, safeDiv, scale, sub } from "../../../autograd/ops/arithmetic.ts";
import { binaryCrossEntropy } from "../../../autograd/ops/binary_cross_entropy.ts";
import { crossEntropyLoss } from "../../../autograd/ops/cross_entropy.ts";
import { log } from "../../../autograd/ops/exponential.ts";
import { sum } from "../../../autograd/ops/sum.ts";
import { tensor32, tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { toArray, toList, toNumber } from "../../../autograd/values/read.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { ShapeError } from "../../../blas/errors.ts";

Deno.test("arithmetic broadcasts as NumPy does", () => {
  const a = tensor64([[1, 2], [3, 4]]), row = tensor64([10, 20]), column = tensor64([[1], [-1]]);
  assertEquals(toArray(add(a, row)), [[11, 22], [13, 24]]);
  assertEquals(toArray(sub(row, a)), [[9, 18], [7, 16]]);
  assertEquals(toArray(mul(column, row)), [[10, 20], [-10, -20]]);
  assertEquals(toArray(div(a, 2)), [[0.5, 1], [1.5, 2]]);
  assertEquals(add(zeros([2, 0]), zeros([1])).shape, [2, 0]);
});

Deno.test("arithmetic names the shapes that do not broadcast, and what to do", () => {
  assertThrows(
    () => add(zeros([2, 3]), zeros([2])),
    ShapeError,
    "Cannot apply add to a [2, 3] and b [2]: axis -1 is 3 in one and 2 in another, but lengths must be equal or 1 to " +
      "broadcast; reshape or transpose one so that the axes line up from the right",
  );
});

Deno.test("arithmetic on numbers is that of the dtype, rounded once", () => {
  fc.assert(fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
    const [x, y] = [tensor64(a), tensor64(b)];
    assertEquals([add(x, y), sub(x, y), mul(x, y), div(x, y), neg(x)].map(toNumber), [a + b, a - b, a * b, a / b, -a]);
    const [s, t] = [Math.fround(a), Math.fround(b)];
    assertEquals(toNumber(mul(tensor32(a), tensor32(b))), Math.fround(s * t));
    assertEquals(toNumber(add(tensor32(a), tensor32(b))), Math.fround(s + t));
  }));
});

Deno.test("division by zero is IEEE's, and safeDiv() avoids it", () => {
  assertEquals(toList(div(tensor64([1, -1, 0]), 0)), [Infinity, -Infinity, NaN]);
  assertEquals(toNumber(safeDiv(tensor64(1), tensor64(0))), 1e8);
  assertEquals(toNumber(safeDiv(tensor64(3), 1, { epsilon: 0.5 })), 2);
  assertEquals(toNumber(safeDiv(1, tensor64(0), { epsilon: 0.25 })), 4);
});

Deno.test("scale() multiplies by one number", () => {
  assertEquals(toList(scale(tensor64([1, -2]), -3)), [-3, 6]);
  assertEquals(toList(gradient((x: ReturnType<typeof tensor64>) => sum(scale(x, 4)))(tensor64([1, 2]))), [4, 4]);
});

Deno.test("div() divides the cotangent: a divisor without a finite reciprocal has finite slopes, first and second", () => {
  // By hand: 1e-20 / 1e-310 = 1e290, which PyTorch 1.13 gives too.
  const weigh = (t: Tensor<"float64">) => sum(mul(t, 1e-20)), x = tensor64([3e-310]);
  const near = (t: Tensor, wanted: number) => assertAlmostEquals(toNumber(sum(t)) / wanted, 1, 1e-12);
  near(gradient((a: typeof x) => weigh(div(a, 1e-310)))(x), 1e290);
  near(gradient((b: typeof x) => weigh(div(3e-310, b) as typeof x))(x), -1e290 / 3);
  near(gradient((a: typeof x) => weigh(safeDiv(a, 0, { epsilon: 1e-310 })))(x), 1e290);
  const slope = (a: typeof x) => gradient((y: typeof x) => weigh(div(mul(y, y), 1e-310)))(a);
  near(gradient((a: typeof x) => sum(slope(a)))(x), 2e290);
  const single = gradient((a: Tensor<"float32">) => sum(mul(div(a, 1e-40), 1e-10)))(tensor32([1]));
  assertAlmostEquals(toNumber(sum(single)) / 1e30, 1, 1e-4); // 1e-40 has few digits in float32
});

Deno.test("div() has slope 0 in a divisor without a finite reciprocal where the dividend is 0, plain and compiled", () => {
  // PyTorch 1.13 gives -0 too, in both dtypes.
  const slopes = gradient((b: Tensor<"float64">) => sum(div(tensor64([0, 0, 3e-310]), b)));
  const at = tensor64([1e-310, -1e-310, 1]), wanted = [-0, -0, -3e-310];
  assertEquals([slopes(at), compile(slopes)(at)].map(toList), [wanted, wanted]);
  assertEquals(toList(gradient((b: Tensor<"float32">) => sum(div(tensor32([0]), b)))(tensor32([1e-40]))), [-0]);
  const safe = gradient((b: Tensor<"float64">) => sum(safeDiv(tensor64([0]), b, { epsilon: 1e-310 })));
  assertEquals(toList(safe(tensor64([0]))), [-0]);
});

// mpmath: diff(lambda x: 0 / x, 1e-310, n) is 0 for every n.
Deno.test("div() has derivatives of 0 of any order where the dividend is 0, also where 1 / divisor^2 is infinite", () => {
  type Unary = (b: Tensor<"float64">) => Tensor<"float64">;
  const slopes = (f: Unary): Unary => gradient((b: Tensor<"float64">) => sum(f(b)));
  const quotients: readonly Unary[] = [(b) => div(0, b), (b) => safeDiv(0, b, { epsilon: 0 })];
  for (const quotient of quotients) {
    const second = slopes(slopes(quotient)), third = slopes(second);
    for (const f of [second, compile(second), third, compile(third), slopes(third)]) {
      assertEquals(toList(f(tensor64([1e-310, -1e-310, 1e-200, 2]))).map(Math.abs), [0, 0, 0, 0]);
    }
  }
  // Those of 5 / x at 2: -6 * 5 / 16 and 24 * 5 / 32; a mixed one of a / x: -6 / 16.
  const third = slopes(slopes(slopes((b) => div(5, b))));
  assertEquals([third, slopes(third)].map((f) => toNumber(f(tensor64(2)))), [-1.875, 3.75]);
  const mixed = gradient((a: Tensor<"float64">) => slopes(slopes(slopes((b) => div(a, b))))(tensor64(2)));
  assertEquals(toNumber(mixed(tensor64(5))), -0.375);
});

Deno.test("log() and the cross-entropies of small probabilities divide the cotangent too", () => {
  const p = tensor64([1e-310]), yes = tensor64([1]);
  const near = (f: (x: typeof p) => Tensor<"float64">, wanted: number) =>
    assertAlmostEquals(toNumber(sum(gradient((x: typeof p) => sum(mul(f(x), 1e-20)))(p))) / wanted, 1, 1e-12);
  near(log, 1e290);
  near((x) => crossEntropyLoss(x, yes), -1e290);
  near((x) => binaryCrossEntropy(x, yes), -1e290);
});

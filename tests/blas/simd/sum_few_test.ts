import { assertAlmostEquals, assertEquals } from "@std/assert";
import { compile, gradient, mul, sum, type Tensor, tensor32, toNumber, trace } from "../../../autograd/mod.ts";
import { engines } from "../../../blas/engines.ts";
import { reduce } from "../../../blas/reference/reduce.ts";
import { neighboursOf } from "../../../blas/simd/reduce_small.ts";
import { FEW, sumNeighbours } from "../../../blas/simd/sum_few.ts";
import { allocate, transposeView, type View, view } from "../../../blas/view.ts";
import { elementsOf } from "../layouts.ts";

/** Numbers that cancel but for their last digits: every sum is off if anything is rounded before the end. */
const cancelling = (count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, k) => (k % 2 === 0 ? 1 : -1) * (2 ** 23 + (k * 7919) % 1013));

/** The sum of numbers whose sizes add up to less than 2^53 is exact in float64. */
const exactSum = (numbers: Iterable<number>): number => Math.fround([...numbers].reduce((a, b) => a + b, 0));

Deno.test("sums of up to 2048 float32 lose no digit, plain and compiled, over any axes of any views", () => {
  const numbers = cancelling(1980), given = view(numbers, [11, 9, 20]);
  for (
    const x of [
      given,
      transposeView(given),
      view(numbers, [11, 9, 20], [-180, 20, 1], 1800),
      view(numbers, [20, 9, 11], [1, 20, 180]),
    ]
  ) {
    for (const axes of [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]]) {
      const output = allocate("float32", x.shape.map((length, axis) => axes.includes(axis) ? 1 : length));
      const wanted = allocate("float32", output.shape);
      engines.simd.reduce("sum", x, output);
      engines.reference.reduce("sum", x, wanted);
      assertEquals(elementsOf(output), elementsOf(wanted), `${axes} of [${x.shape}]`);
    }
  }
  for (const count of [129, 999, FEW]) {
    const some = cancelling(count), x = tensor32([...some]), total = (t: Tensor<"float32">) => sum(t);
    assertEquals([toNumber(sum(x)), toNumber(compile(total)(x))], [exactSum(some), exactSum(some)]);
  }
});

Deno.test("the sum of 999 numbers that nearly cancel is exact as a gradient of a factor, and so is a trace", () => {
  const numbers = cancelling(999), x = tensor32([...numbers]);
  assertEquals(toNumber(gradient((b: Tensor<"float32">) => sum(mul(b, x)))(tensor32(1))), exactSum(numbers));
  const side = 40, square = cancelling(side * side + 2).subarray(2), rows = Array.from({ length: side }, (_, i) => i);
  const matrix = tensor32(rows.map((i) => [...square.subarray(i * side, (i + 1) * side)]));
  assertEquals(toNumber(trace(matrix)), exactSum(rows.map((i) => square[i * side + i]!)));
});

Deno.test("sumNeighbours() adds the numbers that plain loops do, whatever lies before, along and behind the axes", () => {
  const x = view(cancelling(3 * 7 * 5), [3, 7, 5]);
  for (const kept of [[3, 1, 5], [3, 1, 1], [1, 1, 5], [3, 7, 1], [1, 1, 1], [3, 7, 5]]) {
    const [near, apart] = [allocate("float32", kept), allocate("float32", kept)];
    sumNeighbours(neighboursOf(x, near)!, x, near);
    reduce("sum", x, apart);
    assertEquals(elementsOf(near), elementsOf(apart), `[${kept}]`);
  }
  const none: View<"float32"> = view(new Float32Array(0), [2, 0]), output = allocate("float32", [2, 1]);
  sumNeighbours(neighboursOf(none, output)!, none, output);
  assertEquals(elementsOf(output), [0, 0]);
});

Deno.test("sums of more numbers lose few digits", () => {
  const numbers = cancelling(FEW + 1);
  assertAlmostEquals(toNumber(sum(tensor32([...numbers]))), exactSum(numbers), 100);
});

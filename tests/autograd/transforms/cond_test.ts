import { assertEquals, assertThrows } from "@std/assert";
import {
  AbstractValueError,
  compile,
  cond,
  constant,
  gradient,
  greater,
  less,
  log,
  mul,
  neg,
  scale,
  scanAlong,
  softmaxCrossEntropy,
  square,
  sub,
  sum,
  type Tensor,
  tensor32,
  tensor64,
  toList,
  toNumber,
  transpose,
  whileLoop,
} from "../../../autograd/mod.ts";

type T64 = Tensor<"float64">;

const positive = (x: T64) => greater(sum(x), 0);
const chosen = (x: T64, w: T64) =>
  cond(positive(x), ({ x, w }) => ({ y: mul(x, square(w)) }), ({ x }) => ({ y: neg(x) }), { x, w });

Deno.test("cond() runs the function that the predicate chooses, plainly and compiled", () => {
  const w = tensor64([3, 5]);
  for (const f of [chosen, compile(chosen)]) {
    assertEquals([toList(f(tensor64([1, 2]), w).y), toList(f(tensor64([-1, -2]), w).y)], [[9, 50], [1, 2]]);
  }
});

Deno.test("cond() is differentiated through the function that was run, to any order", () => {
  const loss = (w: T64, x: T64) => sum(chosen(x, w).y), second = (w: T64, x: T64) => sum(square(gradient(loss)(w, x)));
  const w = tensor64([3, 5]), up = tensor64([1, 2]), down = tensor64([-1, -2]);
  for (const f of [gradient(loss), compile(gradient(loss))]) {
    assertEquals([toList(f(w, up)), toList(f(w, down))], [[6, 20], [0, 0]]);
  }
  for (const f of [gradient(second), compile(gradient(second))]) {
    assertEquals([toList(f(w, up)), toList(f(w, down))], [[24, 160], [0, 0]]);
  }
});

Deno.test("cond() in scanAlong() chooses anew in each step, and reads what it closes over", () => {
  const f = (xs: T64, w: T64) =>
    scanAlong(
      (c: T64, x: T64) => [cond(greater(x, 0), (c) => mul(c, w), (c) => scale(transpose(c), -1), c), null] as const,
      tensor64([[1, 2], [3, 4]]),
      xs,
    )[0];
  const xs = tensor64([1, -1, 2]), w = tensor64([10, 1]), wanted = [-100, -30, -20, -4];
  for (const g of [f, compile(f)]) assertEquals(toList(g(xs, w)), wanted);
  const slopes = [gradient((w: T64) => sum(f(xs, w))), compile(gradient((w: T64) => sum(f(xs, w))))].map((g) =>
    toList(g(w))
  );
  assertEquals(slopes[0], slopes[1]);
});

Deno.test("cond() names what does not agree", () => {
  const x = tensor64([1, 2]);
  const run = (other: (x: T64) => unknown) => () =>
    compile((x: T64) => cond(positive(x), (x) => ({ y: x }), other as never, x))(x);
  assertThrows(run((x) => ({ y: sum(x) })), TypeError, 'returns float64 [] at "y" of the result');
  assertThrows(run(() => ({ y: tensor32([1, 2]) })), TypeError, "float32 [2]");
  assertThrows(() => cond(x, (x) => x, (x) => x, x), TypeError, "must have one element");
  assertThrows(() => cond(1 as never, (x) => x, (x) => x, x), TypeError, "must be a tensor");
  assertThrows(() => cond(sum(x), 1 as never, (x) => x, x), TypeError, "whenTrue");
});

Deno.test("cond() refuses a result with a number plainly, as it does compiled", () => {
  // Callers without types.
  const f = (x: T64) =>
    cond(positive(x), (t) => ({ t, count: 1 }) as never, (t) => ({ t, count: 1 }) as never, x) as T64;
  for (const g of [f, compile(f)]) assertThrows(() => g(tensor64([1])), TypeError, 'with 1 at "count" of the result');
});

Deno.test("what a branch computes of what it closes over is not computed where it is not taken, compiled or not", () => {
  const no = constant(0, { dtype: "float64" }), x = constant([0, 2], { dtype: "float64" });
  const slope = (p: Tensor<"float64">, x: Tensor<"float64">) =>
    gradient((x: Tensor<"float64">) => sum(cond(p, () => log(x), () => x)))(x);
  assertEquals([toList(slope(no, x)), toList(compile(slope)(no, x))], [[1, 1], [1, 1]]);

  const endless = (p: Tensor, x: Tensor<"float64">) => {
    const forever = () => whileLoop((c: Tensor<"float64">) => less(sum(c), 1e9), (c) => mul(c, 1), x, { maxSteps: 5 });
    return cond(p, forever, () => x);
  };
  assertEquals([toList(endless(no, x)), toList(compile(endless)(no, x))], [[0, 2], [0, 2]]);

  const unknownClass = (p: Tensor, x: Tensor<"float64">, labels: Tensor<"float64">) =>
    cond(p, () => softmaxCrossEntropy(x, labels), () => sum(x));
  assertEquals(toNumber(compile(unknownClass)(no, x, constant(9, { dtype: "float64" }))), 2);
});

Deno.test("cond() called plainly leaves the other function alone: it may call itself, read values, and be wrong", () => {
  const factorial = (n: T64): T64 =>
    cond(greater(n, 0), (n: T64) => mul(n, factorial(sub(n, 1))), (_: T64): T64 => tensor64(1), n);
  assertEquals(toList(factorial(tensor64(5))), [120]);
  assertEquals(toList(gradient(factorial)(tensor64(3))), [11]); // (n (n - 1) (n - 2))' at 3
  const reading = (x: T64) => cond(greater(x, 0), (x) => x, (x) => tensor64(Math.log(-toList(x)[0]!)), x);
  assertEquals(toList(reading(tensor64(2))), [2]);
  assertThrows(() => compile(reading)(tensor64(2)), AbstractValueError, "Cannot read the value");
});

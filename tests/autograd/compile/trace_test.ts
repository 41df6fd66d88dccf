import { assertEquals, assertThrows } from "@std/assert";
import {
  add,
  compile,
  customOp,
  gradient,
  greater,
  mul,
  sum,
  type Tensor,
  tensor64,
  toList,
  toNumber,
  TraceError,
  valueAndGradient,
  where,
} from "../../../autograd/mod.ts";

type T64 = Tensor<"float64">;

const x = tensor64([[1, -2, 3], [4, 5, -6]]);

Deno.test("reading a value while tracing is an error that says what to do", () => {
  const f = compile((a: T64) => toNumber(sum(a)) > 0 ? a : mul(a, -1));
  assertThrows(() => f(x), TraceError, "use where(condition, a, b) in place of a branch");
  const g = compile((a: T64) => where(greater(a, 0), a, mul(a, -1)));
  assertEquals(toList(g(x)), [1, 2, 3, 4, 5, 6]);
});

Deno.test("asynchronous functions are refused", () => {
  const f = compile(async (a: T64) => {
    await Promise.resolve();
    return a;
  });
  assertThrows(() => f(x), TraceError, "make the function synchronous");
});

Deno.test("tensors of a trace cannot be used after it", () => {
  const kept: T64[] = [];
  compile((a: T64) => {
    kept.push(a);
    return add(a, 1);
  })(x);
  assertThrows(() => add(kept[0]!, 1), TraceError);
  assertThrows(() => toList(kept[0]!), TraceError);
  assertThrows(() => compile((a: T64) => add(a, kept[0]!))(x), TraceError, "another trace");
});

Deno.test("an error of the function reaches the caller, and the next call traces again", () => {
  let fail = true;
  const f = compile((a: T64) => {
    if (fail) throw new Error("mine");
    return add(a, 1);
  });
  assertThrows(() => f(x), Error, "mine");
  fail = false;
  assertEquals(toNumber(sum(f(x))), 11);
});

Deno.test("customOp() is traced if possible, and called in every run if it reads values", () => {
  const double = customOp({
    name: "double",
    forward: (a: T64) => mul(a, 2),
    vjp: (cotangent) => [mul(cotangent as T64, 2)],
  });
  const round = customOp({
    name: "round",
    forward: (a: T64) => tensor64(toList(a).map(Math.round), a.shape),
    vjp: (cotangent) => [cotangent],
  });
  const f = (a: T64) => sum(mul(double(a), round(a))),
    compiled = compile(valueAndGradient(f)),
    at = tensor64([0.6, 2.2]);
  for (const t of [at, tensor64([3.7, -1.2])]) {
    assertEquals(toNumber(compiled(t).value), toNumber(f(t)));
    assertEquals(toList(compiled(t).gradients), toList(gradient(f)(t)));
  }
});

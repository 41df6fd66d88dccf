import { assertEquals, assertThrows } from "@std/assert";
import { TraceError } from "../../../autograd/compile/errors.ts";
import { Tracing } from "../../../autograd/compile/tracing.ts";
import {
  add,
  compile,
  customOp,
  exp,
  gradient,
  greater,
  matmul,
  mul,
  reduceTensor,
  relu,
  reshape,
  sum,
  type Tensor,
  tensor64,
  toList,
  toNumber,
  transpose,
  valueAndGradient,
  where,
} from "../../../autograd/mod.ts";
import { constantOf } from "../../../autograd/tensor.ts";
import type { ValueType } from "../../../blas/program/program.ts";
import { assertListing } from "../../blas/program/listings.ts";

const MATRIX: ValueType = { dtype: "float64", shape: [2, 3] };
const parameterOf = (tracing: Tracing): Tensor<"float64"> =>
  constantOf(tracing.parameter(0)) as Tensor as Tensor<"float64">;

Deno.test("tracing writes each application as the operation of its primitive, and others as calls outside", () => {
  const tracing = new Tracing([MATRIX]), x = parameterOf(tracing), weight = tensor64([[1], [2], [3]]);
  const results = tracing.run(() => [relu(matmul(x, weight)), transpose(x), reduceTensor(exp(x), (a, b) => a + b)]);
  assertListing(
    tracing.program(results.map(({ view }) => view)),
    `
      %0  float64[2, 3]  48 B  parameter
      %1  float64[3, 1]  24 B  constant
      %2  float64[2, 1]  16 B  gemm %0 %1
      %3  float64[2, 1]  16 B  map max(%2, 0)
      %4  float64[3, 2]  48 B  transpose %0 by 1, 0
      %5  float64[2, 3]  48 B  map exp(%0)
      %6  float64[]       8 B  host reduceTensor %5
      results %3 %4 %6
  `,
  );
});

Deno.test("a reshaped value is the same array; as a result it has its own shape", () => {
  const tracing = new Tracing([MATRIX]), x = parameterOf(tracing);
  const results = tracing.run(() => {
    const y = exp(x), column = reshape(y, [6, 1]);
    return [y, relu(column), column];
  });
  assertListing(
    tracing.program(results.map(({ view }) => view)),
    `
      %0  float64[2, 3]  48 B  parameter
      %1  float64[2, 3]  48 B  map exp(%0)
      %2  float64[6, 1]  48 B  map max(%1, 0)
      %3  float64[6, 1]  48 B  reshape %1
      results %1 %2 %3
  `,
  );
});

Deno.test("a view that several operations read is one constant", () => {
  const tracing = new Tracing([MATRIX]), x = parameterOf(tracing), weight = tensor64([[1], [2], [3]]);
  const results = tracing.run(() => [matmul(x, weight), matmul(x, weight)]);
  assertEquals(tracing.program(results.map(({ view }) => view)).constants.length, 1);
});

Deno.test("a finished trace accepts no more, and views of another trace are refused", () => {
  const ended = new Tracing([MATRIX]), x = parameterOf(ended);
  ended.run(() => relu(x));
  assertThrows(() => relu(x), TraceError, "Cannot apply relu to a tensor of another trace");
  const other = new Tracing([MATRIX]);
  assertThrows(() => other.program([x.view]), TraceError, "Cannot return a tensor of another trace");
});

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

Deno.test("customOp() is traced where it can be, and called in every run where it reads values", () => {
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

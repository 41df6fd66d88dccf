import { assertEquals, assertThrows } from "@std/assert";
import { TraceError } from "../../../autograd/compile/errors.ts";
import { Tracing } from "../../../autograd/compile/tracing.ts";
import { argmax, exp, matmul, relu, transpose } from "../../../autograd/ops/mod.ts";
import { constantOf, type Tensor } from "../../../autograd/tensor.ts";
import { tensor64 } from "../../../autograd/values/constructors.ts";
import type { ValueType } from "../../../blas/program/program.ts";
import { assertListing } from "../../blas/program/listings.ts";

const MATRIX: ValueType = { dtype: "float64", shape: [2, 3] };
const parameterOf = (tracing: Tracing): Tensor<"float64"> =>
  constantOf(tracing.parameter(0)) as Tensor as Tensor<"float64">;

Deno.test("tracing writes each application as the operation of its primitive, and others as calls outside", () => {
  const tracing = new Tracing([MATRIX]), x = parameterOf(tracing), weight = tensor64([[1], [2], [3]]);
  const results = tracing.run(() => [relu(matmul(x, weight)), transpose(x), argmax(exp(x), 1)]);
  assertListing(
    tracing.program(results.map(({ view }) => view)),
    `
      %0  float64[2, 3]  48 B  parameter
      %1  float64[3, 1]  24 B  constant
      %2  float64[2, 1]  16 B  gemm %0 %1
      %3  float64[2, 1]  16 B  map max(%2, 0)
      %4  float64[3, 2]  48 B  transpose %0 by 1, 0
      %5  float64[2, 3]  48 B  map exp(%0)
      %6  float64[2]     16 B  host argmax %5
      results %3 %4 %6
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

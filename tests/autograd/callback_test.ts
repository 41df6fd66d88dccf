import { assertEquals, assertThrows } from "@std/assert";
import { callOnNumbers } from "../../autograd/callback.ts";
import { compile } from "../../autograd/compile/compile.ts";
import { mul } from "../../autograd/ops/arithmetic.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { gradient } from "../../autograd/transforms/gradient.ts";
import { constant, tensor64 } from "../../autograd/values/constructors.ts";
import { toNumber } from "../../autograd/values/read.ts";

type T64 = Tensor<"float64">;

const number = (x: number): T64 => constant(x, { dtype: "float64" });
const weighted = (x: number, y: number): number => x < 3 ? 10 * x + y : NaN;

Deno.test("callOnNumbers() applies a function of plain numbers to 0-d tensors, in plain calls and in every compiled run", () => {
  const f = (x: T64, y: T64): T64 => callOnNumbers(weighted, x, y), compiled = compile(f);
  for (const [x, y] of [[1, 2], [2, 0.5], [3, 0]] as const) {
    assertEquals([f, compiled].map((g) => toNumber(g(number(x), number(y)))), [weighted(x, y), weighted(x, y)]);
  }
});

Deno.test("an error that the function throws is an error of the call, and the next call works", () => {
  const f = compile((x: T64): T64 =>
    callOnNumbers((v) => {
      if (v > 1) throw new RangeError("too large");
      return v;
    }, x)
  );
  assertEquals(toNumber(f(number(1))), 1);
  assertThrows(() => f(number(2)), RangeError, "too large");
  assertEquals(toNumber(f(number(0.5))), 0.5);
});

Deno.test("the result of callOnNumbers() has no derivative", () => {
  const slope = gradient((x: T64) => mul(x, callOnNumbers((v) => v * v, x)))(tensor64(3));
  assertEquals(toNumber(slope), 9);
});

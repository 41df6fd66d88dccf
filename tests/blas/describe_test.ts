import { assertEquals } from "@std/assert";
import { describe, describeSetting, isCallable } from "../../blas/describe.ts";
import { ones, tensor64 } from "../../autograd/mod.ts";

Deno.test("describe() says what anything is, in a few words", () => {
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  const cases: readonly (readonly [unknown, string])[] = [
    [undefined, "undefined"],
    [null, "null"],
    [1.5, "1.5"],
    [10n, "10n"],
    [Symbol("s"), "Symbol(s)"],
    ["relu", '"relu"'],
    ["x".repeat(1000), `"${"x".repeat(40)}"`],
    [[1, 2], "an array of 2"],
    [cyclic, "an array of 1"],
    [{}, "a record of nothing"],
    [Object.create(null), "a record of nothing"],
    [{ params: 1, state: 2 }, "a record of params, state"],
    [{ a: 1, b: 2, c: 3, d: 4, e: 5 }, "a record of a, b, c, d, …"],
    [() => 1, "a function"],
    [class Dense {}, "a class"],
    [Boolean, "a function"],
    [new Map(), "an instance of Map"],
    [new Float32Array(1e6), "an instance of Float32Array"],
    [Object.create({ constructor: 3 }), "an instance of a class"],
    [tensor64([[1, 2]]), "a float64 tensor [1, 2]"],
    [ones([]), "a float32 tensor []"],
  ];
  for (const [value, text] of cases) assertEquals(describe(value), text);
});

Deno.test("describeSetting() shows short lists of numbers", () => {
  const cases = [[[2, 1], "[2,1]"], [3, "3"], [[1, "2"], "an array of 2"], [new Array(9).fill(1), "an array of 9"]];
  for (const [value, text] of cases) assertEquals(describeSetting(value), text);
});

Deno.test("isCallable() takes functions of all kinds, and no class", () => {
  const method = { f() {} }.f;
  for (
    const f of [
      () => 1,
      function () {},
      async () => {},
      function* () {},
      method,
      Boolean,
      Math.max,
      new Proxy(() => 1, {}),
    ]
  ) {
    assertEquals(isCallable(f), true, String(f));
  }
  for (const other of [class {}, class Own extends Map {}, 1, null, undefined, {}]) {
    assertEquals(isCallable(other), false, String(other));
  }
});

import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import {
  argmax,
  broadcastTo,
  compile,
  exp,
  flip,
  formatProgram,
  gradient,
  key,
  maxPool1d,
  maxPool2d,
  mul,
  randomNormal,
  reshape,
  slice,
  sliceAxes,
  sum,
  takeAlong,
  type Tensor,
  tensor64,
  toList,
} from "../../../../autograd/mod.ts";
import { compareWindows } from "./on_programs.ts";

const running = (f: (x: Tensor<"float64">) => Tensor, x: Tensor<"float64">): string =>
  formatProgram(compile(f), x).split("As it runs:")[1]!;
const kindsIn = (program: string): readonly string[] =>
  ["argmax", "gather", "join", "map"].filter((kind) => new RegExp(` ${kind}\\b`).test(program));

Deno.test("compareWindows() makes pooling by small windows one loop, with a gradient that still searches", () => {
  const x = randomNormal(key(0), [2, 3, 8, 8], { dtype: "float64" });
  assertEquals(kindsIn(running((x) => maxPool2d(x, { size: 2 }), x)), ["map"]);
  assertEquals(kindsIn(running((x) => maxPool2d(x, { size: 3, stride: 1, padding: 1 }), x)), ["join"]);
  assertEquals(kindsIn(running((x) => maxPool2d(x, { size: 5 }), x)), ["argmax", "gather"]); // 25 elements a window
  const slope = gradient((x: Tensor<"float64">) => sum(mul(maxPool2d(x, { size: 2 }), maxPool2d(x, { size: 2 }))));
  assertEquals(kindsIn(running(slope, x)).includes("gather"), false);
  assertEquals(toList(compile(slope)(x)), toList(slope(x)));
});

Deno.test("compareWindows() reads elements where the search was among the same ones only", () => {
  const x = randomNormal(key(0), [4, 6], { dtype: "float64" });
  const largest = (x: Tensor<"float64">) => takeAlong(x, argmax(x, { axis: 1, keepDims: true }), 1);
  const others = (x: Tensor<"float64">) => takeAlong(exp(x), argmax(x, { axis: 1, keepDims: true }), 1);
  for (const f of [largest, others]) assertEquals(toList(compile(f)(x)), toList(f(x)));
  const program = { parameters: [], constants: [], instructions: [], results: [] };
  assertStrictEquals(compareWindows(program), program);
});

Deno.test("compareWindows() leaves gathers that read beside the windows, other rows of them, or in another order", () => {
  const top = (x: Tensor<"float64">, axis = 1) => argmax(x, { axis, keepDims: true });
  const columns = (x: Tensor<"float64">, step: number, from = 0) => sliceAxes(x, [[], [from, null, step]]);
  for (
    const f of [
      (x: Tensor<"float64">) => takeAlong(x, top(columns(x, 1, 1)), 1),
      (x: Tensor<"float64">) => takeAlong(x, top(columns(x, 3)), 1),
      (x: Tensor<"float64">) => takeAlong(x, flip(top(x), 0), 1),
      (x: Tensor<"float64">) => takeAlong(slice(x, 0, 2), reshape(top(x), [2, 2]), 1),
      (x: Tensor<"float64">) => takeAlong(x, top(broadcastTo(columns(x, 6), [4, 6]), 0), 0),
    ]
  ) {
    for (let seed = 0; seed < 4; seed++) {
      const x = randomNormal(key(seed), [4, 6], { dtype: "float64" });
      assertEquals(toList(compile(f)(x)), toList(f(x)));
    }
  }
});

Deno.test("what is pooled is not computed once for each window that sees it", () => {
  const x = randomNormal(key(0), [2, 3, 16, 16], { dtype: "float64" });
  assertEquals(running((x) => maxPool2d(exp(x), { size: 3, stride: 1 }), x).match(/exp\(/g)?.length, 1);
});

const signed = (t: Tensor): readonly (number | string)[] => toList(t).map((x) => Object.is(x, -0) ? "-0" : x);

Deno.test("pooling that is compiled picks what it picks plainly, of equal zeros and of NaN too", () => {
  const number = fc.constantFrom(0, -0, 1, 2, -1, NaN, Infinity, -Infinity);
  const size = fc.integer({ min: 1, max: 3 });
  fc.assert(
    fc.property(
      fc.tuple(size, size, fc.integer({ min: 1, max: 2 }), fc.nat(1), fc.boolean()),
      fc.array(number, { minLength: 96, maxLength: 96 }),
      ([size, stride, dilation, padding, ceilMode], numbers) => {
        const options = { size, stride, dilation, padding: padding * (size >> 1), ceilMode };
        const image = reshape(tensor64(numbers), [2, 6, 8]);
        for (
          const f of [
            (x: Tensor<"float64">) => maxPool2d(x, options),
            (x: Tensor<"float64">) => maxPool1d(x, options),
          ]
        ) assertEquals(signed(compile(f)(image)), signed(f(image)));
      },
    ),
    { numRuns: 25 },
  );
});

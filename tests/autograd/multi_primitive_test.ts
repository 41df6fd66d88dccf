import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { backward, pullBack } from "../../autograd/backward.ts";
import { compile, formatProgram } from "../../autograd/compile/compile.ts";
import { applySeveral, type MultiPrimitive } from "../../autograd/multi_primitive.ts";
import { add, exp, mul, sum } from "../../autograd/ops/mod.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { gradient } from "../../autograd/transforms/gradient.ts";
import { jvp } from "../../autograd/transforms/vjp.ts";
import { tensor32, tensor64 } from "../../autograd/values/constructors.ts";
import { toList, toNumber } from "../../autograd/values/read.ts";
import { quotientAndRemainder, sineAndCosine } from "./several_results.ts";

type T64 = Tensor<"float64">;
const both = (x: T64): readonly Tensor<"float64">[] => applySeveral(sineAndCosine, {}, [x]);

/** Sine and cosine whose rule notes for which results cotangents arrive. */
function noted(calls: boolean[][]): MultiPrimitive<Readonly<Record<never, never>>> {
  return {
    ...sineAndCosine,
    vjps: (cotangents, application) => {
      calls.push(cotangents.map((cotangent) => cotangent !== null));
      return sineAndCosine.vjps(cotangents, application);
    },
  };
}

Deno.test("results of one application know each other, and are constants if no operand is tracked", () => {
  const [sine, cosine] = both(tensor64([0, 1]));
  assert(sine?.tag === "node" && cosine?.tag === "node");
  assertStrictEquals(sine.siblings, cosine.siblings);
  assertEquals(sine.siblings!.map((node) => node === sine ? "sine" : node === cosine ? "cosine" : ""), [
    "sine",
    "cosine",
  ]);
  assert(Object.isFrozen(sine.siblings));
  assertEquals(both(tensor64([0], undefined, { requiresGrad: false })).map(({ tag }) => tag), ["constant", "constant"]);
});

Deno.test("the rule runs once for each application, with the cotangents of all results, null where none arrived", () => {
  const calls: boolean[][] = [], primitive = noted(calls), x = tensor64([0.5, 1]);
  const [sine, cosine] = applySeveral(primitive, {}, [x]);
  // exp(cosine) comes after sine in one order and before it in the other: both must have arrived.
  const gradients = backward(add(mul(sine!, exp(cosine!)), cosine!));
  assertEquals(calls, [[true, true]]);
  assertEquals(toList(gradients.get(x)!).length, 2);
  backward(sine!);
  backward(sum(applySeveral(primitive, {}, [x])[1]!));
  assertEquals(calls.slice(1), [[true, false], [false, true]]);
});

Deno.test("a result that is wanted keeps its cotangent, and those of the others are passed on", () => {
  const calls: boolean[][] = [], x = tensor64([0.5]), [sine, cosine] = applySeveral(noted(calls), {}, [x]);
  const found = pullBack(new Map<Tensor, Tensor>([[mul(sine!, cosine!), tensor64([1])]]), new Set<Tensor>([sine!, x]));
  assertEquals(toList(found.get(sine!)!), toList(cosine!));
  assertEquals(toList(found.get(x)!), [-Math.sin(0.5) * Math.sin(0.5)]);
  assertEquals(calls, [[false, true]]);
});

Deno.test("derivatives of several results go to any order, and forward", () => {
  const product = (x: T64) => {
    const [sine, cosine] = both(x);
    return sum(mul(sine!, cosine!)); // sin(2 x) / 2
  };
  const third = gradient(gradient(gradient(product)));
  assert(Math.abs(toNumber(third(tensor64(0.3))) + 4 * Math.cos(0.6)) < 1e-14);
  const { tangent } = jvp(product, [tensor64(0.3)], [tensor64(2)]);
  assert(Math.abs(toNumber(tangent) - 2 * Math.cos(0.6)) < 1e-15);
});

Deno.test("several results are one instruction of a program: a loop, or one call outside", () => {
  const f = compile((x: T64) => both(x)), x = tensor64([0, 1]);
  assertEquals(f(x).map(toList), both(x).map(toList));
  assertEquals(formatProgram(f, x).split("As it runs")[1]!.match(/map|sin|cos/g), ["map", "sin", "cos"]);
  const g = compile((a: T64, b: T64) => applySeveral(quotientAndRemainder, {}, [a, b]));
  const divided = g(tensor64([7, 8]), tensor64([3, 2]));
  assertEquals(divided.map(toList), [[2, 4], [1, 0]]);
  assertEquals(formatProgram(g, x, x).split("As it runs")[1]!.match(/host \w+/g), ["host quotientAndRemainder"]);
});

Deno.test("a program leaves out results of a call outside that nothing needs, and keeps them apart from those of another", () => {
  const f = compile((a: T64, b: T64) => {
    const [quotient] = applySeveral(quotientAndRemainder, {}, [a, b]);
    const [, remainder] = applySeveral(quotientAndRemainder, {}, [a, b]);
    return [quotient!, remainder!] as const;
  });
  assertEquals(f(tensor64([7]), tensor64([3])).map(toList), [[2], [1]]);
  const g = compile((a: T64, b: T64) => applySeveral(quotientAndRemainder, {}, [a, b])[1]!);
  assertEquals(toList(g(tensor64([7]), tensor64([3]))), [1]);
});

Deno.test("applySeveral() checks operands as apply() does", () => {
  const pair = (a: Tensor, b: Tensor) => applySeveral(quotientAndRemainder, {}, [a, b]);
  assertThrows(
    () => pair(tensor64([1]), tensor32([1])),
    TypeError,
    "Cannot apply quotientAndRemainder to float64 and float32",
  );
});

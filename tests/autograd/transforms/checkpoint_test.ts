import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  add,
  backward,
  checkpoint,
  compile,
  constant,
  exp,
  formatProgram,
  gradient,
  jvp,
  mul,
  scale,
  sin,
  square,
  sum,
  type Tensor,
  tensor64,
  toList,
  toNumber,
  vjp,
} from "../../../autograd/mod.ts";

type T64 = Tensor<"float64">;

const block = ({ x }: { x: T64 }, factor: number) => ({ y: sin(mul(exp(scale(x, factor)), x)), z: square(x) });
const lossOf = (f: typeof block) => (x: T64) => {
  const { y, z } = f({ x }, 0.5);
  return sum(mul(y, z));
};

Deno.test("checkpoint() changes neither values nor derivatives of any order", () => {
  const x = tensor64([0.3, -0.7]), plain = lossOf(block), kept = lossOf(checkpoint(block));
  const second = (f: typeof plain) => gradient((x: T64) => sum(square(gradient(f)(x))));
  const third = (f: typeof plain) => gradient((x: T64) => sum(square(second(f)(x))));
  for (const derivative of [gradient, second, third]) {
    const wanted = toList(derivative(plain)(x));
    for (const found of [derivative(kept)(x), compile(derivative(kept))(x)]) {
      toList(found).forEach((value, k) => assertAlmostEquals(value, wanted[k]!, 1e-9 * (1 + Math.abs(value))));
    }
  }
  assertAlmostEquals(toNumber(jvp(kept, [x], [x]).tangent), toNumber(jvp(plain, [x], [x]).tangent), 1e-12);
});

Deno.test("checkpoint() gives gradients to tensors that the function closes over", () => {
  const w = tensor64([2, 3]), doubled = scale(w, 2), x = tensor64([1, 2]);
  const f = (x: T64) => sum(mul(square(doubled), add(x, w)));
  const [plain, kept] = [f, checkpoint(f)].map((g) => backward(g(x)));
  assertEquals(toList(kept!.get(w)!), toList(plain!.get(w)!));
  assertEquals(toList(kept!.get(x)!), toList(plain!.get(x)!));
  const inside = (wrap: (g: (x: T64) => T64) => (x: T64) => T64) =>
    gradient((w: T64) => sum(wrap((x) => mul(square(w), x))(tensor64([5, 7]))));
  assertEquals(toList(inside(checkpoint)(w)), toList(inside((g) => g)(w)));
  assertEquals(toList(compile(inside(checkpoint))(w)), toList(inside((g) => g)(w)));
});

Deno.test("checkpoint() gives the gradient of one argument where others are constants", () => {
  const factor = constant([5, 7], { dtype: "float64" });
  const f = checkpoint((x: T64, factor: T64) => sum(mul(square(x), factor)));
  assertEquals(toList(gradient((x: T64) => f(x, factor))(tensor64([1, 2]))), [10, 28]);
});

Deno.test("checkpoint() keeps no intermediate results, and runs the function again in the derivative", () => {
  let runs = 0;
  const f = checkpoint((x: T64) => {
    runs++;
    return exp(sin(exp(sin(x))));
  });
  const x = tensor64([1, 2]), y = f(x);
  assertEquals([runs, y.tag === "node" && y.inputs.length === 1 && y.inputs[0] === x], [1, true]);
  backward(y);
  assertEquals(runs, 2);
});

Deno.test("checkpoint() compiled is computed again in the derivative", () => {
  const loss = (f: (x: T64) => T64) => compile(gradient((x: T64) => sum(f(x))));
  const f = (x: T64) => sin(exp(x));
  const branches = (text: string) => text.split("As it runs:")[1]!.split("branch of").length - 1;
  const x = tensor64([1, 2]);
  assertEquals([f, checkpoint(f)].map((g) => branches(formatProgram(loss(g), x))), [0, 1]);
});

Deno.test("checkpoint() passes on what is not tracked, and refuses what is not a tensor", () => {
  const x = sum(tensor64([1, 2])), f = checkpoint((a: number, t: Tensor) => ({ y: scale(t, a), none: null }));
  const { y, none } = f(3, x);
  assertEquals([toList(y), none], [[9], null]);
  assertThrows(() => checkpoint(() => 3)(), TypeError, "with 3 as the result: it must be a tensor");
  assertThrows(() => checkpoint(3 as never), TypeError, "must be a function");
});

Deno.test("checkpoint() of a function that computes a derivative is differentiated as without, to any order", () => {
  const ones = tensor64([1, 1]), cubes = (x: T64) => mul(x, square(x));
  for (const slope of [gradient((x: T64) => sum(cubes(x))), (x: T64) => jvp(cubes, [x], [ones]).tangent]) {
    const first = gradient((x: T64) => sum(checkpoint(slope)(x)));
    const second = gradient((x: T64) => sum(square(first(x)))),
      closed = gradient((x: T64) => sum(checkpoint(() => slope(x))()));
    const x = tensor64([1, 2]);
    for (const f of [first, compile(first), closed, compile(closed)]) assertEquals(toList(f(x)), [6, 12]);
    for (const f of [second, compile(second)]) assertEquals(toList(f(x)), [72, 144]);
  }
});

Deno.test("checkpoint() of a function that makes variables of its own, as vjp() does, is differentiated as without", () => {
  const value = (x: T64, w: T64) => vjp((x: T64, w: T64) => mul(sin(x), w), x, w).value;
  const x = constant([1, 2], { dtype: "float64" }), w = constant([3, 4], { dtype: "float64" });
  const slope = (f: typeof value) => toList(gradient((x: T64) => sum(square(f(x, w))))(x));
  assertEquals(slope(checkpoint(value)), slope(value));
});

Deno.test("checkpoint() passes gradients to what a function closes over and first computes with alone, beside such variables", () => {
  const x = constant([1, 2], { dtype: "float64" }), other = constant([5, 6], { dtype: "float64" });
  const product = (x: T64, w: T64): T64 => vjp((x: T64, w: T64) => mul(sin(square(x)), w), x, w).value;
  const plain = (x: T64, w: T64): T64 => mul(product(other, w), product(square(x), w));
  const kept = (x: T64, w: T64): T64 => checkpoint((w: T64) => plain(x, w))(w);
  const slope = (f: typeof plain) => toList(gradient((x: T64) => sum(square(f(x, other))))(x));
  assertEquals(slope(kept), slope(plain));
});

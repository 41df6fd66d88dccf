import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  add,
  compile,
  cos,
  customOp,
  gradient,
  matmul,
  mul,
  scanAlong,
  sin,
  square,
  tanh,
  type Tensor,
  tensor64,
  toList,
  toNumber,
  transpose,
} from "../../../autograd/mod.ts";
import { record, replay, typeOf } from "../../../autograd/transforms/recorded_function.ts";
import { differentiateStep, withoutInputs } from "../../../autograd/transforms/scan_derivative.ts";

const h = tensor64([[1, 2]]), x = tensor64([[3, 4]]), w = tensor64([[1, 0], [0, 1]]);

/** A step from `[h, x]`, which reads `w`, to the next carry and what is yielded. */
const { recorded, captured } = record("test", [h, x].map(typeOf), ([h, x]) => {
  const next = tanh(add(matmul(h!, transpose(w)), x!));
  return [next, mul(next, x!)];
});
const { forward, backward } = differentiateStep({ step: recorded, carries: 1, sequences: 1 }, [true, true, true]);

Deno.test("the step forward gives what it gave, and then what is kept", () => {
  const plain = replay(recorded, [h, x, w]).map(toList), kept = replay(forward, [h, x, w]).map(toList);
  assertEquals([captured.length, kept.slice(0, 2)], [1, plain]);
  // tanh's own value and the carry: not x, which is there already, nor the transpose of w, which costs nothing.
  assertEquals([backward.residuals, kept.slice(2)], [2, kept.slice(2).filter((values) => values.length === 2)]);
  assertEquals([backward.sliced, backward.captured, backward.tracked], [[0], [0], [0]]);
});

Deno.test("sums over steps that are products are put off, so nothing is accumulated", () => {
  assertEquals([backward.accumulated, backward.deferred.map(({ captured }) => captured)], [[], [0]]);
});

Deno.test("zeros take the place of arguments that are left out", () => {
  const { recorded } = record("test", [h, x].map(typeOf), ([a, b]) => [add(a as Tensor, b as Tensor)]);
  assertEquals(replay(withoutInputs(recorded, [0]), [x]).map(toList), [[3, 4]]);
  assertEquals(withoutInputs(recorded, []) === recorded, true);
});

Deno.test("a customOp that a step returns keeps its derivative in second derivatives", () => {
  const own = customOp({
    name: "own",
    forward: (x: Tensor<"float64">) => sin(x),
    vjp: (c: Tensor<"float64">, { inputs: [x] }) => [mul(c, mul(cos(x), 2))],
  });
  const f = (x: Tensor<"float64">) =>
    scanAlong((c: Tensor<"float64">, _: Tensor) => [own(c), null] as const, x, tensor64([0, 0]))[0];
  const slope = gradient((x: Tensor<"float64">) => square(gradient(f)(x))), x = tensor64(0.7);
  assertAlmostEquals(toNumber(compile(slope)(x)), toNumber(slope(x)), 1e-12);
});

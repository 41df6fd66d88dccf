/**
 * Covers optim/strong_wolfe.ts, and the line search of optim/lbfgs.ts.
 *
 * @module
 */
import { assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import {
  add,
  compile,
  constant,
  lbfgs,
  mul,
  type Optimizer,
  scale,
  sin,
  slice,
  square,
  sub,
  sum,
  type Tensor,
  tensor32,
  tensor64,
  toList,
  valueAndGradient,
} from "../../mod.ts";
import { strongWolfe } from "../../optim/strong_wolfe.ts";
import json from "../fixtures/optimizers.json" with { type: "json" };

const LOSSES: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  rosenbrock: (x) => {
    const count = x.shape[0]!, own = slice(x, 0, count - 1), next = slice(x, 1, count - 1);
    return sum(add(square(sub(1, own)), scale(square(sub(next, square(own))), 100)));
  },
  waves: (x) => sum(add(sin(scale(x, 3)), scale(square(x), 0.1))),
};

for (const { loss: name, start, learningRate, history, path } of json.searches) {
  Deno.test(`lbfgs with a line search takes PyTorch's steps: ${name} from [${start}], learning rate ${learningRate}`, () => {
    const both = valueAndGradient(LOSSES[name]!);
    for (const search of [both, compile(both)]) {
      const optimizer = lbfgs({ learningRate, history, lineSearch: search });
      let state = optimizer.init<Tensor>(constant(start, { dtype: "float64" }));
      for (const wanted of path) {
        state = optimizer.step(state, search(state.params).gradients);
        toList(state.params).forEach((x, k) =>
          assertAlmostEquals(x, wanted[k]!, 1e-9 * Math.max(1, Math.abs(wanted[k]!)))
        );
      }
    }
  });
}

Deno.test("lbfgs with a line search works in float32, and on trees of params", () => {
  type Params = { readonly a: Tensor<"float32">; readonly b: readonly [Tensor<"float32">] };
  const search = valueAndGradient(({ a, b: [b] }: Params) => sum(add(square(sub(a, 3)), mul(square(b), 50))));
  const optimizer = lbfgs({ lineSearch: search });
  let state = optimizer.init<Params>({ a: tensor32([1, 2]), b: [tensor32([[4, 5]])] });
  for (let k = 0; k < 8; k++) state = optimizer.step(state, search(state.params).gradients);
  for (const x of toList(state.params.a)) assertAlmostEquals(x, 3, 1e-4);
  for (const x of toList(state.params.b[0])) assertAlmostEquals(x, 0, 1e-4);
  assertEquals([optimizer.config.lineSearch, state.params.a.dtype], [true, "float32"]);
});

Deno.test("a line search stays where no direction leads down, and says what it needs", () => {
  const search = valueAndGradient((x: Tensor<"float64">) => sum(square(x))), optimizer = lbfgs({ lineSearch: search });
  const start = optimizer.init(tensor64([0, 0]));
  assertEquals(toList(optimizer.step(start, search(start.params).gradients).params), [0, 0]);
  assertThrows(() => lbfgs({ lineSearch: 1 as never }), TypeError, "lineSearch");
  const wrong: Optimizer = lbfgs({ lineSearch: (x: Tensor) => ({ value: sum(x), gradients: [x] }) });
  assertThrows(() => wrong.step(wrong.init(tensor64([1])), tensor64([1])), TypeError);
});

Deno.test("strongWolfe() ends within 26 points, at one that is no higher, whatever the loss", () => {
  const losses: readonly (readonly [f: (x: number) => number, slope: (x: number) => number])[] = [
    [(x) => -x, () => -1],
    [(x) => (x < 1e-3 ? -x : 5), (x) => (x < 1e-3 ? -1 : 0)],
    [(x) => x ** 4 - x, (x) => 4 * x ** 3 - 1],
    [(x) => Math.cos(20 * x) - x, (x) => -20 * Math.sin(20 * x) - 1],
  ];
  for (const [f, slope] of losses) {
    let asked = 0;
    const evaluate = (at: number) => ({ at, value: f(at), slope: slope(at), asked: ++asked });
    const found = strongWolfe(evaluate, { at: 0, value: f(0), slope: slope(0) }, 1, 1);
    assertLess(found.value, f(0) + 1e-12);
    assertLess(asked, 27);
  }
});

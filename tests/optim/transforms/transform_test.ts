import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { backward } from "../../../autograd/backward.ts";
import { tensor32, tensor64 } from "../../../autograd/values/constructors.ts";
import { mul, square, sum } from "../../../autograd/ops/mod.ts";
import type { ParameterTree } from "../../../autograd/tree/parameter_tree.ts";
import { toList, toNumber } from "../../../autograd/values/read.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { leaves } from "../../../autograd/tree/tree.ts";
import { chain } from "../../../optim/transforms/chain.ts";
import { clipValue } from "../../../optim/transforms/clip_transforms.ts";
import { descend } from "../../../optim/descend.ts";
import type { Transform } from "../../../optim/transforms/transform.ts";
import { anyTransform, contextOf, numbersOf, turned } from "./transforms.ts";

const params: ParameterTree = { a: tensor64([[1, -2]]), b: [tensor32(3)] };
const context = contextOf(params, 3);
const gradients = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 3, maxLength: 3 }).map(
  ([x, y, z]): ParameterTree => ({ a: tensor64([[x!, y!]]), b: [tensor32(z!)] }),
);

Deno.test("transforms are pure, keep structure, shapes and dtypes, and no graph", () => {
  fc.assert(fc.property(anyTransform, gradients, (transform, g) => {
    const state = transform.init(params), before = [numbersOf(g), numbersOf(state), numbersOf(params)];
    const [update, next] = transform.update(g, state, context),
      [again, nextAgain] = transform.update(g, state, context);
    assertEquals([numbersOf(update), numbersOf(next)], [numbersOf(again), numbersOf(nextAgain)]);
    assertEquals([numbersOf(g), numbersOf(state), numbersOf(params)], before);
    const kinds = (tree: ParameterTree) => leaves<Tensor>(tree).map(({ dtype, shape }) => [dtype, shape]);
    assertEquals(kinds(update), kinds(params));
    assertEquals(numbersOf(next).map(([path]) => path), numbersOf(state).map(([path]) => path));
    if (transform !== turned) assert(leaves<Tensor>(update).every((t) => t.tag !== "node"));
  }));
});

Deno.test("transforms name the path where gradients do not fit the parameters", () => {
  const transform = clipValue(1), state = transform.init(params);
  const update = (g: ParameterTree) => () => transform.update(g, state, context);
  assertThrows(update({ a: tensor64([[1, 1]]) }), TypeError, 'Cannot map trees at "b": found nothing');
  assertThrows(
    update({ a: tensor64([1]), b: [tensor32(1)] }),
    TypeError,
    'Cannot step clipValue at "a": found a gradient',
  );
  assertThrows(
    update({ a: tensor64([[1, 1]]), b: [tensor64(1)] }),
    TypeError,
    'Cannot apply clipValue at "b.0" to float32 and float64: a gradient must have the dtype of its parameter',
  );
  assertThrows(
    () => transform.init([3] as unknown as ParameterTree),
    TypeError,
    'Cannot begin clipValue with number at "0"',
  );
});

Deno.test("a custom transform whose result does not fit is named, with the path", () => {
  const broken: Transform = { ...turned, name: "broken", update: (g, state) => [(g as ParameterTree[])[0]!, state] };
  const optimizer = chain(broken, descend());
  assertThrows(() => optimizer.step(optimizer.init([tensor64(1)]), [tensor64(1)]), TypeError, "Cannot map trees");
});

Deno.test("transforms of a user's own see detached params, the step and the rate", () => {
  const seen: unknown[] = [];
  const spy: Transform = {
    ...turned,
    update: (g, state, { params, step, learningRate }) => {
      seen.push([(params as Tensor).tag, toNumber(step), toNumber(learningRate)]);
      return [g, state];
    },
  };
  const optimizer = chain(spy, descend({ learningRate: (step) => step + 1 }));
  let state = optimizer.init(tensor64([1, 2]));
  for (let k = 0; k < 2; k++) state = optimizer.step(state, backward(sum(mul(square(state.params), 0.5))));
  assertEquals(seen, [["constant", 0, 1], ["constant", 1, 2]]);
  assertEquals(toList(state.params), [0, 0]);
});

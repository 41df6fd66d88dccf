import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { backward } from "../../../autograd/backward.ts";
import { constant, tensor32, tensor64 } from "../../../autograd/values/constructors.ts";
import { mul, sum } from "../../../autograd/ops/mod.ts";
import type { ParameterTree } from "../../../autograd/tree/parameter_tree.ts";
import { toList } from "../../../autograd/values/read.ts";
import { adam } from "../../../optim/adam.ts";
import { chain } from "../../../optim/transforms/chain.ts";
import { clipNorm, clipValue } from "../../../optim/transforms/clip_transforms.ts";
import { isOptimizer, type Optimizer, withLearningRate } from "../../../optim/optimizer.ts";
import { sgd } from "../../../optim/sgd.ts";
import type { StateTree, Transform } from "../../../optim/transforms/transform.ts";
import { anyOptimizer, anyTransform, contextOf, numbersOf, turned } from "./transforms.ts";

const values = fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 4, maxLength: 4 });
const trees: fc.Arbitrary<ParameterTree> = values.map(([a, b, c, d]) => ({
  a: tensor64([[a!, b!]]),
  b: [tensor32(c!), tensor64([d!])],
}));

/** What a transform makes of gradients, one after another. */
function updates(transform: Transform, params: ParameterTree, gradients: readonly ParameterTree[]): unknown {
  let state: StateTree = transform.init(params);
  return gradients.map((g, step) => {
    const [update, next] = transform.update(g, state, contextOf(params, step));
    state = next;
    return numbersOf(update);
  });
}

/** Where an optimizer goes. */
function path(optimizer: Optimizer, params: ParameterTree, gradients: readonly ParameterTree[]): unknown {
  let state = optimizer.init(params);
  return gradients.map((g) => {
    state = optimizer.step(state, g);
    return numbersOf([state.params, state.step, state.learningRate]);
  });
}

Deno.test("chain() of transforms is associative in the updates it yields, and chain() of nothing changes nothing", () => {
  const three = fc.tuple(anyTransform, anyTransform, anyTransform);
  fc.assert(fc.property(three, trees, fc.array(trees, { maxLength: 3 }), ([a, b, c], params, gradients) => {
    const of = (transform: Transform) => updates(transform, params, gradients), flat = of(chain(a, b, c));
    assertEquals([of(chain(chain(a, b), c)), of(chain(a, chain(b, c)))], [flat, flat]);
    assertEquals([of(chain(a, chain())), of(chain(chain(), a)), of(chain(a))], [of(a), of(a), of(a)]);
  }));
});

Deno.test("chain() before an optimizer goes the same way however it is nested", () => {
  const parts = fc.tuple(anyTransform, anyTransform, anyOptimizer);
  fc.assert(fc.property(parts, trees, fc.array(trees, { maxLength: 3 }), ([a, b, last], params, gradients) => {
    const of = (optimizer: Optimizer) => path(optimizer, params, gradients), flat = of(chain(a, b, last));
    assertEquals([of(chain(chain(a, b), last)), of(chain(a, chain(b, last)))], [flat, flat]);
    assertEquals(of(chain(last)), of(last));
  }));
});

Deno.test("chain() takes optimizers and transforms of a user's own, and changes of the library's", () => {
  const own: Optimizer = { ...sgd({ learningRate: 1 }), name: "own" }, params = { w: tensor64([1, 2]) };
  const doubled: Optimizer = { ...own, step: (state, g) => own.step(own.step(state, g), g) };
  const after = (optimizer: Optimizer) =>
    numbersOf(optimizer.step(optimizer.init(params), { w: tensor64([1, 0]) }).params);
  assertEquals(after(chain(turned, own)), [["w", [2, 2]]]);
  assertEquals(after(chain(turned, doubled)), [["w", [3, 2]]]);
});

Deno.test("chain() applies its parts in order, also to the result of backward()", () => {
  const x = tensor64([1, 1]), optimizer = chain(clipValue(3), clipNorm(1), sgd({ learningRate: 1 }));
  const { params } = optimizer.step(optimizer.init(x), backward(sum(mul(x, constant([3, 400], { dtype: "float64" })))));
  toList(params).forEach((p) => assert(Math.abs(p - (1 - Math.SQRT1_2)) < 1e-6));
});

Deno.test("chain() with an optimizer at its end is an optimizer", () => {
  const optimizer = chain(clipNorm(1), sgd({ learningRate: 0.5 }));
  assert(isOptimizer(optimizer) && !isOptimizer(chain(clipNorm(1))));
  assertEquals(optimizer.name, "clipNorm > sgd");
  assertEquals([optimizer.config.maxNorm, optimizer.config.learningRate], [1, 0.5]);
  const next = optimizer.step(withLearningRate(optimizer.init(tensor64(1)), 0), tensor64(9));
  assertEquals(toList(next.params), [1]);
});

Deno.test("chain() names the path at which gradients have another structure", () => {
  const optimizer = chain(clipNorm(1), adam()), start = optimizer.init({ weight: tensor64(1), bias: tensor64(1) });
  assertThrows(() => optimizer.step(start, { weight: tensor64(1) }), TypeError, '"bias"');
});

Deno.test("chain() refuses an optimizer before its end", () => {
  // @ts-expect-error The types refuse it too.
  assertThrows(() => chain(sgd(), clipNorm(1)), TypeError, "only the last part may be an optimizer");
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { backward } from "../../autograd/backward.ts";
import { constant, tensor64 } from "../../autograd/constructors.ts";
import { mul, sum } from "../../autograd/ops/mod.ts";
import { toList } from "../../autograd/read.ts";
import { adam } from "../../optim/adam.ts";
import { chain, clipNorm, clipValue, type Transform } from "../../optim/chain.ts";
import { isOptimizer, withLearningRate } from "../../optim/optimizer.ts";
import { sgd } from "../../optim/sgd.ts";

const limit = fc.double({ min: 0.1, max: 10, noNaN: true });
const transform: fc.Arbitrary<Transform> = fc.oneof(limit.map(clipNorm), limit.map(clipValue));
const values = fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 3, maxLength: 3 });

Deno.test("chain() is associative in the updates it yields, and chain() of nothing changes nothing", () => {
  fc.assert(fc.property(transform, transform, transform, values, (a, b, c, v) => {
    const g = tensor64(v), updates = (t: Transform) => toList(t.update(g));
    assertEquals(updates(chain(chain(a, b), c)), updates(chain(a, b, c)));
    assertEquals(updates(chain(a, chain(b, c))), updates(chain(a, b, c)));
    assertEquals([updates(chain(a, chain())), updates(chain(chain(), a))], [updates(a), updates(a)]);
    const run = (optimizer: ReturnType<typeof adam>) =>
      toList([g, g, g].reduce(optimizer.step<typeof g>, optimizer.init(tensor64([1, 2, 3]))).params);
    const whole = run(chain(a, b, adam()));
    assertEquals([run(chain(a, chain(b, adam()))), run(chain(chain(a, b), adam()))], [whole, whole]);
  }));
});

Deno.test("chain() does its parts in order, on what backward() returned too", () => {
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

Deno.test("chain() refuses an optimizer before its end, and transforms refuse senseless limits", () => {
  // @ts-expect-error The types refuse it too.
  assertThrows(() => chain(sgd(), clipNorm(1)), TypeError, "only the last part may be an optimizer");
  for (const bad of [NaN, Infinity, 0, -1]) {
    assertThrows(() => clipNorm(bad), RangeError, `Cannot build clipNorm with maxNorm ${bad}: maxNorm must be`);
    assertThrows(() => clipValue(bad), RangeError, `Cannot build clipValue with limit ${bad}: limit must be`);
  }
});

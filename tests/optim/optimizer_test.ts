import { assert, assertAlmostEquals, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { backward } from "../../autograd/backward.ts";
import { constant, tensor32, tensor64 } from "../../autograd/values/constructors.ts";
import { mul, square, sum } from "../../autograd/ops/mod.ts";
import type { ParameterTree } from "../../autograd/tree/parameter_tree.ts";
import { toList, toNumber } from "../../autograd/values/read.ts";
import { isTensor, type Tensor } from "../../autograd/tensor.ts";
import { gradient, valueAndGradient } from "../../autograd/transforms/gradient.ts";
import { leaves } from "../../autograd/tree/tree.ts";
import { adadelta } from "../../optim/adadelta.ts";
import { adafactor } from "../../optim/adafactor.ts";
import { adagrad } from "../../optim/adagrad.ts";
import { adam } from "../../optim/adam.ts";
import { adamw } from "../../optim/adamw.ts";
import { amsgrad } from "../../optim/amsgrad.ts";
import { lamb } from "../../optim/lamb.ts";
import { lbfgs } from "../../optim/lbfgs.ts";
import { lion } from "../../optim/lion.ts";
import { nadam } from "../../optim/nadam.ts";
import { partitioned } from "../../optim/partitioned.ts";
import { radam } from "../../optim/radam.ts";
import { isOptimizer, learningRate, type Optimizer, withLearningRate } from "../../optim/optimizer.ts";
import { rmsprop } from "../../optim/rmsprop.ts";
import { sgd } from "../../optim/sgd.ts";
import { sparseAdam } from "../../optim/sparse_adam.ts";
import type { StateTree } from "../../optim/transforms/transform.ts";

const OPTIMIZERS: readonly Optimizer[] = [
  sgd({ learningRate: 0.1 }),
  sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 }),
  sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }),
  adam({ learningRate: 0.1 }),
  adam({ learningRate: 0.1, weightDecay: 0.01 }),
  adamw({ learningRate: 0.1 }),
  rmsprop({ learningRate: 0.1 }),
  rmsprop({ learningRate: 0.1, momentum: 0.5, weightDecay: 0.01 }),
  adagrad({ learningRate: 0.1, weightDecay: 0.01 }),
  lion({ learningRate: 0.1, weightDecay: 0.01 }),
  rmsprop({ learningRate: 0.1, centered: true }),
  adadelta({ weightDecay: 0.01 }),
  adafactor({ learningRate: 0.1 }),
  amsgrad({ learningRate: 0.1 }),
  lamb({ learningRate: 0.1 }),
  lbfgs({ learningRate: 0.1 }),
  nadam({ learningRate: 0.1 }),
  radam({ learningRate: 0.1 }),
  partitioned(
    { one: adam({ learningRate: 0.1 }), other: sgd({ learningRate: 0.1 }) },
    (_, { shape }) => shape.length === 2 ? "one" : "other",
  ),
];

/** The rates of those that need another one: steps that shrink with every gradient, or have a size of their own. */
const RATES: Readonly<Record<string, number>> = { adagrad: 0.2, adadelta: 5, adafactor: 0.2, radam: 0.1 };

const makeParams = () => ({ layers: [{ weight: tensor64([[1, -2], [3, 0.5]]) }, { bias: tensor64(-1) }] as const });
type Params = ReturnType<typeof makeParams>;
const loss = (p: Params): Tensor => sum(mul(square(p.layers[0].weight), square(p.layers[1].bias)));
const numbers = (tree: StateTree): number[][] =>
  leaves<Tensor | number>(tree).map((leaf) => isTensor(leaf) ? toList(leaf) : [leaf]);

for (const optimizer of OPTIMIZERS) {
  const title = `${optimizer.name} ${JSON.stringify(optimizer.config)}`;

  Deno.test(`${title}: a step is pure: same input, same output, nothing changed`, () => {
    const start = optimizer.init(makeParams()), gradients = gradient(loss)(start.params);
    const before = numbers([start.params, start.memory, gradients]);
    const first = optimizer.step(start, gradients), again = optimizer.step(start, gradients);
    assertEquals(numbers([first.params, first.memory]), numbers([again.params, again.memory]));
    assertEquals(numbers([start.params, start.memory, gradients]), before);
    assertEquals([start.step, first.step].map(toNumber), [0, 1]);
    const later = optimizer.step(first, gradients), laterAgain = optimizer.step(again, gradients);
    assertEquals(numbers([later.params, later.memory]), numbers([laterAgain.params, laterAgain.memory]));
  });

  Deno.test(`${title}: gradients from backward() do as well, those missing counting as 0`, () => {
    const tree = makeParams(), params = { ...tree, unused: tensor64([7]) }, start = optimizer.init(params);
    const fromTree = optimizer.step(start, { ...gradient(loss)(tree), unused: tensor64([0]) });
    const fromMap = optimizer.step(start, backward(loss(tree)));
    assertEquals(numbers(fromMap.params), numbers(fromTree.params));
    assertEquals(numbers(fromMap.memory), numbers(fromTree.memory));
  });

  Deno.test(`${title}: gradients from backward() of other tensors alone are refused`, () => {
    const stale = backward(loss(makeParams()));
    const message = "compute the loss from state.params";
    assertThrows(() => optimizer.step(optimizer.init(makeParams()), stale), TypeError, message);
  });

  Deno.test(`${title}: params keep their structure, shapes, dtypes and whether they are tracked`, () => {
    const params = { a: tensor32([1, 2]), b: [constant([[3]], { dtype: "float64" })] as const };
    const { params: next } = optimizer.step(optimizer.init(params), params);
    assertEquals([next.a.tag, next.a.dtype, next.a.shape], ["variable", "float32", [2]]);
    assertEquals([next.b[0].tag, next.b[0].dtype, next.b[0].shape], ["constant", "float64", [1, 1]]);
  });

  Deno.test(`${title}: a step keeps no graph, though params and gradients are tracked`, () => {
    const params = makeParams();
    const tracked: ParameterTree = { layers: [{ weight: mul(params.layers[0].weight, 2) }, { bias: tensor64(1) }] };
    const { params: next, memory } = optimizer.step(optimizer.init(params), tracked);
    assert(leaves<Tensor>(next as ParameterTree).every(({ tag }) => tag === "variable"));
    assert(leaves<Tensor>(memory as ParameterTree).every(({ tag }) => tag === "constant"));
  });

  Deno.test(`${title}: a training run is a fold, and it minimizes`, () => {
    const target = tensor64([3, -1]), f = (x: Tensor<"float64">) => sum(square(mul(x, target)));
    const steps = Array.from({ length: 200 }, () => valueAndGradient(f));
    const last = steps.reduce(
      (state, step) => optimizer.step(state, step(state.params).gradients),
      withLearningRate(
        optimizer.init(tensor64([1, 1])),
        RATES[optimizer.name] ?? 0.02,
      ),
    );
    assert(toNumber(f(last.params)) < 1e-2, String(toNumber(f(last.params))));
    assertEquals(toNumber(last.step), 200);
  });

  Deno.test(`${title}: gradients of another structure are refused, with the path`, () => {
    const start = optimizer.init(makeParams()), message = "pass the gradients that valueAndGradient returned";
    const step = (gradients: ParameterTree) => () => optimizer.step(start, gradients);
    assertThrows(step({ layers: [{ weight: tensor64(1) }] }), TypeError, 'Cannot map trees at "layers.1"');
    assertThrows(step({ layers: [{}, { bias: tensor64(1) }] }), TypeError, '"layers.0.weight": found nothing');
    assertThrows(step(tensor64(1)), TypeError, message);
    assertThrows(
      step({ layers: [{ weight: tensor64([1, 2]) }, { bias: tensor64(1) }] }),
      TypeError,
      `Cannot step ${optimizer.name} at "layers.0.weight": found a gradient of shape [2] where the parameter has [2, 2]`,
    );
  });
}

Deno.test("steps inside a transform can be differentiated: the learning that led to the loss", () => {
  // d/dx of (x - 0.1 * 2 x)^2 is 2 * 0.8^2 * x.
  const optimizer = sgd({ learningRate: 0.1 });
  const outer = (x: Tensor<"float64">): Tensor => {
    const next = optimizer.step(optimizer.init(x), gradient((y: Tensor<"float64">) => sum(square(y)))(x)).params;
    return sum(square(next));
  };
  assertAlmostEquals(toNumber(gradient(outer)(tensor64(3))), 2 * 0.64 * 3, 1e-12);
});

Deno.test("withLearningRate() holds from the next step on, in place of number or schedule", () => {
  for (const rate of [0.5, (step: number) => 0.5 / (step + 1)]) {
    const optimizer = sgd({ learningRate: rate }), start = optimizer.init(tensor64(1));
    assertEquals(learningRate(start), 0.5);
    const slower = withLearningRate(start, 0.25);
    assertEquals([learningRate(slower), learningRate(start)], [0.25, 0.5]);
    const next = optimizer.step(slower, tensor64(1));
    assertEquals([toNumber(next.params), learningRate(next)], [0.75, 0.25]);
  }
  for (const bad of [NaN, -1, Infinity]) {
    assertThrows(
      () => withLearningRate(sgd().init(tensor64(1)), bad),
      RangeError,
      `Cannot build the optimizer state with learningRate ${bad}: learningRate must be a finite number of 0 or more`,
    );
  }
});

Deno.test("a schedule sets the rate of each step, the first one included", () => {
  const optimizer = sgd({ learningRate: (step) => 2 ** -step });
  const states = [1, 1, 1].reduce(
    (all, g) => [...all, optimizer.step(all.at(-1)!, tensor64(g))],
    [optimizer.init(tensor64(0))],
  );
  assertEquals(states.map(({ params }) => toNumber(params)), [0, -1, -1.5, -1.75]);
  assertEquals(states.map(learningRate), [1, 0.5, 0.25, 0.125]);
});

Deno.test("params that are not tensors are refused, with the path", () => {
  const untyped = { weight: tensor32(1), bias: [3] } as unknown as ParameterTree;
  assertThrows(
    () => adam().init(untyped),
    TypeError,
    'Cannot begin adam with number at "bias.0": parameters must be a tree of tensors; pass the params that layer.init',
  );
});

Deno.test("gradients that are not tensors are refused, with the path", () => {
  const start = sgd().init({ weight: tensor32([1]) });
  for (const bad of [3, [1], undefined, null, "g"]) {
    assertThrows(() => sgd().step(start, { weight: bad } as unknown as ParameterTree), TypeError, '"weight"');
  }
});

Deno.test("gradients of another dtype than the params are refused", () => {
  const start = sgd().init(tensor32([1]));
  assertThrows(() => sgd().step(start, tensor64([1])), TypeError, "float32 and float64");
});

Deno.test("optimizers have a name and a frozen config with the defaults", () => {
  const betas = { beta1: 0.9, beta2: 0.999 }, adams = { ...betas, epsilon: 1e-8, weightDecay: 0 };
  // Those of PyTorch 1.13, where it has the optimizer; L-BFGS remembers 100 steps there.
  assertEquals(sgd().config, { learningRate: 0.01, momentum: 0, weightDecay: 0, nesterov: false });
  for (const make of [adam, radam, amsgrad]) assertEquals(make().config, { learningRate: 0.001, ...adams });
  assertEquals(adamw().config, { learningRate: 0.001, ...adams, weightDecay: 0.01 });
  assertEquals(nadam().config, { learningRate: 0.002, ...adams, momentumDecay: 0.004 });
  assertEquals(lamb().config, { learningRate: 0.001, ...adams, epsilon: 1e-6 });
  assertEquals(sparseAdam().config, { learningRate: 0.001, ...betas, epsilon: 1e-8 });
  assertEquals(adadelta().config, { learningRate: 1, rho: 0.9, epsilon: 1e-6, weightDecay: 0 });
  assertEquals(adagrad().config, { learningRate: 0.01, epsilon: 1e-10, weightDecay: 0 });
  assertEquals(rmsprop().config, { learningRate: 0.01, alpha: 0.99, epsilon: 1e-8, weightDecay: 0, momentum: 0 });
  assertEquals(lion().config, { learningRate: 1e-4, beta1: 0.9, beta2: 0.99, weightDecay: 0 });
  assertEquals(lbfgs().config, { learningRate: 1, history: 10 });
  const { decayPower, epsilon, smallest, clipping } = adafactor().config;
  assertEquals([decayPower, epsilon, smallest, clipping], [0.8, 1e-30, 1e-3, 1]);
  assertEquals([sgd().name, adam().name], ["sgd", "adam"]);
  assert(Object.isFrozen(adam().config));
  const schedule = (): number => 1;
  assertStrictEquals(sgd({ learningRate: schedule }).config.learningRate, schedule);
});

Deno.test("isOptimizer() knows optimizers", () => {
  for (const optimizer of OPTIMIZERS) assert(isOptimizer(optimizer));
  for (const other of [null, undefined, {}, sgd, { init: () => {}, step: 1 }]) assert(!isOptimizer(other));
});

Deno.test("an empty tree of params is trained without complaint", () => {
  const optimizer = adam(), state = optimizer.step(optimizer.init([]), []);
  assertEquals([state.params, toNumber(state.step)], [[], 1]);
});

/**
 * The benefit of deferring: plain steps of Adam and of SGD with momentum, first deferred, where each parameter is
 * computed in one pass, then with every formula computed at once. The arithmetic is the same.
 *
 * @module
 */
import {
  adam,
  denseLayer,
  key,
  type Optimizer,
  type OptimizerState,
  type ParameterTree,
  randomNormal,
  sequential,
  sgd,
  type Tensor,
  tree,
} from "@nanograd/nanograd";
import { applyElementwise, type Elementwise, elementwiseOf } from "../autograd/elementwise.ts";
import { arithmeticPart } from "../blas/parts/arithmetic.ts";
import { abs, add, argument, div, less, mul, type Scalar, select, sqrt, sub } from "../blas/scalar/scalar.ts";

const RATE = 0.001;
const [a, b, c, d, e] = [0, 1, 2, 3, 4].map(argument) as [Scalar, Scalar, Scalar, Scalar, Scalar]; // five
const flushed = (x: Scalar): Scalar => select(less(abs(x), 1e-37), 0, x);
const ofTiny = (g: Scalar): Scalar => select(less(abs(g), 1e-17), 0, g);

const firstMoment = elementwiseOf(flushed(add(mul(c, a), mul(d, b))), arithmeticPart);
const secondMoment = elementwiseOf(flushed(add(mul(c, a), mul(d, mul(ofTiny(b), ofTiny(b))))), arithmeticPart);
const direction = elementwiseOf(div(mul(c, a), add(mul(d, sqrt(b)), e)), arithmeticPart);
const lowered = elementwiseOf(sub(a, mul(b, c)), arithmeticPart);
const velocityOf = elementwiseOf(flushed(add(mul(c, a), b)), arithmeticPart);

type Tensors = readonly Tensor[];

const compute = (primitive: Elementwise, ...operands: readonly (Tensor | number)[]): Tensor =>
  applyElementwise(primitive, operands);

/** Maps parameters, gradients and memory to the next parameters and the next memory. */
type Step = (
  p: Tensors,
  g: Tensors,
  memory: readonly Tensors[],
  step: number,
) => readonly [Tensors, readonly Tensors[]];

const adamAtOnce: Step = (p, g, [m, v], step) => {
  const first = 1 / (1 - 0.9 ** step), second = 1 / Math.sqrt(1 - 0.999 ** step);
  const means = g.map((g, k) => compute(firstMoment, m![k]!, g, 0.9, 0.1));
  const squares = g.map((g, k) => compute(secondMoment, v![k]!, g, 0.999, 0.001));
  const directions = means.map((mean, k) => compute(direction, mean, squares[k]!, first, second, 1e-8));
  return [p.map((p, k) => compute(lowered, p, RATE, directions[k]!)), [means, squares]];
};

const sgdAtOnce: Step = (p, g, [v]) => {
  const velocities = g.map((g, k) => compute(velocityOf, v![k]!, g, 0.9));
  return [p.map((p, k) => compute(lowered, p, RATE, velocities[k]!)), [velocities]];
};

const CASES: Readonly<Record<string, readonly [optimizer: Optimizer, atOnce: Step, slots: number]>> = {
  adam: [adam({ learningRate: RATE }), adamAtOnce, 2],
  "sgd with momentum": [sgd({ learningRate: RATE, momentum: 0.9 }), sgdAtOnce, 1],
};

const network: ParameterTree =
  sequential([denseLayer(784, 128), denseLayer(128, 64), denseLayer(64, 10)]).init(key(0)).params;

for (
  const [size, params] of [["109,386 in six tensors", network], ["1e6 in one", randomNormal(key(0), [1e6])]] as const
) {
  const constants = (of: ParameterTree, seed: number): ParameterTree =>
    tree.map<Tensor, Tensor, ParameterTree>(({ shape }) => randomNormal(key(seed), shape), of);
  const start = constants(params, 1), gradients = constants(params, 2), listed = tree.leaves<Tensor>(gradients);
  for (const [name, [optimizer, atOnce, slots]] of Object.entries(CASES)) {
    const group = `${name}, float32, ${size}`;
    let state: OptimizerState = optimizer.init(start), p = tree.leaves<Tensor>(start), step = 0;
    let memory: readonly Tensors[] = Array.from({ length: slots }, () => p.map((t) => compute(lowered, t, 1, t)));
    Deno.bench({
      name: "every formula at once",
      group,
      baseline: true,
      fn: () => void ([p, memory] = atOnce(p, listed, memory, ++step)),
    });
    Deno.bench({ name: "deferred", group, fn: () => void (state = optimizer.step(state, gradients)) });
  }
}

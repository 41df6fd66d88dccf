/**
 * Steps from states whose numbers are 0-d tensors, as they are while a step is recorded to be run with other numbers.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { constant, tensor32, tensor64 } from "../../autograd/values/constructors.ts";
import type { ParameterTree } from "../../autograd/tree/parameter_tree.ts";
import { toNumber } from "../../autograd/values/read.ts";
import { isTensor, isTensor64, type Tensor } from "../../autograd/tensor.ts";
import { map } from "../../autograd/tree/tree.ts";
import { adam } from "../../optim/adam.ts";
import { type Optimizer, type OptimizerState, withLearningRate } from "../../optim/optimizer.ts";
import type { StateTree } from "../../optim/transforms/transform.ts";
import { numbersOf, OPTIMIZERS } from "./transforms/transforms.ts";

const tensorOf = (x: number): Tensor => constant(x, { dtype: "float64" });

/** A state with tensors in place of its numbers, the masks of its kind left alone. */
function recorded<P extends ParameterTree>({ scheduled, ...rest }: OptimizerState<P>): OptimizerState<P> {
  const tensors = map<Tensor | number, Tensor, StateTree>(
    (leaf) => isTensor(leaf) ? leaf : tensorOf(leaf),
    rest as StateTree,
  );
  return { ...tensors as object, scheduled } as OptimizerState<P>; // of the same structure, though its type says numbers
}

const params = (): ParameterTree => ({ a: tensor64([[1, -2], [3, 0.5]]), b: [tensor32([0.1, -1]), tensor64(2)] });
const gradients = [1, -0.3, 7, 0.01, 2].map((x): ParameterTree => ({
  a: tensor64([[x, -x], [0.1, 1]]),
  b: [tensor32([x, 0.3]), tensor64(-x)],
}));

/** All states of a run. */
function states(optimizer: Optimizer, start: OptimizerState): readonly OptimizerState[] {
  return gradients.reduce<readonly OptimizerState[]>((all, g) => [...all, optimizer.step(all.at(-1)!, g)], [start]);
}

for (const [k, optimizer] of OPTIMIZERS.entries()) {
  const title = `${optimizer.name} (${k})`;

  Deno.test(`${title}: with tensors for numbers every step is the same to the last bit, and numbers stay tensors`, () => {
    const plain = states(optimizer, optimizer.init(params()));
    const dynamic = states(optimizer, recorded(optimizer.init(params())));
    plain.forEach((state, i) => {
      const { params, memory, step, learningRate, scheduled } = dynamic[i]!;
      assertEquals(numbersOf(params), numbersOf(state.params));
      assertEquals(numbersOf(memory), numbersOf(state.memory));
      const valueOf = (x: unknown) => isTensor64(x) && x.shape.length === 0 ? toNumber(x) : undefined;
      assertEquals(valueOf(step), state.step);
      // A rate that is no schedule is the number that it was given as.
      const rate: unknown = learningRate;
      assertEquals(typeof rate === "number" ? rate : valueOf(rate), state.learningRate);
      assertEquals(scheduled, state.scheduled);
    });
  });

  Deno.test(`${title}: in ordinary use step, rate and counters are numbers`, () => {
    const { step, learningRate, memory } = states(optimizer, optimizer.init(params())).at(-1)!;
    assertEquals([typeof step, typeof learningRate], ["number", "number"]);
    for (const [path, leaf] of Object.entries(memory)) if (path === "count") assertEquals(typeof leaf, "number");
  });
}

Deno.test("withLearningRate() takes a tensor where a step is recorded", () => {
  const optimizer: Optimizer = adam(), rate = tensorOf(0.25) as unknown as number;
  const state = withLearningRate(recorded(optimizer.init(tensor64(1))), rate);
  const plain = optimizer.step(withLearningRate(optimizer.init(tensor64(1)), 0.25), tensor64(3));
  const next = optimizer.step(state, tensor64(3));
  assertEquals(numbersOf(next.params), numbersOf(plain.params));
  assertEquals([next.scheduled, next.learningRate], [false, rate]);
});

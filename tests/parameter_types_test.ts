/**
 * Which types may be trees of parameters, and how optimizers go together. The compiler checks the lines below;
 * `@ts-expect-error` fails where there is no error. The functions are never called.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import {
  adam,
  addGradients,
  averagedParameters,
  batches,
  chain,
  clipByGlobalNorm,
  clipByValue,
  clipNorm,
  compile,
  foldIn,
  gradient,
  gradientHealth,
  gradientNorm,
  type Gradients,
  gradientStats,
  hessian,
  jacobian,
  jvp,
  type Key,
  learningRate,
  learningRateSweep,
  lion,
  loadTree,
  matmul,
  mul,
  type Optimizer,
  type OptimizerState,
  parameterCount,
  parameters,
  type ParameterTree,
  rmsprop,
  saveTree,
  scan,
  sgd,
  sizeOf,
  sum,
  type Tensor,
  tensor32,
  tensor64,
  tree,
  valueAndGradient,
  vjp,
  withLearningRate,
  zerosLike,
} from "../mod.ts";

interface Dense {
  readonly weight: Tensor<"float32">;
  readonly bias?: Tensor<"float32">;
}
interface Model {
  readonly layers: readonly Dense[];
  readonly pair: readonly [Tensor<"float64">, Dense];
}

declare const model: Model, dense: Dense, x: Tensor<"float32">, found: Gradients, unknownTree: ParameterTree;

const loss = (p: Dense, x: Tensor<"float32">): Tensor => sum(matmul(x, p.weight));

function _interfaces(): void {
  const slope: (p: Dense, x: Tensor<"float32">) => Dense = gradient(loss);
  const { value, gradients } = valueAndGradient(loss)(dense, x), same: Dense = gradients, scalar: Tensor = value;
  const zeros: Model = zerosLike(model), added: Model = addGradients(model, model);
  const clipped: Model = clipByGlobalNorm(clipByValue(model, 1), 1);
  const norms: number[] = [
    gradientNorm(model),
    gradientNorm(found),
    gradientNorm(unknownTree),
    gradientStats(model).l2,
  ];
  gradientHealth(dense);
  const pulled: readonly [Dense, Tensor<"float32">] = vjp((p: Dense, x: Tensor<"float32">) => loss(p, x), dense, x)
    .pullback(tensor32(1));
  jvp((p: Dense) => loss(p, x), [dense], [dense]);
  jacobian((p: Dense) => p.weight)(dense);
  hessian((p: Dense) => loss(p, x))(dense);
  const one = batches(dense, { size: 2 });
  for (const batch of one) batch satisfies Dense;
  return void [slope, same, scalar, zeros, added, clipped, norms, pulled];
}

function _optimizersOfInterfaces(): void {
  const optimizer = adam(), start = optimizer.init(model), some: OptimizerState<Model> = start;
  const next = optimizer.step(start, model), params: Model = next.params;
  optimizer.step(start, found);
  optimizer.step(start, unknownTree);
  const slower = withLearningRate(next, 0.1),
    rate: number = learningRate(slower),
    back: Model = averagedParameters(next);
  const run: OptimizerState<Model> = [model, model].reduce(optimizer.step<Model>, optimizer.init(model));
  const step = compile((s: typeof next, x: Tensor<"float32">) => [optimizer.step(s, s.params), sum(x)] as const);
  const steps = step.scan(next, [x]), carry: OptimizerState<Model> = steps.carry;
  for (const y of steps) y satisfies Tensor;
  const total: number = scan((sum: number, v: number) => [sum + v, v], 0, [1]).carry;
  learningRateSweep(sgd(), valueAndGradient(loss), dense, [x]);
  // @ts-expect-error the gradients are those of another tree
  optimizer.step(start, { layers: 3 });
  return void [some, params, rate, back, run, carry, total];
}

function _refused(): void {
  // @ts-expect-error a number is not a tensor
  gradient((p: { readonly weight: number }) => tensor32(p.weight));
  // @ts-expect-error a number is not a tree of tensors
  gradient((p: number) => tensor32(p));
  // @ts-expect-error params are trees of tensors
  adam().init({ weight: 1 });
  // @ts-expect-error params are trees of tensors
  adam().init("weight");
  // @ts-expect-error a class with methods is not a tree of tensors
  adam().init({ layer: new Map<string, Tensor>() });
  // @ts-expect-error gradients are trees of tensors
  gradientNorm({ weight: 1 });
}

function _optimizersOfManyKinds(): void {
  const all: readonly Optimizer[] = [sgd(), adam(), rmsprop(), lion(), chain(clipNorm(1), adam())];
  for (const optimizer of all) {
    let state = optimizer.init(dense);
    state = optimizer.step(state, dense);
    const params: Dense = state.params;
    void params;
  }
  const byName: Readonly<Record<string, Optimizer>> = { sgd: sgd(), adam: adam() };
  const chosen: Optimizer = Math.random() > 0.5 ? sgd({ momentum: 0.9 }) : adam();
  return void [byName, chosen.step(chosen.init(model), model)];
}

/** Arrays and states without a word about the kind of memory. */
function _statesOfAnyMemory(): void {
  for (const optimizer of [sgd(), adam(), chain(clipNorm(1), adam()), Math.random() > 0.5 ? lion() : rmsprop()]) {
    let state = optimizer.init(dense);
    state = optimizer.step(state, dense);
    const params: Dense = state.params;
    void params;
  }
  let kept: OptimizerState<Dense> | undefined;
  kept = adam().init(dense);
  kept = adam().step(kept, dense);
  const velocity: Dense | ParameterTree = sgd({ momentum: 0.9 }).step(kept, dense).memory.velocity;
  // @ts-expect-error params are not a state
  adam().step(dense, dense);
  return void velocity;
}

/** A record that a training run saves, with an optimizer's state in it. */
interface Saved {
  readonly optimizer: OptimizerState<Dense>;
  readonly epoch: number;
  readonly note?: string;
}

async function _saved(optimizer: OptimizerState<Dense>): Promise<void> {
  const saved: Saved = { optimizer, epoch: 3 };
  await saveTree("run", saved)();
  const loaded = await loadTree("run", saved)();
  if (loaded._tag === "Left") return;
  const { params } = adam().step(loaded.right.optimizer, dense), state: unknown = {};
  return void [params, parameters({ params, state }), parameterCount({ params, state })];
}

function _treesOfInterfaces(): void {
  const add = (a: number, b: number): number => a + b;
  const doubled: Dense = tree.map((t: Tensor<"float32">) => mul(t, 2), dense);
  const summed: Dense = tree.zipWith((a: Tensor<"float32">, b: Tensor<"float32">) => mul(a, b), dense, dense);
  const size: number = tree.foldMap({ empty: 0, concat: add })((t: Tensor) => sizeOf(t.shape))(model);
  // @ts-expect-error a text is not a tensor
  tree.map((t: Tensor) => t, { weight: "text" });
  // @ts-expect-error the second tree must have tensors too
  tree.zipWith((a: Tensor, _: Tensor) => a, dense, { weight: 1 });
  return void [doubled, summed, size];
}

function _counters(): void {
  const state = adam().init(tensor64(1)),
    step: Tensor<"float64"> = state.step,
    rate: Tensor<"float64"> = state.learningRate;
  const next: Key = foldIn({} as Key, state.step);
  // @ts-expect-error the step is a tensor: toNumber reads it
  const count: number = state.step;
  withLearningRate(state, rate);
  return void [step, next, count];
}

Deno.test("records of any type are trees of parameters, and optimizers of all kinds fit one array", () => {
  // The compiler has checked the lines above, or this test would not run; here is that there are any.
  const checked = [
    _interfaces,
    _treesOfInterfaces,
    _optimizersOfInterfaces,
    _refused,
    _optimizersOfManyKinds,
    _statesOfAnyMemory,
    _saved,
    _counters,
  ];
  assertEquals(checked.every((f) => typeof f === "function"), true);
});

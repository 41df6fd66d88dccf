/**
 * What the types accept and what they refuse. The lines below are checked by the compiler: `@ts-expect-error` fails where
 * there is no error. The functions are never called, since many of the refused calls would throw.
 *
 * @module
 */
import {
  activations,
  adam,
  add,
  arange,
  cast,
  checkGradient,
  constant,
  denseLayer,
  eye,
  forward,
  full,
  gradient,
  type Gradients,
  key,
  matmul,
  mean,
  mul,
  oneHot,
  ones,
  type Optimizer,
  type OptimizerState,
  type ParameterTree,
  permutation,
  randomInteger,
  randomNormal,
  randomUniform,
  sequential,
  sgd,
  softmaxCrossEntropy,
  split,
  square,
  stopGradient,
  sub,
  sum,
  tanh,
  type Tensor,
  tensor32,
  tensor64,
  tensorData,
  train,
  tree,
  valueAndGradient,
  where,
  zeros,
  zerosLike,
} from "../mod.ts";
import { dot, gemm, type View, view } from "../blas/mod.ts";
import { assertEquals } from "@std/assert";

/** True where two types are one and the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Takes `true` alone as type argument. */
const holds = <_ extends true>(): void => {};

const a = tensor32([[1, 2], [3, 4]]), b = tensor64([[1, 2], [3, 4]]);

function _dtypes(): void {
  holds<Same<typeof a, Tensor<"float32">>>();
  holds<Same<typeof b, Tensor<"float64">>>();
  const product: Tensor<"float64"> = matmul(b, b);
  // @ts-expect-error dtypes do not mix
  matmul(a, b);
  // @ts-expect-error dtypes do not mix
  add(a, b);
  // @ts-expect-error dtypes do not mix
  where(a, b, b);
  // @ts-expect-error dtypes do not mix
  softmaxCrossEntropy(a, [0, 1], { weights: tensor64([1, 2]) });
  // @ts-expect-error a float64 tensor is no float32 tensor
  const wrong: Tensor<"float32"> = product;
  holds<
    Same<ReturnType<typeof tensorData<"float32">>, ReturnType<typeof tensorData<"float64">>> extends true ? false : true
  >();
  return void wrong;
}

function _numbers(): void {
  const operands = [add(b, 1), add(1, b), mul(b, b), mean(square(b)), where(b, 1, 0)] as const;
  holds<Same<(typeof operands)[number], Tensor<"float64">>>();
  const plain: Tensor<"float32"> = add(1, 2);
  // @ts-expect-error an array is no operand; constant() makes one
  add(b, [1, 2]);
  // @ts-expect-error matmul takes tensors, not numbers
  matmul(b, 2);
  // @ts-expect-error the condition is a tensor
  where(true, b, b);
  return void plain;
}

function _constants(): void {
  const one: Tensor<"float32"> = ones([2]), two: Tensor<"float64"> = zeros([2], { dtype: "float64" });
  const noise: Tensor<"float64"> = randomNormal(key(0), [2], { dtype: "float64" });
  // @ts-expect-error who names no dtype gets float32
  const three: Tensor<"float64"> = constant([1]);
  // @ts-expect-error there are two dtypes
  zeros([2], { dtype: "int32" });
  // @ts-expect-error a shape is an array
  zeros(2);
  // @ts-expect-error a tensor is made of numbers
  tensor32(["1"]);
  // @ts-expect-error randomness comes from a key
  randomNormal(0, [2]);
  const stopped: Tensor<"float32"> = stopGradient(a);
  return void [one, two, noise, three, stopped];
}

/** What is made once is a variable of the program later: constructors say `Tensor`, and not which kind of tensor it is. */
function _recurrences(x: Tensor<"float32">, steps: number): void {
  let h: Tensor<"float32"> = zeros([2]);
  for (let i = 0; i < steps; i++) {
    const y = add(h, x);
    h = tanh(y);
  }
  let k = zeros([2]);
  k = mul(k, 2);
  let p = stopGradient(x), noise = randomNormal(key(0), [2]);
  for (let i = 0; i < steps; i++) {
    const g = gradient((q: Tensor<"float32">) => sum(square(q)))(p);
    p = sub(p, g);
    noise = mul(noise, p);
  }
  const made = [
    () => constant([1]),
    () => full([2], 1),
    () => arange(2),
    () => eye(2),
    () => oneHot([0], 2),
    () => randomUniform(key(0), [2]),
    () => randomInteger(key(0), [2], { max: 2 }),
    () => permutation(key(0), 2),
  ] as const;
  holds<Same<ReturnType<(typeof made)[number]>, Tensor<"float32">>>();
}

function _splits(sizes: readonly number[]): void {
  const [left, right] = split(b, [1, 1], 1);
  const joined: Tensor<"float64"> = add(left, right);
  // @ts-expect-error two sizes, two parts
  const [, , none] = split(b, [1, 1], 1);
  const parts: readonly Tensor<"float64">[] = split(b, sizes);
  const [first, second] = split(key(0));
  return void [joined, none, parts, first, second];
}

function _gradientChecks(): void {
  checkGradient((x: Tensor<"float64">) => square(x), b);
  checkGradient((x: Tensor<"float32">, y: Tensor<"float64">) => add(cast(x, "float64"), y), a, b);
  checkGradient((x, y) => mul(tanh(x), y), b, b);
  checkGradient((...all) => all[0]!, ...[a, b] as readonly Tensor[]);
  // @ts-expect-error the function takes float64
  checkGradient((x: Tensor<"float64">) => square(x), a);
  // @ts-expect-error the function takes two tensors
  checkGradient((x: Tensor<"float64">, y: Tensor<"float64">) => mul(x, y), b);
}

function _immutable(): void {
  // @ts-expect-error a tensor cannot be changed
  a.dtype = "float64";
  // @ts-expect-error nor can its shape
  a.shape[0] = 3;
  // @ts-expect-error nor can its elements
  tensorData(a)[0] = 1;
  // @ts-expect-error nor filled
  tensorData(a).fill(0);
  // @ts-expect-error nor those of a view
  a.view.data[0] = 1;
  const gradients = {} as Gradients;
  // @ts-expect-error gradients are a value
  gradients.set(a, a);
}

function _nodes(): void {
  const t: Tensor = add(a, 1);
  // @ts-expect-error only a node has inputs
  t.inputs;
  if (t.tag === "node") holds<Same<typeof t.inputs, readonly Tensor[]>>();
  if (t.tag === "constant") holds<Same<typeof t.requiresGrad, false>>();
}

function _gradients(): void {
  const params = { weight: a, inner: [b, { bias: a }] as const };
  const loss = (p: typeof params, scale: number): Tensor => sum(mul(p.weight, scale));
  const { value, gradients } = valueAndGradient(loss)(params, 2);
  holds<Same<typeof gradients, typeof params>>();
  holds<Same<typeof value, Tensor>>();
  const withAux = valueAndGradient((p: typeof params) => [loss(p, 1), "text"] as const, { hasAux: true })(params);
  holds<Same<typeof withAux.aux, "text">>();
  // @ts-expect-error the other arguments are those of the function
  valueAndGradient(loss)(params, "2");
  // @ts-expect-error and none may be missing
  gradient(loss)(params);
  // @ts-expect-error a loss is a tensor
  gradient((p: typeof params) => [loss(p, 1)]);
  // @ts-expect-error what is differentiated is a tree of tensors
  gradient((x: number) => add(a, x));
  zerosLike({ layers: [{ weight: a }, { bias: a }] });
  const zero = zerosLike(params);
  holds<Same<typeof zero, typeof params>>();
}

function _trees(): void {
  const counts = tree.map((t: Tensor) => t.shape.length, { weight: a, inner: [b] as const });
  holds<Same<typeof counts.weight, number>>();
  holds<Same<(typeof counts.inner)[0], number>>();
  // @ts-expect-error there is no such leaf
  counts.bias;
}

function _layers(): void {
  const model = sequential([denseLayer(4, 3, { activation: activations.relu }), sequential([denseLayer(3, 2)])]);
  const { params, state } = model.init(key(0));
  holds<Same<typeof params.length, 2>>();
  const weight: Tensor = params[0].weight,
    inner: Tensor = params[1][0].weight,
    bias: Tensor | undefined = params[0].bias;
  // @ts-expect-error there are two layers
  params[2];
  const sure: Tensor<"float32"> = params[0].bias;
  // @ts-expect-error a dense layer has a weight and a bias, nothing else
  params[0].gamma;
  const output: Tensor<"float64"> = forward(model, { params, state }, b);
  // @ts-expect-error the params are those of this model
  forward(model, { params: [params[0]], state }, a);
  // @ts-expect-error the variables are params and state
  forward(model, params, a);
  // @ts-expect-error an activation is a record, not a function or a name
  denseLayer(1, 1, { activation: "relu" });
  // @ts-expect-error sizes are numbers
  denseLayer("784", 1);
  // @ts-expect-error training takes a key
  train(0);
  return void [weight, inner, bias, sure, output];
}

function _optimizers(): void {
  const optimizer = adam(), any: Optimizer = sgd(), params = { weight: a, scale: [b] as const };
  const start = optimizer.init(params), next = optimizer.step(start, params);
  holds<Same<typeof next.params, typeof params>>();
  const state: OptimizerState = next, memory: ParameterTree = next.memory.firstMoment;
  // @ts-expect-error adam has no velocity
  next.memory.velocity;
  // @ts-expect-error the state is a value
  next.step = 3;
  // @ts-expect-error there is no such setting
  adam({ rate: 1 });
  // @ts-expect-error gradients are trees of tensors
  optimizer.step(start, { weight: 1 });
  // @ts-expect-error params are trees of tensors
  optimizer.init({ weight: 1 });
  const run = [params, params].reduce(optimizer.step, optimizer.init(params));
  return void [any, state, memory, run];
}

function _views(): void {
  const v: View<"float32"> = view(new Float32Array(4), [2, 2]), w: View<"float64"> = view(new Float64Array(4));
  // @ts-expect-error dtypes do not mix
  dot(v, w);
  // @ts-expect-error elements are in a Float32Array or a Float64Array
  view(new Int32Array(4));
  // @ts-expect-error what is written to must be mutable
  gemm({ alpha: 1, a: v, b: v, beta: 0, c: v });
}

Deno.test("the types accept and refuse what this file says", () => {
  // The compiler has checked the lines above, or this test would not run; here is that there are any.
  const checked = [
    _dtypes,
    _numbers,
    _constants,
    _recurrences,
    _splits,
    _gradientChecks,
    _immutable,
    _nodes,
    _gradients,
    _trees,
    _layers,
    _optimizers,
    _views,
  ];
  assertEquals(checked.every((f) => typeof f === "function"), true);
});

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { assertEquals, assertGreater, assertLess } from "@std/assert";
import {
  add,
  backward,
  constant,
  customOp,
  exp,
  gradient,
  key,
  matmul,
  mul,
  ones,
  randomNormal,
  relu,
  scale,
  sin,
  square,
  sum,
  tanh,
  type Tensor,
  tensor64,
  toList,
  valueAndGradient,
} from "../../autograd/mod.ts";
import type { Engine } from "../../blas/engine.ts";
import { currentEngine, setEngine } from "../../blas/engines.ts";

/** Runs a function and lists the calls of the engine: products by the shape of their result, the others by name. */
function workOf(run: () => unknown): string[] {
  const work: string[] = [], engine = currentEngine();
  const watched: Engine = {
    ...engine,
    gemm: (operands) => (work.push(`gemm ${operands.c.shape}`), engine.gemm(operands)),
    map: (expression, inputs, output) => (work.push(`map ${output.shape}`), engine.map(expression, inputs, output)),
    reduce: (
      reduction,
      input,
      output,
    ) => (work.push(`${reduction} ${input.shape}`), engine.reduce(reduction, input, output)),
  };
  setEngine(watched);
  try {
    run();
  } finally {
    setEngine(engine);
  }
  return work;
}

const make = (seed: number, shape: readonly number[]): Tensor<"float64"> =>
  randomNormal(key(seed), shape, { dtype: "float64" });

// 8 examples of 5 features, 6 hidden units, 3 outputs: every product has a different shape.
const params = { w1: make(0, [5, 6]), w2: make(1, [6, 3]) };
const loss = ({ w1, w2 }: typeof params, x: Tensor<"float64">) => sum(square(matmul(relu(matmul(x, w1)), w2)));
const products = (work: readonly string[]): string[] => work.filter((entry) => entry.startsWith("gemm"));

const FORWARD = ["gemm 8,6", "gemm 8,3"], PARAMS = ["gemm 8,6", "gemm 6,3", "gemm 5,6"], BATCH = "gemm 8,5";

Deno.test("no gradient of the input batch is computed when only parameters are asked for", () => {
  for (const x of [make(2, [8, 5]), tensor64(toList(make(2, [8, 5])), [8, 5])]) {
    const work = products(workOf(() => valueAndGradient(loss)(params, x)));
    assertEquals(work.toSorted(), [...FORWARD, ...PARAMS].toSorted(), `a ${x.tag} as input`);
  }
});

Deno.test("it is computed when it is asked for: the count above would see it", () => {
  const x = tensor64(toList(make(2, [8, 5])), [8, 5]);
  const tracked = { w1: tensor64(toList(params.w1), [5, 6]), w2: tensor64(toList(params.w2), [6, 3]) };
  assertEquals(
    products(workOf(() => backward(loss(tracked, x)))).toSorted(),
    [...FORWARD, ...PARAMS, BATCH].toSorted(),
  );
  const ofBatch = products(workOf(() => gradient((t: Tensor<"float64">) => loss(params, t))(x)));
  assertEquals(ofBatch.toSorted(), [...FORWARD, "gemm 8,6", BATCH].toSorted(), "and then none of the parameters");
});

Deno.test("backward() computes nothing for constants", () => {
  const x = constant([[1, 2]], { dtype: "float64" }), w = tensor64([[3], [4]]), y = matmul(exp(x), w);
  assertEquals(workOf(() => backward(y)), ["gemm 2,1"]);
});

Deno.test("parts of the graph that lead to no wanted leaf are not visited, however large they are", () => {
  const data = tensor64([1, 2, 3]), weight = tensor64([4, 5, 6]);
  const features = (t: Tensor<"float64">) => sin(exp(tanh(square(t))));
  const work = workOf(() => gradient((w: Tensor<"float64">) => sum(mul(features(data), w)))(weight));
  // tanh, exp, sin, square and mul forward, and one product backward.
  assertEquals(work, ["map 3", "map 3", "map 3", "map 3", "map 3", "sum 3", "map 3"]);
});

Deno.test("a shared tensor is pulled through once, after all its cotangents have arrived", () => {
  let calls = 0;
  const counted = customOp({
    name: "counted",
    forward: (x: Tensor<"float64">) => exp(x),
    vjp: (cotangent, { output }) => (calls++, [mul(cotangent, output)]),
  });
  const x = tensor64([0]);
  let y = counted(x);
  for (let i = 0; i < 30; i++) y = add(y, y);
  assertEquals([toList(backward(y).get(x)!), calls], [[2 ** 30], 1]);
});

Deno.test("interior cotangents are freed as soon as they are used", () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc"), steps = 24, bytes = 2 ** 21;
  const heldAt: number[] = [];
  const step = customOp({
    name: "step",
    forward: (x: Tensor<"float64">) => scale(x, 1.5),
    vjp: (cotangent) => {
      collect();
      heldAt.push(Deno.memoryUsage().external);
      return [scale(cotangent, 1.5)];
    },
  });
  const x = tensor64(new Float64Array(bytes / 8).fill(1));
  const y = Array.from({ length: steps }).reduce((t: Tensor<"float64">) => step(t), x);
  const gradients = backward(y, ones(y.shape, { dtype: "float64" }));
  assertEquals(gradients.size, 1);
  // If they were kept, the last step would find 23 more than the first.
  const grown = heldAt.at(-1)! - heldAt[0]!;
  assertLess(grown, 3 * bytes, `the first step found ${heldAt[0]} bytes, the last ${heldAt.at(-1)}`);
  assertGreater(heldAt[0]!, steps * bytes, "the measure sees the arrays of the graph");
});

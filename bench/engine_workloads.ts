/**
 * The operations and training steps with which engines are compared, copies in and out included.
 *
 * They are made with the library that is given, so that `against.ts` can make them with two.
 *
 * @module
 */
import type { Tensor } from "@nanograd/nanograd";
import type { Library } from "./training_workloads.ts";

/** A workload; `make` prepares it on the engine in use. */
export type EngineWorkload = { readonly name: string; readonly make: () => () => unknown };

/** Returns the workloads, made with `library`. */
export function engineWorkloads(library: Library): readonly EngineWorkload[] {
  const { activations, adam, add, constant, denseLayer, exp, forward, gelu, key, matmul, mseLoss } = library;
  const { randomInteger, randomNormal, randomUniform, sequential, softmax, softmaxCrossEntropy, sum } = library;
  const { tanh, train, transpose, valueAndGradient } = library;

  const uniform = (...shape: readonly number[]): Tensor => randomUniform(key(shape.length), shape, { min: 0.1 });

  const product = (name: string, m: number, k: number, n: number): EngineWorkload => ({
    name,
    make: () => {
      const a = uniform(m, k), b = uniform(k, n);
      return () => matmul(a, b);
    },
  });

  const elementwise = (name: string, f: (x: Tensor) => Tensor, ...shape: readonly number[]): EngineWorkload => ({
    name,
    make: () => {
      const x = uniform(...shape);
      return () => f(x);
    },
  });

  const relu = { activation: activations.relu };
  const mlp = sequential([denseLayer(784, 128, relu), denseLayer(128, 64, relu), denseLayer(64, 10)]);
  const tiny = sequential([denseLayer(2, 8, relu), denseLayer(8, 1)]);

  function trainMlp(batch: number): () => unknown {
    const { params, state } = mlp.init(key(0)), optimizer = adam();
    const x = randomNormal(key(1), [batch, 784]), labels = randomInteger(key(2), [batch], { max: 10 });
    const differentiate = valueAndGradient((p: typeof params) =>
      softmaxCrossEntropy(mlp.apply({ params: p, state }, x, train(key(3)))[0], labels)
    );
    let now = optimizer.init(params);
    return () => now = optimizer.step(now, differentiate(now.params).gradients);
  }

  function trainTiny(): () => unknown {
    const { params, state } = tiny.init(key(0)), optimizer = adam();
    const x = constant([[0.1, 0.2]]), y = constant([[0.3]]);
    const differentiate = valueAndGradient((p: typeof params) =>
      mseLoss(tiny.apply({ params: p, state }, x, train(key(3)))[0], y)
    );
    let now = optimizer.init(params);
    return () => now = optimizer.step(now, differentiate(now.params).gradients);
  }

  function inferMlp(batch: number): () => unknown {
    const variables = mlp.init(key(0)), x = randomNormal(key(1), [batch, 784]);
    return () => forward(mlp, variables, x);
  }

  return [
    ...[64, 128, 256, 512, 1024].map((n) => product(`matmul ${n} x ${n}`, n, n, n)),
    product("matmul 32 x 784 x 128", 32, 784, 128),
    product("matmul 1000 x 128 x 10", 1000, 128, 10),
    product("matmul 128 x 784 x 128", 128, 784, 128),
    {
      name: "matrix 1024 x 1024 times vector",
      make: () => {
        const a = uniform(1024, 1024), x = uniform(1024);
        return () => matmul(a, x);
      },
    },
    {
      name: "transposed matrix times vector",
      make: () => {
        const a = transpose(uniform(1024, 1024)), x = uniform(1024);
        return () => matmul(a, x);
      },
    },
    elementwise("add 1e6", (x) => add(x, x), 1_000_000),
    elementwise("add [1000, 1000] + [1000]", (x) => add(x, uniform(1000)), 1000, 1000),
    elementwise("exp 1e6", exp, 1_000_000),
    elementwise("tanh 1e6", tanh, 1_000_000),
    elementwise("gelu 1e6", gelu, 1_000_000),
    elementwise("sum 1e6", sum, 1_000_000),
    elementwise("softmax 1000 x 1000", softmax, 1000, 1000),
    elementwise("add 32", (x) => add(x, x), 32),
    ...[1, 32, 128, 512].map((batch) => ({ name: `784-128-64-10, Adam, batch ${batch}`, make: () => trainMlp(batch) })),
    ...[1, 32].map((batch) => ({ name: `784-128-64-10, output, batch ${batch}`, make: () => inferMlp(batch) })),
    { name: "2-8-1, Adam, batch 1", make: trainTiny },
  ];
}

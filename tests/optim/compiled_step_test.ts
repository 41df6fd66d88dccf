import { assert, assertEquals } from "@std/assert";
import {
  accumulate,
  adadelta,
  adafactor,
  adagrad,
  adam,
  adamw,
  amsgrad,
  averageParameters,
  chain,
  clipByGlobalNorm,
  clipNorm,
  clipValue,
  cosineAnnealing,
  lamb,
  lbfgs,
  lion,
  masked,
  momentum,
  nadam,
  type Optimizer,
  partitioned,
  radam,
  rmsprop,
  sgd,
  warmup,
  weightDecay,
} from "../../optim/mod.ts";
import {
  add,
  compile,
  constant,
  type DType,
  gradient,
  key,
  matmul,
  mean,
  mul,
  randomNormal,
  square,
  sub,
  tanh,
  type Tensor,
  toList,
  tree,
} from "../../autograd/mod.ts";

const OPTIMIZERS: Readonly<Record<string, Optimizer>> = {
  sgd: sgd({ learningRate: 0.1 }),
  "sgd with momentum": sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
  adam: adam({ learningRate: 0.1, weightDecay: 0.01 }),
  adamw: adamw({ learningRate: 0.1, weightDecay: 0.01 }),
  rmsprop: rmsprop({ learningRate: 0.1, momentum: 0.5 }),
  adagrad: adagrad({ learningRate: 0.1 }),
  lion: lion({ learningRate: 0.01 }),
  "adam on a schedule": adam({ learningRate: cosineAnnealing({ initial: 0.1, steps: 5, final: 0.01 }) }),
  "adam after a warm-up": adam({ learningRate: warmup({ steps: 3 }, () => 0.1) }),
  "clipped by norm": chain(clipNorm(0.1), adam({ learningRate: 0.1 })),
  "clipped by value": chain(clipValue(0.01), sgd({ learningRate: 0.1 })),
  "decay of weights alone": chain(
    masked((path) => path !== "bias", weightDecay(0.1)),
    sgd({ learningRate: 0.1 }),
  ),
  "momentum before Adam": chain(momentum({ decay: 0.5 }), adam({ learningRate: 0.1 })),
  accumulated: accumulate({ steps: 2 }, adam({ learningRate: 0.1 })),
  "rmsprop that is centered": rmsprop({ learningRate: 0.1, centered: true }),
  adadelta: adadelta({ weightDecay: 0.01 }),
  adafactor: adafactor({ learningRate: 0.1, weightDecay: 0.01 }),
  amsgrad: amsgrad({ learningRate: 0.1 }),
  lamb: lamb({ learningRate: 0.1, weightDecay: 0.01 }),
  lbfgs: lbfgs({ learningRate: 0.1, history: 3 }),
  nadam: nadam({ learningRate: 0.1 }),
  radam: radam({ learningRate: 0.1 }),
  partitioned: partitioned(
    { weights: adam({ learningRate: 0.1 }), biases: sgd() },
    (path) => path === "bias" ? "biases" : "weights",
  ),
  "partly frozen": partitioned({ weights: adam() }, (path) => path === "bias" ? "frozen" : "weights"),
  averaged: averageParameters({ decay: 0.9 }, sgd({ learningRate: 0.1 })),
};

const paramsOf = <D extends DType>(dtype: D) => ({
  weight: randomNormal(key(1), [3, 2], { dtype }),
  bias: randomNormal(key(2), [2], { dtype }),
});

const slopesOf = (x: Tensor) =>
  gradient((p: ReturnType<typeof paramsOf>) => mean(square(sub(add(tanh(matmul(x, p.weight)), p.bias), 0.5))));

for (const dtype of ["float64", "float32"] as const) {
  const x = randomNormal(key(3), [5, 3], { dtype }) as Tensor, slopes = slopesOf(x);
  const tolerance = dtype === "float64" ? 1e-12 : 1e-5;
  const assertClose = (got: unknown, wanted: unknown) => {
    const [a, b] = [got, wanted].map((t) => tree.entries(t as tree.Tree<Tensor | number>));
    assertEquals(a!.map(([path]) => path), b!.map(([path]) => path));
    a!.forEach(([path, leaf], k) => {
      const [values, expected] = [leaf, b![k]![1]].map((t) => typeof t === "object" ? toList(t) : [t]);
      assertEquals(typeof leaf, typeof b![k]![1], path);
      values!.forEach((v, i) => {
        const size = Math.max(1, Math.abs(Number(expected![i]))); // inverse curvatures may be large
        assert(Math.abs(Number(v) - Number(expected![i])) <= tolerance * size, `${path}: ${v}, ${expected![i]}`);
      });
    });
  };

  for (const [name, optimizer] of Object.entries(OPTIMIZERS)) {
    Deno.test(`compiled steps of ${name} in ${dtype} are its plain steps, its state included`, () => {
      const step = compile((state: ReturnType<typeof optimizer.init>) =>
        optimizer.step(state, slopes(state.params as never))
      );
      let compiled: ReturnType<typeof optimizer.init> = optimizer.init(paramsOf(dtype)), plain = compiled;
      for (let k = 0; k < 5; k++) {
        compiled = step(compiled);
        plain = optimizer.step(plain, slopes(plain.params as never));
        assertClose(compiled, plain);
      }
      assertEquals([compiled.step.tag, compiled.step.dtype, compiled.step.shape], ["constant", "float64", []]);
    });

    Deno.test(`a compiled scan of ${name} in ${dtype} ends where its plain steps do`, () => {
      type State = ReturnType<typeof optimizer.init>;
      const step = compile((state: State, _: undefined) =>
        [optimizer.step(state, slopes(state.params as never)), 0] as const
      );
      const begun = optimizer.init(paramsOf(dtype)),
        steps = step.scan(begun, Array.from({ length: 6 }, () => undefined));
      let next = steps.next();
      while (!next.done) next = steps.next();
      let plain = begun;
      for (let k = 0; k < 6; k++) plain = optimizer.step(plain, slopes(plain.params as never));
      assertClose(next.value, plain);
    });
  }
}

Deno.test("clipByGlobalNorm() inside a compiled function clips as outside", () => {
  const gradients = { a: randomNormal(key(1), [4]), b: randomNormal(key(2), [2, 3]) };
  for (const limit of [0.1, 100]) {
    const clip = (g: typeof gradients) => clipByGlobalNorm(g, limit),
      got = compile(clip)(gradients),
      wanted = clip(gradients);
    for (const name of ["a", "b"] as const) {
      toList(got[name]).forEach((v, i) => assert(Math.abs(v - toList(wanted[name])[i]!) < 1e-6));
    }
  }
});

Deno.test("a compiled step is compiled once, whatever step and learning rate the state has", () => {
  let traced = 0;
  const optimizer = adam(),
    step = compile((state: ReturnType<typeof optimizer.init<Tensor>>) => {
      traced++;
      return optimizer.step(state, mul(state.params, 2));
    });
  let state = optimizer.init(randomNormal(key(0), [3]) as Tensor);
  for (let k = 0; k < 4; k++) state = step({ ...state, learningRate: constant(0.01 * k, { dtype: "float64" }) });
  assertEquals(traced, 1);
});

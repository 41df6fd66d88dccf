/**
 * What `machine.ts` measures: the same as in `torch_machine.py`.
 *
 * @module
 */
import {
  adam,
  compile,
  exp,
  gelu,
  key,
  type Layer,
  matmul,
  randomInteger,
  randomNormal,
  reshape,
  softmaxCrossEntropy,
  tanh,
  type Tensor,
  type TensorTree,
} from "@nanograd/nanograd";
import { characterModel, CONTEXT } from "../examples/character_model.ts";
import { residualReader } from "../examples/resnet.ts";
import { LOOPS } from "./loop_workloads.ts";
import { training, WORKLOADS as TRAINING } from "./training_workloads.ts";

/** Prepares a workload for the engine in use; what it returns is one run. */
export type Prepare = () => () => unknown;

const CHARACTERS = 80, BATCH = 32, ELEMENTS = 100_000;

/** A fold whose carry stays in compiled memory, so that nothing is copied there and back. */
function folded<C extends TensorTree<C>>(begun: C, next: (carry: C) => C): () => void {
  const step = compile((carry: C, _: null) => [next(carry), null] as const);
  function* endless() {
    for (;;) yield null;
  }
  const steps = step.scan(begun, endless());
  return () => void steps.next();
}

const product = (m: number, k: number, n: number, dtype: "float32" | "float64" = "float32"): Prepare => () => {
  const [a, b, c] = [[m, k], [k, n], [m, n]].map((shape, i) => randomNormal(key(i), shape, { dtype })) as [T, T, T];
  return folded({ a, b, c }, ({ a, b }) => ({ a, b, c: matmul(a, b) }));
};

type T = Tensor<"float32" | "float64">;

const onElements = (f: (x: Tensor<"float32">) => Tensor<"float32">): Prepare => () => {
  const x = randomNormal(key(1), [ELEMENTS]);
  return folded({ x, y: x }, ({ x }) => ({ x, y: f(x) }));
};

/** Adam's update of so many parameters. */
const update: Prepare = () => {
  const optimizer = adam(), gradients = randomNormal(key(1), [ELEMENTS]);
  const step = compile((training: ReturnType<typeof optimizer.init<Tensor>>, gradients: Tensor) =>
    [optimizer.step(training, gradients), null] as const
  );
  function* endless() {
    for (;;) yield gradients;
  }
  const steps = step.scan(optimizer.init(randomNormal(key(2), [ELEMENTS])), endless());
  return () => void steps.next();
};

const trained = (name: string): Prepare => () => TRAINING[name]!().compiled;

/** The workloads by name. */
export const MACHINE_WORKLOADS: { readonly [name: string]: Prepare } = {
  ...Object.fromEntries([64, 128, 256, 512, 1024].map((n) => [`gemm float32 ${n}`, product(n, n, n)])),
  "gemm 32x784x128": product(32, 784, 128),
  "gemm 128x784x128": product(128, 784, 128),
  "gemm float64 512": product(512, 512, 512, "float64"),
  exp: onElements(exp),
  tanh: onElements(tanh),
  gelu: onElements(gelu),
  adam: update,
  mlp_train_b32: trained("mlp_train_b32"),
  mlp_train_b128: trained("mlp_train_b128"),
  mlp_train_b512: trained("mlp_train_b512"),
  transformer: () => {
    const codes = randomInteger(key(1), [BATCH, CONTEXT], { max: CHARACTERS });
    const loss = (y: Tensor, target: Tensor) => softmaxCrossEntropy(reshape(y, [BATCH * CONTEXT, CHARACTERS]), target);
    return training(characterModel(CHARACTERS) as Layer, loss, codes, reshape(codes, [BATCH * CONTEXT])).compiled;
  },
  cnn_train_b32: trained("cnn_train_b32"),
  resnet: () => {
    const x = randomNormal(key(2), [32, 1, 28, 28]), labels = randomInteger(key(3), [32], { max: 10 });
    return training(residualReader() as Layer, softmaxCrossEntropy, x, labels).compiled;
  },
  lstm: () => LOOPS["lstm"]!(),
};

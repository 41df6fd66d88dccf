/**
 * jax-js on its WebAssembly device, on this thread: every workload is one function in `jit`.
 *
 * Operations of jax-js consume their arguments; `ref` keeps them. Inside `jit` that costs nothing, since a function is
 * traced once.
 *
 * @module
 */
import { defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { oneHotOf, type Prepared, printOf, type Request, serve, valuesOf } from "./request.ts";

type A = np.Array;
type Settings = Request["settings"];

const linear = (x: A, weight: A, bias: A): A => np.matmul(x, np.matrixTranspose(weight.ref)).add(bias.ref);
const parts = (x: A, shape: readonly number[]): A => x.reshape([...shape]);
const crossEntropy = (logits: A, hot: A): A => nn.logSoftmax(logits, -1).mul(hot.ref).sum(-1).mean().neg();
const squares = (x: A, y: A): A => np.square(x.sub(y.ref)).mean();
const channels = (x: A): A => x.ref.reshape([1, -1, 1, 1]);

function dense(params: readonly A[], x: A, activation: (x: A) => A): A {
  let y = x;
  for (let k = 0; k < params.length; k += 2) y = linear(k > 0 ? activation(y) : y, params[k]!, params[k + 1]!);
  return y;
}

function normed(x: A, axis: number[], epsilon = 1e-5): A {
  const centered = x.ref.sub(x.mean(axis, { keepdims: true }));
  const variance = np.square(centered.ref).mean(axis, { keepdims: true });
  return centered.div(np.sqrt(variance.add(epsilon)));
}

const layerNorm = (x: A, weight: A, bias: A): A => normed(x, [x.ndim - 1]).mul(weight.ref).add(bias.ref);
const batchNorm = (x: A, weight: A, bias: A): A => normed(x, [0, 2, 3]).mul(channels(weight)).add(channels(bias));
const conv = (x: A, weight: A, bias: A, padding: number): A =>
  lax.conv(x, weight.ref, [1, 1], [[padding, padding], [padding, padding]]).add(channels(bias));

/** Pooling 2 x 2 of even sizes. */
function pool(x: A): A {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  return np.max(parts(x, [n, c, h / 2, 2, w / 2, 2]), [3, 5]);
}

const ACTIVATIONS: Readonly<Record<string, (x: A) => A>> = {
  relu: nn.relu,
  sigmoid: nn.sigmoid,
  gelu: (x) => nn.gelu(x),
};

type Loss = (settings: Settings, params: readonly A[], data: readonly A[]) => A;

const classifier: Loss = (s, p, [x, labels]) =>
  crossEntropy(dense(p, x!.ref, ACTIVATIONS[String(s["activation"])]!), labels!);

const leNet: Loss = (_, p, [x, labels]) => {
  const first = pool(nn.relu(conv(x!.ref, p[0]!, p[1]!, 2))), second = pool(nn.relu(conv(first, p[2]!, p[3]!, 2)));
  return crossEntropy(dense(p.slice(4), second.reshape([x!.shape[0]!, -1]), nn.relu), labels!);
};

const residual: Loss = (_, p, [x, labels]) => {
  const block = (x: A, at: number) => batchNorm(conv(x, p[at]!, p[at + 1]!, 1), p[at + 2]!, p[at + 3]!);
  const stem = nn.relu(block(x!.ref, 0)), y = nn.relu(stem.ref.add(block(nn.relu(block(stem, 4)), 8)));
  return crossEntropy(linear(y.mean([2, 3]), p[12]!, p[13]!), labels!);
};

const lstm: Loss = (s, p, [xs, target]) => {
  const [time, batch] = xs!.shape as [number, number], hidden = s["hidden"]!, outputs: A[] = [];
  let h: A = np.zeros([batch, hidden]), c: A = np.zeros([batch, hidden]);
  for (const x of np.split(xs!.ref, time, 0)) {
    const gates = linear(x.reshape([batch, -1]), p[0]!, p[2]!).add(linear(h, p[1]!, p[3]!));
    const [i, f, g, o] = np.split(gates, 4, 1) as [A, A, A, A];
    c = nn.sigmoid(f).mul(c).add(nn.sigmoid(i).mul(np.tanh(g)));
    h = nn.sigmoid(o).mul(np.tanh(c.ref));
    outputs.push(h.ref);
  }
  return squares(linear(np.stack(outputs, 0), p[4]!, p[5]!), target!);
};

const transformer: Loss = (s, p, [words, labels]) => {
  const [batch, time] = words!.shape as [number, number], width = p[0]!.shape[1]!, heads = s["heads"]!;
  const mask = np.triu(np.ones([time, time]), 1).mul(-1e30);
  const apart = (y: A) => parts(y, [batch, time, heads, width / heads]).transpose([0, 2, 1, 3]);
  let x = np.matmul(words!.ref, p[0]!.ref).add(p[1]!.ref); // one-hot words
  for (let k = 0; k < s["layers"]!; k++) {
    const q = p.slice(2 + 16 * k, 18 + 16 * k), inner = layerNorm(x.ref, q[0]!, q[1]!);
    const [a, b, c] = [2, 4, 6].map((at) => apart(linear(inner.ref, q[at]!, q[at + 1]!))) as [A, A, A];
    const scores = np.matmul(a, b.transpose([0, 1, 3, 2])).mul(1 / Math.sqrt(width / heads)).add(mask.ref);
    const mixed = np.matmul(nn.softmax(scores, -1), c).transpose([0, 2, 1, 3]);
    x = x.add(linear(parts(mixed, [batch, time, width]), q[8]!, q[9]!));
    x = x.ref.add(dense(q.slice(12), layerNorm(x, q[10]!, q[11]!), ACTIVATIONS["gelu"]!));
  }
  return crossEntropy(linear(x, p.at(-2)!, p.at(-1)!), labels!);
};

const NETWORKS: Readonly<Record<string, Loss>> = {
  "tiny network, batch 1": classifier,
  "MLP with ReLU": classifier,
  "large MLP": classifier,
  LeNet: leNet,
  "residual block": residual,
  "LSTM in a loop": lstm,
  transformer,
};

const OPERATIONS: Readonly<Record<string, (settings: Settings, ...inputs: A[]) => A>> = {
  add: (_, a, b) => a!.add(b!),
  exp: (_, a) => np.exp(a!),
  gelu: (_, a) => nn.gelu(a!),
  softmax: (_, a) => nn.softmax(a!, -1),
  "sum over rows": (_, a) => np.sum(a!, 0),
  "layer norm": (_, x, weight, bias) => layerNorm(x!, weight!, bias!),
  "large product": (_, a, b) => np.matmul(a!, b!),
  "3x3 convolution": (s, x, weight, bias) => conv(x!, weight!, bias!, s["padding"]!),
};

const arrayOf = (input: Request["inputs"][number], place: number): A => {
  const { shape, fill } = input;
  return fill.kind === "whole"
    ? np.array(oneHotOf(input, place), { shape: [...shape, fill.count] })
    : np.array(valuesOf(input, place), { shape: [...shape] });
};

/** Computes a whole array now, and reads one element: reading more would be a copy that the others need not make. */
function finish(y: A): void {
  let one = y;
  for (let axis = y.ndim; axis > 0; axis--) one = one.slice(0);
  one.dataSync();
}

type State = { readonly p: A[]; readonly m: A[]; readonly v: A[]; readonly b1: A; readonly b2: A };

/** Adam with the settings of the others. The powers of its rates are scalars in the state, so that `jit` sees them. */
function adam({ p, m, v, b1, b2 }: State, gradients: readonly A[]): State {
  const [c1, c2] = [b1.mul(0.9), b2.mul(0.999)];
  const moment = m.map((one, k) => one.mul(0.9).add(gradients[k]!.ref.mul(0.1)));
  const second = v.map((one, k) => one.mul(0.999).add(np.square(gradients[k]!).mul(0.001)));
  const next = p.map((one, k) => {
    const root = np.sqrt(second[k]!.ref.div(np.subtract(1, c2.ref))).add(1e-8);
    return one.sub(moment[k]!.ref.div(np.subtract(1, c1.ref)).mul(1e-3).div(root));
  });
  return { p: next, m: moment, v: second, b1: c1, b2: c2 };
}

function prepare({ name, inputs, params, settings }: Request): Prepared {
  const arrays = inputs.map(arrayOf), loss = NETWORKS[name], operation = OPERATIONS[name];
  if (loss === undefined || params === undefined) {
    if (operation === undefined) throw new Error(`there is no ${name} here`);
    const run = jit((...given: A[]) => operation(settings, ...given));
    const prints = [printOf(run(...arrays.map(({ ref }) => ref)).dataSync())];
    return { call: () => finish(run(...arrays.map(({ ref }) => ref))), prints };
  }
  const data = arrays.slice(params);
  const step = jit((state: State, data: A[]): [A, State] => {
    const [value, gradients] = valueAndGrad((p: A[]) => loss(settings, p, data))(state.p.map(({ ref }) => ref));
    return [value, adam(state, gradients as A[])];
  });
  const zeros = () => arrays.slice(0, params).map(({ shape }) => np.zeros(shape));
  let state: State = { p: arrays.slice(0, params), m: zeros(), v: zeros(), b1: np.array(1), b2: np.array(1) };
  // All results of a call share its kernels, so that reading the loss runs them all.
  const call = (): number => {
    const [value, next] = step(state, tree.ref(data)) as [A, State];
    state = next;
    return value.dataSync()[0]!;
  };
  return { prints: Array.from({ length: 4 }, () => printOf([call()])), call: () => void call() };
}

await init("wasm");
defaultDevice("wasm");
await serve(prepare);

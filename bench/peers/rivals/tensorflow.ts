/**
 * TensorFlow.js on its WebAssembly backend, on this thread. If that backend lacks a kernel, as it does for derivatives
 * of convolutions, the workload runs on the JavaScript backend, and the answer says so.
 *
 * Images are channels-last here, the only layout that convolutions know. They are converted before the measurement.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-layers"; // registers the derivatives, which the core lacks in Node's modules
import "@tensorflow/tfjs-backend-cpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { type Prepared, printOf, type Request, serve, valuesOf } from "./request.ts";

type T = tf.Tensor;
type Settings = Request["settings"];

/** A dense layer; its weight is `[inputs, outputs]`, as TensorFlow.js keeps it, since it is slow on transposed operands. */
const linear = (x: T, weight: T, bias: T): T => {
  const [inputs, outputs] = weight.shape as [number, number];
  const flat = tf.matMul(tf.reshape(x, [-1, inputs]), weight as tf.Tensor2D);
  return tf.add(tf.reshape(flat, [...x.shape.slice(0, -1), outputs]), bias);
};
const crossEntropy = (logits: T, hot: T): T => tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), hot), -1)));
const squares = (x: T, y: T): T => tf.mean(tf.squaredDifference(x, y));

function dense(params: readonly T[], x: T, activation: (x: T) => T): T {
  let y = x;
  for (let k = 0; k < params.length; k += 2) y = linear(k > 0 ? activation(y) : y, params[k]!, params[k + 1]!);
  return y;
}

/** Computes the tanh form of GELU, which TensorFlow.js lacks. */
function gelu(x: T): T {
  const inner = tf.mul(tf.add(x, tf.mul(tf.mul(tf.mul(x, x), x), 0.044715)), Math.sqrt(2 / Math.PI));
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1));
}

function normed(x: T, axes: number[]): T {
  const { mean, variance } = tf.moments(x, axes, true);
  return tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
}

const layerNorm = (x: T, weight: T, bias: T): T => tf.add(tf.mul(normed(x, [x.rank - 1]), weight), bias);
const batchNorm = (x: T, weight: T, bias: T): T => tf.add(tf.mul(normed(x, [0, 1, 2]), weight), bias);
const conv = (x: T, weight: T, bias: T, padding: number): T =>
  tf.add(tf.conv2d(x as tf.Tensor4D, weight as tf.Tensor4D, 1, padding), bias);
const pool = (x: T): T => tf.maxPool(x as tf.Tensor4D, 2, 2, 0);

const ACTIVATIONS: Readonly<Record<string, (x: T) => T>> = { relu: tf.relu, sigmoid: tf.sigmoid };

type Loss = (settings: Settings, params: readonly T[], data: readonly T[]) => T;

const classifier: Loss = (s, p, [x, labels]) =>
  crossEntropy(dense(p, x!, ACTIVATIONS[String(s["activation"])]!), labels!);

const leNet: Loss = (_, p, [x, labels]) => {
  const first = pool(tf.relu(conv(x!, p[0]!, p[1]!, 2))), second = pool(tf.relu(conv(first, p[2]!, p[3]!, 2)));
  const flat = tf.reshape(tf.transpose(second, [0, 3, 1, 2]), [x!.shape[0]!, -1]);
  return crossEntropy(dense(p.slice(4), flat, tf.relu), labels!);
};

const residual: Loss = (_, p, [x, labels]) => {
  const block = (x: T, at: number) => batchNorm(conv(x, p[at]!, p[at + 1]!, 1), p[at + 2]!, p[at + 3]!);
  const stem = tf.relu(block(x!, 0)), y = tf.relu(tf.add(stem, block(tf.relu(block(stem, 4)), 8)));
  return crossEntropy(linear(tf.mean(y, [1, 2]), p[12]!, p[13]!), labels!);
};

const lstm: Loss = (s, p, [xs, target]) => {
  const batch = xs!.shape[1]!, hidden = s["hidden"]!, outputs: T[] = [];
  let h: T = tf.zeros([batch, hidden]), c: T = tf.zeros([batch, hidden]);
  for (const x of tf.unstack(xs!)) {
    const gates = tf.add(linear(x, p[0]!, p[2]!), linear(h, p[1]!, p[3]!));
    const [i, f, g, o] = tf.split(gates, 4, 1) as [T, T, T, T];
    c = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
    h = tf.mul(tf.sigmoid(o), tf.tanh(c));
    outputs.push(h);
  }
  return squares(linear(tf.stack(outputs), p[4]!, p[5]!), target!);
};

const transformer: Loss = (s, p, [words, labels]) => {
  const [batch, time] = words!.shape as [number, number], width = p[0]!.shape[1]!, heads = s["heads"]!;
  const mask = tf.mul(tf.sub(1, tf.linalg.bandPart(tf.ones([time, time]), -1, 0)), -1e30);
  const apart = (y: T) => tf.transpose(tf.reshape(y, [batch, time, heads, width / heads]), [0, 2, 1, 3]);
  const embedded = tf.matMul(tf.reshape(words!, [batch * time, -1]), p[0] as tf.Tensor2D);
  let x: T = tf.add(tf.reshape(embedded, [batch, time, width]), p[1]!);
  for (let k = 0; k < s["layers"]!; k++) {
    const q = p.slice(2 + 16 * k, 18 + 16 * k), inner = layerNorm(x, q[0]!, q[1]!);
    const [a, b, c] = [2, 4, 6].map((at) => apart(linear(inner, q[at]!, q[at + 1]!))) as [T, T, T];
    const scores = tf.add(tf.mul(tf.matMul(a, b, false, true), 1 / Math.sqrt(width / heads)), mask);
    const mixed = tf.transpose(tf.matMul(tf.softmax(scores), c), [0, 2, 1, 3]);
    x = tf.add(x, linear(tf.reshape(mixed, [batch, time, width]), q[8]!, q[9]!));
    x = tf.add(x, dense(q.slice(12), layerNorm(x, q[10]!, q[11]!), gelu));
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

const OPERATIONS: Readonly<Record<string, (settings: Settings, ...inputs: T[]) => T>> = {
  add: (_, a, b) => tf.add(a!, b!),
  exp: (_, a) => tf.exp(a!),
  gelu: (_, a) => gelu(a!),
  softmax: (_, a) => tf.softmax(a!),
  "sum over rows": (_, a) => tf.sum(a!, 0),
  "layer norm": (_, x, weight, bias) => layerNorm(x!, weight!, bias!),
  "large product": (_, a, b) => tf.matMul(a!, b!),
  "3x3 convolution": (s, x, weight, bias) => conv(x!, weight!, bias!, s["padding"]!),
};

/**
 * Makes tensors of the inputs: images and filters channels-last, weights `[inputs, outputs]`, whole numbers as one-hot
 * rows, since the WebAssembly backend lacks the derivative of taking rows.
 */
function tensorsOf({ name, inputs, params = inputs.length }: Request): readonly T[] {
  return inputs.map((input, k) => {
    const { shape, fill } = input, values = tf.tensor(valuesOf(input, k), [...shape]);
    if (fill.kind === "whole") return tf.cast(tf.oneHot(tf.cast(values, "int32"), fill.count), "float32");
    const isWeight = shape.length === 2 && name in NETWORKS && k < params && !(name === "transformer" && k < 2);
    if (shape.length !== 4) return isWeight ? tf.transpose(values) : values;
    const filters = name === "3x3 convolution" ? k === 1 : k < params;
    return tf.transpose(values, filters ? [2, 3, 1, 0] : [0, 2, 3, 1]);
  });
}

function prepareOn(request: Request): Prepared {
  const { name, inputs, params, settings } = request, tensors = tensorsOf(request), loss = NETWORKS[name];
  if (loss === undefined || params === undefined) {
    const operation = OPERATIONS[name];
    if (operation === undefined) throw new Error(`there is no ${name} here`);
    const y = operation(settings, ...tensors), images = y.rank === 4 && inputs[0]!.shape.length === 4;
    return {
      prints: [printOf((images ? tf.transpose(y, [0, 3, 1, 2]) : y).dataSync())],
      call: () => tf.tidy(() => void operation(settings, ...tensors)), // kernels run at once
    };
  }
  const variables = tensors.slice(0, params).map((t) => tf.variable(t)), data = tensors.slice(params);
  const optimizer = tf.train.adam(1e-3, 0.9, 0.999, 1e-8);
  const call = (): number =>
    tf.tidy(() =>
      optimizer.minimize(() => loss(settings, variables, data) as tf.Scalar, true, variables)!.dataSync()[0]!
    );
  return { prints: Array.from({ length: 4 }, () => printOf([call()])), call: () => void call() };
}

async function prepare(request: Request): Promise<Prepared> {
  await tf.setBackend("wasm");
  try {
    return prepareOn(request);
  } catch (error) {
    const missing = /Kernel '(\w+)'/.exec(String(error))?.[1];
    if (missing === undefined) throw error;
    await tf.setBackend("cpu");
    return {
      ...prepareOn(request),
      note: `its WebAssembly backend lacks ${missing}; measured on its JavaScript backend`,
    };
  }
}

setWasmPaths(new URL("./node_modules/@tensorflow/tfjs-backend-wasm/dist/", import.meta.url).pathname);
await serve(prepare);

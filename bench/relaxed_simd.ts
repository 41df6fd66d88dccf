/**
 * Measures how much relaxed SIMD, multiply-add in one instruction, gains in a runtime:
 *
 *     deno bundle --platform=browser -o relaxed_simd.mjs bench/relaxed_simd.ts
 *     node relaxed_simd.mjs && node relaxed_simd.mjs --without
 *
 * Times are in milliseconds, the best of 100 calls and their median. Deno runs it without bundling.
 *
 * @module
 */
import process from "node:process";
import {
  activations,
  adam,
  compile,
  conv2dLayer,
  denseLayer,
  evaluate,
  flattenLayer,
  key,
  type Layer,
  matmul,
  randomInteger,
  randomNormal,
  sequential,
  softmaxCrossEntropy,
  type Tensor,
  valueAndGradient,
} from "../mod.ts";

/** Makes every module with an instruction of relaxed SIMD invalid, before the library checks. */
function hideRelaxedSimd(): void {
  const validate = WebAssembly.validate;
  const relaxed = (bytes: Uint8Array): boolean =>
    bytes.some((byte, k) => byte === 0xfd && bytes[k + 1]! >= 0x80 && bytes[k + 2] === 2);
  WebAssembly.validate = (bytes) => !relaxed(bytes as Uint8Array) && validate(bytes); // the library passes an array
}

function times(call: () => void): string {
  for (let k = 0; k < 50; k++) call();
  const spent = Array.from({ length: 100 }, () => {
    const start = performance.now();
    call();
    return performance.now() - start;
  }).sort((a, b) => a - b);
  return `${spent[0]!.toFixed(2)} (${spent[50]!.toFixed(2)})`;
}

function* endless<T>(x: T): Generator<T> {
  for (;;) yield x;
}

/** Returns a call that does one training step. */
function trainer(
  model: Layer,
  x: Tensor,
): () => void {
  const { params, state } = model.init(key(0)), optimizer = adam(), start = optimizer.init(params);
  const labels = randomInteger(key(1), [x.shape[0]!], { max: 10 });
  const step = compile((before: typeof start, x: Tensor) => {
    const { value, gradients } = valueAndGradient((p: typeof params) =>
      softmaxCrossEntropy(model.apply({ params: p, state }, x, evaluate)[0], labels)
    )(before.params);
    return [optimizer.step(before, gradients), value] as const;
  });
  const steps = step.scan(start, endless(x));
  return () => void steps.next();
}

const without = process.argv.includes("--without");
if (without) hideRelaxedSimd();

const { relu } = activations, a = randomNormal(key(2), [256, 256]);
const network = sequential([
  denseLayer(784, 128, { activation: relu }),
  denseLayer(128, 64, { activation: relu }),
  denseLayer(64, 10),
]);
const convolutions = sequential([
  conv2dLayer(1, 16, 3, { padding: 1, activation: relu }),
  conv2dLayer(16, 32, 3, { padding: 1, stride: 2, activation: relu }),
  flattenLayer(),
  denseLayer(32 * 14 * 14, 10),
]);
const rows = {
  "784-128-64-10, batch 64": times(trainer(network, randomNormal(key(3), [64, 784]))),
  "two convolutions, batch 16": times(trainer(convolutions, randomNormal(key(4), [16, 1, 28, 28]))),
  "product, 256 x 256": times(() => void matmul(a, a)),
};
console.log(process.version, without ? "without relaxed SIMD" : "as it is", rows);

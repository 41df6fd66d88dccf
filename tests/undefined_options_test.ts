/**
 * Options that are given as `undefined` count as left out, in types too: this project is checked with
 * `exactOptionalPropertyTypes`, as programs that import its sources may be.
 */
import { assertEquals } from "@std/assert";
import {
  adam,
  conv2d,
  cosineAnnealing,
  denseLayer,
  histogram,
  key,
  lstmLayer,
  multiHeadAttention,
  ones,
  randomNormal,
  sliceAxes,
  softmax,
  softmaxCrossEntropy,
  sum,
  tensor64,
  toList,
  toNumber,
} from "../mod.ts";
import { filesIn, textOf } from "./house/source_files.ts";
import { files } from "./programs.ts";

Deno.test("an option that is undefined counts as left out", () => {
  const t = tensor64([[1, 2], [3, 5]]), x = ones([1, 1, 3, 3]);
  assertEquals(toList(softmax(t, { axis: undefined })), toList(softmax(t)));
  assertEquals(toNumber(sum(t, { axes: undefined, keepDims: undefined })), 11);
  assertEquals(
    toList(histogram(t, { bins: undefined, min: undefined, max: undefined }).counts),
    toList(histogram(t).counts),
  );
  assertEquals(toList(sliceAxes(t, [[undefined, 1, undefined]])), [1, 2]);
  assertEquals(
    toList(randomNormal(key(0), [2], { dtype: undefined, mean: undefined })),
    toList(randomNormal(key(0), [2])),
  );
  assertEquals(conv2d(x, x, null, { stride: undefined, padding: undefined, groups: undefined }).shape, [1, 1, 1, 1]);
  const settings = { reduction: undefined, weights: undefined, ignoreIndex: undefined };
  assertEquals(toNumber(softmaxCrossEntropy(t, [0, 1], settings)), toNumber(softmaxCrossEntropy(t, [0, 1])));
  assertEquals(denseLayer(2, 3, { activation: undefined, name: undefined }).name, "Dense");
  assertEquals(lstmLayer(2, 3, { layers: undefined, bidirectional: undefined }).outputSize, 3);
  assertEquals(multiHeadAttention(4, 2, { causal: undefined }).outputSize, 4);
  assertEquals(adam({ learningRate: undefined, beta1: undefined }).config, adam().config);
  assertEquals(cosineAnnealing({ initial: 1, steps: 2, final: undefined })(2), 0);
});

Deno.test("the types of options say that each may be undefined", files, () => {
  const found: string[] = [];
  for (const path of ["autograd", "layers", "optim", "blas"].flatMap(filesIn)) {
    const text = textOf(path);
    for (const [, name, body] of text.matchAll(/^export type (\w*Options)\b[^{]*=[^{]*\{([\s\S]*?)^\}/gm)) {
      for (const [, option, type] of body!.matchAll(/^ {2}readonly (\w+)\?: ([^\n]*);$/gm)) {
        if (!/\bundefined\b/.test(type!)) found.push(`${path}: ${name}.${option}`);
      }
    }
  }
  assertEquals(found, []);
});

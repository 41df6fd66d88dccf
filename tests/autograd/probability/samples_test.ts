import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  argmax,
  checkGradient,
  compile,
  exponentialSample,
  gradient,
  gumbelSoftmaxSample,
  type Key,
  key,
  laplaceSample,
  logNormalSample,
  normalSample,
  randomCategorical,
  randomExponential,
  randomLaplace,
  randomNormal,
  randomUniform,
  ShapeError,
  sum,
  type Tensor,
  tensor32,
  tensor64,
  toList,
  uniformSample,
  vmap,
} from "../../../mod.ts";

const k = key(4), a = tensor64([0.5, 1.5]), b = tensor64([2, 3]);

// The numbers are those of the draws, which are JAX's.
Deno.test("samples are the draws of their key, moved and scaled by the parameters", () => {
  const draws = { shape: [2], options: { dtype: "float64" } as const };
  const noise = [
    randomNormal(k, draws.shape, draws.options),
    randomUniform(k, draws.shape, draws.options),
    randomLaplace(k, draws.shape, draws.options),
    randomExponential(k, draws.shape, draws.options),
  ].map((t) => toList(t));
  const close = (t: Tensor, wanted: readonly number[]): void =>
    toList(t).forEach((x, i) => assertAlmostEquals(x, wanted[i]!, 1e-14 * Math.max(1, Math.abs(x))));
  const [m, s] = [toList(a), toList(b)];
  close(normalSample(k, a, b), m.map((x, i) => x + s[i]! * noise[0]![i]!));
  close(logNormalSample(k, a, b), m.map((x, i) => Math.exp(x + s[i]! * noise[0]![i]!)));
  close(uniformSample(k, a, b), m.map((x, i) => x + (s[i]! - x) * noise[1]![i]!));
  close(laplaceSample(k, a, b), m.map((x, i) => x + s[i]! * noise[2]![i]!));
  close(exponentialSample(k, b), s.map((x, i) => noise[3]![i]! / x));
});

Deno.test("samples are differentiable with respect to every parameter", () => {
  for (const sample of [normalSample, logNormalSample, uniformSample, laplaceSample]) {
    checkGradient((x: Tensor, y: Tensor) => sample(k, x, y, [3, 2]), a, b);
  }
  checkGradient((x: Tensor) => exponentialSample(k, x, [3, 2]), b);
  checkGradient((x: Tensor) => gumbelSoftmaxSample(k, x, { temperature: 0.7 }), tensor64([[1, 2, 0], [0, 0, 1]]));
});

for (const dtype of ["float32", "float64"] as const) {
  Deno.test(`compiled samples in ${dtype} are the plain ones`, () => {
    const make = dtype === "float32" ? tensor32 : tensor64, x = make([0.5, 1.5]) as Tensor, y = make([2, 3]) as Tensor;
    for (const sample of [normalSample, logNormalSample, uniformSample, laplaceSample]) {
      const run = (from: Key, p: Tensor, q: Tensor): Tensor => sample(from, p, q, [4, 2]);
      const plain = run(k, x, y), compiled = compile(run)(k, x, y);
      assertEquals([plain.dtype, plain.shape], [dtype, [4, 2]]);
      toList(compiled).forEach((v, i) => assertAlmostEquals(v, toList(plain)[i]!, 1e-5 * Math.max(1, Math.abs(v))));
    }
  });
}

Deno.test("the largest share of a relaxed sample is the class that the key draws", () => {
  const logits = tensor64([[0, 1, 2], [2, 0, 0], [0, 0, 0]]),
    shares = gumbelSoftmaxSample(k, logits, { temperature: 0.3 });
  assertEquals(toList(argmax(shares, { axis: -1 })), toList(randomCategorical(k, logits)));
  toList(sum(shares, { axes: -1 })).forEach((x) => assertAlmostEquals(x, 1, 1e-12));
});

Deno.test("per-example gradients of a sampled loss, by vmap", () => {
  const slopes = vmap(gradient((m: Tensor<"float64">) => sum(normalSample(k, m, 1, [2]))))(tensor64([1, 2, 3]));
  assertEquals(toList(slopes), [2, 2, 2]);
});

Deno.test("samplers refuse what does not fit, by name", () => {
  assertThrows(() => normalSample(k, 0, 0), RangeError, "Cannot apply normalSample with std 0: std must be a finite");
  assertThrows(() => exponentialSample(k, -1), RangeError, "rate -1");
  assertThrows(() => normalSample(k, a, b, [3]), ShapeError, "the parameters must broadcast to the shape");
  assertThrows(() => gumbelSoftmaxSample(k, a, { temperature: 0 }), RangeError, "temperature 0: it must be a finite");
  assertThrows(() => gumbelSoftmaxSample(k, tensor64(1)), ShapeError, "at least one axis");
  assertThrows(() => normalSample(3 as never, 0, 1), TypeError, "randomness comes from a key");
  assert(normalSample(k, 0, 1).shape.length === 0);
});

import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  compile,
  gradient,
  oneHot,
  softmaxCrossEntropy,
  take,
  type Tensor,
  tensor64,
  toList,
  toNumber,
} from "../../../autograd/mod.ts";

type T64 = Tensor<"float64">;

Deno.test("classes may be traced: labels of a loss, rows of a table, one-hot", () => {
  const logits = tensor64([[1, 2, 0], [0, -1, 3]]), table = tensor64([[1, 2], [3, 4], [5, 6]]);
  const f = (l: T64, labels: T64) => [softmaxCrossEntropy(l, labels), take(table, labels), oneHot(labels, 3)] as const;
  const compiled = compile(f);
  for (const labels of [[0, 2], [1, 1]]) {
    const got = compiled(logits, tensor64(labels)), wanted = f(logits, tensor64(labels));
    got.forEach((t, k) => toList(t).forEach((v, i) => assertAlmostEquals(v, toList(wanted[k]!)[i]!, 1e-12)));
  }
});

Deno.test("softmaxCrossEntropy() of traced labels ignores and weighs as of plain ones", () => {
  const logits = tensor64([[1, 2, 0], [0, -1, 3], [0.5, 0.5, 0]]), weights = tensor64([1, 2, 0.5]);
  const f = (l: T64, labels: T64) => [
    softmaxCrossEntropy(l, labels, { ignoreIndex: -1 }),
    softmaxCrossEntropy(l, labels, { ignoreIndex: -1, weights }),
    gradient((z: T64) => softmaxCrossEntropy(z, labels, { ignoreIndex: -1, weights, labelSmoothing: 0.1 }))(l),
  ];
  const labels = tensor64([2, -1, 0]), got = compile(f)(logits, labels), wanted = f(logits, labels);
  got.forEach((t, k) => toList(t).forEach((v, i) => assertAlmostEquals(v, toList(wanted[k]!)[i]!, 1e-12)));
});

Deno.test("a label that is not a class is an error in the call that has it, and the next call works", () => {
  const logits = tensor64([[1, 2], [0, 3]]), f = compile((l: T64, labels: T64) => softmaxCrossEntropy(l, labels));
  const before = toNumber(f(logits, tensor64([0, 1])));
  assertThrows(() => f(logits, tensor64([0, 2])), RangeError, "index 2 at position 1");
  assertEquals(toNumber(f(logits, tensor64([0, 1]))), before);
});

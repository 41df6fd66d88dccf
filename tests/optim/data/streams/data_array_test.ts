import { assertEquals, assertThrows } from "@std/assert";
import { type Sample, stackSamples } from "../../../../optim/data/streams/data_array.ts";
import { tensor32, toArray } from "../../../../mod.ts";

Deno.test("stackSamples() stacks numbers, arrays, tensors and records of them", () => {
  const sample = (k: number) => ({ n: k, t: tensor32([k, 2]), a: { shape: [2], data: Float64Array.of(k, 3) } });
  const { n, t, a } = stackSamples([sample(0), sample(1)]);
  assertEquals([toArray(n), toArray(t), toArray(a)], [[0, 1], [[0, 2], [1, 2]], [[0, 3], [1, 3]]]);
  assertEquals([n.dtype, a.dtype, t.requiresGrad], ["float32", "float64", false]);
});

Deno.test("stackSamples() names the sample and the place that differ", () => {
  const refused = (samples: readonly Sample[], message: string) =>
    assertThrows(() => stackSamples(samples), TypeError, message);
  const array = (shape: readonly number[], data: Float32Array) => ({ x: { shape, data } });
  refused([1, { a: 1 }], "sample 1 of the batch: found a record of a: it must be float32 []");
  refused([{ a: 1 }, { b: 1 }], "sample 1 of the batch: found a record of b: it must be a record of a");
  refused([{ a: 1 }, 2], "found 2: it must be a record of a");
  refused(
    [array([1], Float32Array.of(1)), array([2], Float32Array.of(1, 2))],
    'at "x": found float32 [2]: it must be float32 [1]',
  );
  refused([array([2], Float32Array.of(1))], "found 1 numbers for [2]: there must be 2");
  refused([array([2 ** 40], Float32Array.of(1))], "there must be 1099511627776"); // and no memory is taken for them
  refused([array([-1], Float32Array.of(1))], "found 1 numbers for [-1]");
  // @ts-expect-error: a text is no sample
  refused(["a"], "it must be a number, a tensor, a record, or { shape, data }");
});

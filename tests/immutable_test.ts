/**
 * Nobody can change a tensor. The functions with an underscore are checked by the compiler, and never run.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import {
  accuracyMetric,
  add,
  backward,
  key,
  lossMetric,
  split,
  type Tensor,
  tensor32,
  tensorData,
  toArray,
  toList,
} from "../mod.ts";
import { type ReadonlyDataOf, view } from "../blas/mod.ts";

const a = tensor32([[1, 2], [3, 4]]);

function _data(data: ReadonlyDataOf<"float32">, doubles: ReadonlyDataOf<"float64">): void {
  // @ts-expect-error an element
  data[0] = 1;
  // @ts-expect-error by a method
  data.fill(0);
  // @ts-expect-error in another order
  data.sort();
  // @ts-expect-error a view of the same memory
  data.subarray(1);
  // @ts-expect-error the memory
  new Float32Array(data.buffer);
  // @ts-expect-error what valueOf returns, the array itself, is an object that has no elements to its type
  data.valueOf()[0] = 1;
  // @ts-expect-error what a callback receives
  data.forEach((_, i, all) => all[i] = 0);
  // @ts-expect-error likewise
  data.map((_, i, all) => all[i] = 0);
  // @ts-expect-error likewise
  data.filter((_, i, all) => all[i] = 0);
  // @ts-expect-error likewise
  data.find((_, i, all) => all[i] = 0);
  // @ts-expect-error likewise
  data.findIndex((_, i, all) => all[i] = 0);
  // @ts-expect-error likewise
  data.findLast((_, i, all) => all[i] = 0);
  // @ts-expect-error likewise
  data.findLastIndex((_, i, all) => all[i] = 0);
  // @ts-expect-error likewise
  data.some((_, i, all) => all[i] = 0);
  // @ts-expect-error likewise
  data.every((_, i, all) => all[i] = 0);
  // @ts-expect-error likewise
  data.reduce((_sum, _, i, all) => all[i] = 0);
  // @ts-expect-error likewise
  data.reduceRight((_sum, _, i, all) => all[i] = 0, 0);
  // @ts-expect-error in float64 as well
  doubles.forEach((_, i, all) => all[i] = 0);
  // @ts-expect-error nor is it an array that can be written to
  const _writable: Float32Array = data;
}

function _copiesMayBeWrittenTo(data: ReadonlyDataOf<"float32">): void {
  for (const copy of [data.slice(), data.map((x) => 2 * x), data.filter((x) => x > 0), data.toSorted()]) copy[0] = 1;
  new Float32Array(data).fill(0);
  Float64Array.from(data)[0] = 1;
}

function _tensors(t: Tensor<"float32">): void {
  // @ts-expect-error a field
  t.shape = [4];
  // @ts-expect-error the length of an axis
  t.shape[0] = 4;
  // @ts-expect-error an element
  tensorData(t)[0] = 1;
  // @ts-expect-error a field of the view
  t.view.offset = 1;
  // @ts-expect-error a stride
  t.view.stride[0] = 1;
  // @ts-expect-error an element of the view
  t.view.data[0] = 1;
  // @ts-expect-error the method of ndarray that writes
  t.view.set(0, 0, 1);
  // @ts-expect-error a word of a key
  key(1).words[0] = 1;
  // @ts-expect-error the keys of one
  split(key(1))[0] = key(2);
}

Deno.test("the copy that a read gives can be written to, and the tensor stays as it is", () => {
  const list = toList(a), nested = toArray(a) as number[][], data = tensorData(a);
  list[0] = nested[0]![0] = 9;
  (data as unknown as Float32Array)[0] = 9; // as code without types can
  assertEquals([toList(a), toArray(a)], [[1, 2, 3, 4], [[1, 2], [3, 4]]]);
});

Deno.test("code without types cannot change a tensor, nor the view that it shows", () => {
  const t = add(a, 1) as unknown as {
    shape: number[];
    view: { shape: number[]; stride: number[]; offset: number; data: Float32Array; set(...numbers: number[]): void };
    inputs: unknown[];
  };
  const changes: readonly (() => unknown)[] = [
    () => t.shape[0] = 9,
    () => t.shape.push(1),
    () => t.shape = [4],
    () => t.view.shape[0] = 9,
    () => t.view.stride.reverse(),
    () => t.view.offset = 1,
    () => t.view.data = new Float32Array(4),
    () => t.inputs.pop(),
    () => (t as unknown as { tag: string }).tag = "constant",
  ];
  changes.forEach((change) => {
    try {
      change();
    } catch (error) {
      if (error instanceof TypeError) return;
    }
    throw new Error(`${change} went through`);
  });
  t.view.data[0] = 9; // a copy, of a tensor so small
  t.view.set(0, 0, 9);
  assertEquals([toArray(t as never), t.shape], [[[2, 3], [4, 5]], [2, 2]]);
});

Deno.test("a change to the view of a small tensor does not reach the tensors beside it in memory", () => {
  const neighbours = [1, 2, 3].map((value) => add(tensor32([value]), 0));
  neighbours.forEach((t) => (t.view.data as unknown as Float32Array).fill(9));
  assertEquals(neighbours.map(toList), [[1], [2], [3]]);
});

Deno.test("records that the library exports are frozen, the parts of metrics too", async () => {
  const entries = await Promise.all([import("../mod.ts"), import("../blas/mod.ts"), import("../optim/mod.ts")]);
  const open = entries.flatMap((entry) =>
    Object.entries(entry).filter(([name, value]) =>
      name !== "tree" && typeof value === "object" && value !== null && !Object.isFrozen(value)
    ).map(([name]) => name)
  );
  assertEquals(open, []);
  assert(Object.isFrozen(accuracyMetric.empty) && Object.isFrozen(lossMetric.empty));
});

Deno.test("keys, gradients and views made by hand are frozen or copies", () => {
  const [first] = split(key(1)), words = first.words as unknown as number[];
  let refused = 0;
  for (const change of [() => words[0] = 1, () => (split(key(1)) as unknown as unknown[]).pop()]) {
    try {
      change();
    } catch {
      refused++;
    }
  }
  assertEquals(refused, 2);
  const shape = [2], made = view(new Float32Array(2), shape);
  shape[0] = 1;
  assertEquals(made.shape, [2]);
  const x = tensor32([1, 2]), gradient = backward(add(x, 1)).get(x)!;
  (tensorData(gradient) as unknown as Float32Array)[0] = 9;
  assertEquals(toList(gradient), [1, 1]);
});

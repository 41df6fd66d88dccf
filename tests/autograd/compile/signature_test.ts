import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  add,
  backward,
  compile,
  constant,
  div,
  mul,
  sum,
  type Tensor,
  tensor32,
  tensor64,
  toList,
  toNumber,
} from "../../../autograd/mod.ts";
import { dataOf, matches, signatureOfArguments } from "../../../autograd/compile/signature.ts";

type T64 = Tensor<"float64">;

const x = tensor64([1, 2]);

/** Compiles a function, and counts how often it is traced. */
function counted<A extends readonly unknown[], R>(f: (...args: A) => R): { call: (...args: A) => R; traces(): number } {
  let traces = 0;
  const call = compile((...args: A) => {
    traces++;
    return f(...args);
  }, { warn: false });
  return { call, traces: () => traces };
}

Deno.test("numbers, texts and truth values among the arguments are part of the signature", () => {
  const f = counted((a: T64, factor: number, options: { readonly negative: boolean }) =>
    mul(a, options.negative ? -factor : factor)
  );
  assertEquals(toList(f.call(x, 3, { negative: false })), [3, 6]);
  assertEquals(toList(f.call(x, 3, { negative: true })), [-3, -6]);
  assertEquals(toList(f.call(tensor64([5, 2]), 3, { negative: true })), [-15, -6]);
  assertEquals(f.traces(), 2);
});

Deno.test("a number beside tensors is a number: it is compared, indexed with, computed with and printed", () => {
  type Batch = { readonly x: T64; readonly mode: number; readonly beta: number };
  const f = (b: Batch) => {
    const table = [10, 20];
    const factor = b.mode === 1 ? table[b.mode]! : b.beta * 2;
    switch (b.mode) {
      case 0:
        return { y: mul(b.x, factor), text: `${b.mode}` };
      default:
        return { y: add(b.x, factor), text: `mode ${b.mode}` };
    }
  };
  const g = counted(f);
  for (const mode of [0, 1, 0, 1]) {
    const [got, wanted] = [g.call, f].map((h) => h({ x, mode, beta: 0.5 }));
    assertEquals([toList(got!.y), got!.text], [toList(wanted!.y), wanted!.text]);
  }
  assertEquals(g.traces(), 2);
});

Deno.test("0 and -0 are different numbers, NaN equals itself, and functions are compared by identity", () => {
  const f = counted((a: T64, divisor: number) => div(a, divisor));
  assertEquals([toList(f.call(x, 0)), toList(f.call(x, -0))], [[Infinity, Infinity], [-Infinity, -Infinity]]);
  f.call(x, NaN);
  f.call(x, NaN);
  assertEquals(f.traces(), 3);
  const g = counted((a: T64, h: (a: T64) => T64) => h(a)), twice = (a: T64) => mul(a, 2);
  assertEquals([g.call(x, twice), g.call(x, twice), g.call(x, (a) => mul(a, 3))].map(toList), [[2, 4], [2, 4], [3, 6]]);
  assertEquals(g.traces(), 2);
});

Deno.test("null, undefined, bigints and texts are part of the signature wherever they stand", () => {
  const f = counted((a: T64, rest: readonly unknown[]) => ({ a: mul(a, rest.length), rest }));
  const lists = [[null], [undefined], [1n], ["1"], [1], [[]], [{}], [], [null, null]];
  for (const rest of [...lists, ...lists]) assertEquals(f.call(x, rest).rest, rest);
  assertEquals(f.traces(), lists.length);
});

Deno.test("whether a tensor is tracked is part of the signature", () => {
  const f = counted((a: T64) => a.requiresGrad ? mul(a, 2) : a);
  assertEquals(toList(f.call(x)), [2, 4]);
  assertEquals(toList(f.call(constant([1, 2], { dtype: "float64" }))), [1, 2]);
  assertEquals(f.traces(), 2);
});

Deno.test("a record with another field, a missing one or another order has another signature", () => {
  const f = counted((r: Readonly<Record<string, T64>>) => Object.keys(r).join());
  const a = tensor64(1),
    records: readonly Readonly<Record<string, T64>>[] = [{ a }, { a, b: a }, { b: a, a }, { b: a }, {}, {
      a,
      b: a,
      c: a,
    }];
  for (const record of [...records, ...records]) assertEquals(f.call(record), Object.keys(record).join());
  assertEquals(f.traces(), records.length);
});

Deno.test("dtypes and shapes are part of the signature, and values are not", () => {
  const f = counted((a: Tensor) => mul(a, 2));
  assertEquals([tensor64([1, 2]), tensor64([3, 4])].map((t) => toList(f.call(t))), [[2, 4], [6, 8]]);
  assertEquals(f.traces(), 1);
  assertEquals([toList(f.call(tensor64([3]))), f.call(tensor32([3])).dtype], [[6], "float32"]);
  assertEquals(f.traces(), 3);
});

class Point {
  constructor(readonly x: T64) {}
}

const cyclic: { self?: unknown } = {};
cyclic.self = { inner: [cyclic] };

const STRANGERS: readonly (readonly [value: unknown, words: string, remedy: string])[] = [
  [new Map([["a", x]]), "a Map", "record"],
  [new Set([1]), "a Set", "Array.from"],
  [new Date(0), "a Date", "date.getTime()"],
  [new Point(x), "a Point", "plain record"],
  [new Float32Array(2), "a Float32Array", "wrap it with constant"],
  [new Uint8Array(2), "a Uint8Array", "wrap it with constant"],
  [new ArrayBuffer(2), "an ArrayBuffer", "wrap it with constant"],
  [new Number(3), "a Number", "plain record"],
  [/a/, "a RegExp", "plain record"],
  [new Error("e"), "an Error", "plain record"],
  [new WeakMap(), "a WeakMap", "plain record"],
  [Promise.resolve(1), "a Promise", "await it"],
  [Symbol("s"), "a symbol", "use a text"],
  [{ [Symbol("hidden")]: x }, "a record whose field Symbol(hidden) has a symbol for its name", "a text as its name"],
  [
    Object.defineProperty({}, "get", { get: () => x, enumerable: true }),
    "whose field get is an accessor",
    "{ ...record }",
  ],
  [Object.defineProperty({}, "dark", { value: x }), "whose field dark is not enumerable", "an ordinary field"],
  [Object.assign([1, 2], { more: 3 }), "an array with the further property more", "into a record"],
  [new (class Numbers extends Array {})(), "a Numbers", "Array.from"],
  [cyclic, "a tree that contains itself", "leave the inner reference out"],
];

for (const [value, words, remedy] of STRANGERS) {
  Deno.test(`${words} is refused among arguments, in scan and among results, with its path and what to do`, () => {
    const path = value === cyclic ? "1.labels.self.inner.0" : "1.labels";
    const f = compile((_: T64, batch: { readonly labels: unknown }) => batch.labels);
    assertThrows(() => f(x, { labels: value }), TypeError, `as argument ${path}`);
    const error = assertThrows(() => f(x, { labels: value }), TypeError, words);
    assert(error.message.startsWith("Cannot call a compiled function with ") && error.message.includes(remedy));
    const step = compile((carry: T64, batch: { readonly labels: unknown }) => [carry, batch.labels] as const);
    assertThrows(() => step.scan(x, [{ labels: value }]).next(), TypeError, words);
    const g = compile((a: T64) => ({ a, list: [value] }));
    assertThrows(
      () => g(x),
      TypeError,
      value === cyclic ? "from a compiled function" : 'from a compiled function at "list.0"',
    );
    assertThrows(() => g(x), TypeError, words);
  });
}

Deno.test("an argument that is refused once is refused again, although a similar call was compiled", () => {
  const f = compile((record: Readonly<Record<string, unknown>>) => record);
  f({ a: 1 });
  assertThrows(() => f({ a: 1, [Symbol("more")]: 2 }), TypeError, "Symbol(more)");
  assertThrows(() => f(Object.assign(Object.create({ inherited: 1 }), { a: 1 })), TypeError, "plain record");
});

Deno.test("gradients from backward, a Map, are refused among the results with valueAndGradient as the way out", () => {
  const f = compile((a: T64) => backward(sum(mul(a, a))));
  assertThrows(() => f(x), TypeError, "valueAndGradient gives gradients as a tree where backward gives a Map");
});

Deno.test("records without a prototype and sparse arrays are walked", () => {
  const f = compile((r: { readonly a: T64 }) => mul(r.a, 2)),
    bare: { a: T64 } = Object.assign(Object.create(null), { a: x });
  assertEquals(toList(f(bare)), [2, 4]);
  const g = compile((list: readonly (T64 | undefined)[]) => [list.length, list[1] === undefined] as const);
  // deno-lint-ignore no-sparse-arrays -- that is what is tested
  assertEquals(g([x, , x]), [3, true]);
});

Deno.test("a field named __proto__ is a field", () => {
  const record = JSON.parse('{"__proto__": 1, "a": 2}');
  const returned = compile((r: Readonly<Record<string, number>>) => ({ r }))(record).r;
  assertEquals([Object.keys(returned), Object.getPrototypeOf(returned)], [["__proto__", "a"], Object.prototype]);
});

Deno.test("functions and numbers that are returned are the same ones", () => {
  const f = (a: T64) => add(a, 1), g = compile((a: T64) => ({ f, zero: -0, a }));
  const { f: same, zero, a } = g(x);
  assertStrictEquals(same, f);
  assert(Object.is(zero, -0));
  assertEquals(toNumber(sum(a)), 3);
});

Deno.test("matches() tells the signature of exactly the arguments that it was made of", () => {
  const lists = [[x], [x, 0], [x, -0], [[x], 0], [{ x }, 0], [tensor64(1)], [constant(1)], [null], [undefined], []];
  lists.forEach((a, i) =>
    lists.forEach((b, j) => assertEquals(matches(signatureOfArguments(a), b, []), i === j, `${i} and ${j}`))
  );
});

Deno.test("one record may stand in several places: it contains itself in none of them", () => {
  const pair = { a: constant([1, 2]), b: constant(3) };
  const signature = signatureOfArguments([pair, { first: pair, second: [pair, pair] }]);
  assertEquals(dataOf(signature).length, 8);
});

import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { add, neg } from "../../../autograd/ops/mod.ts";
import { tensor32, tensor64 } from "../../../autograd/values/constructors.ts";
import { toList } from "../../../autograd/values/read.ts";
import { isTensor, type Tensor } from "../../../autograd/tensor.ts";
import type { TreeOf } from "../../../autograd/tree/admitted.ts";
import { entries, foldMap, leaves, map, type Tree, zipWith } from "../../../autograd/tree/tree.ts";

type Numbers = Tree<number>;

/** Trees of numbers, keys that are special to JavaScript among their keys. */
const trees = fc.letrec<{ tree: Numbers; array: Numbers[]; record: { [key: string]: Numbers } }>((tie) => ({
  tree: fc.oneof({ maxDepth: 3 }, fc.integer({ min: -99, max: 99 }), tie("array"), tie("record")),
  array: fc.array(tie("tree"), { maxLength: 3 }),
  record: fc.dictionary(
    fc.constantFrom("weight", "bias", "0", "__proto__", "constructor", "toString"),
    tie("tree"),
    { maxKeys: 3, noNullPrototype: true },
  ),
})).tree;

Deno.test("map(identity) returns an equal tree", () => {
  fc.assert(fc.property(trees, (t) => assertEquals(map((x: number) => x, t), t)));
});

Deno.test("map of a composition is the composition of the maps", () => {
  const f = (x: number): number => 2 * x, g = (x: number): number => x + 1;
  fc.assert(
    fc.property(trees, (t) =>
      assertEquals(
        map((x: number) => g(f(x)), t),
        map<number, number>(g, map<number, number>(f, t)),
      )),
  );
});

Deno.test("zipWith of a tree with itself is map, and takes its operands in order", () => {
  fc.assert(fc.property(trees, (t) => {
    assertEquals(zipWith((a: number, b: number) => a - 3 * b, t, t), map((x: number) => -2 * x + 0, t));
    assertEquals(zipWith((a: number, _: number) => a, t, map((x: number) => -x, t)), t);
    assertEquals(zipWith((_: number, b: number) => b, map((x: number) => -x, t), t), t);
  }));
});

Deno.test("map, zipWith, leaves and foldMap see the same leaves under the same paths, in the same order", () => {
  fc.assert(fc.property(trees, (t) => {
    const expected = entries<number>(t), mapped: unknown[] = [], zipped: unknown[] = [];
    map((x: number, path) => mapped.push([path, x]), t);
    zipWith((x: number, _: number, path) => zipped.push([path, x]), t, t);
    assertEquals([mapped, zipped], [expected, expected]);
    assertEquals(leaves<number>(t), expected.map(([, leaf]) => leaf));
    const strings = foldMap({ empty: "", concat: (a: string, b: string) => a + b });
    assertEquals(
      strings((x: number, path) => `${path}=${x};`)(t),
      expected.map(([path, x]) => `${path}=${x};`).join(""),
    );
  }));
});

Deno.test("foldMap is a homomorphism: a fold over two trees joins the folds over each", () => {
  const sum = foldMap({ empty: 0, concat: (a: number, b: number) => a + b })((x: number) => x);
  fc.assert(fc.property(trees, trees, (a, b) => assertEquals(sum([a, b]), sum(a) + sum(b))));
  assertEquals([sum([]), sum({}), sum(5)], [0, 0, 5]);
});

Deno.test("paths name keys and indices, and are empty for a single leaf", () => {
  assertEquals(entries<number>([{ weight: 1 }, { weight: 2, inner: [3] }]), [["0.weight", 1], ["1.weight", 2], [
    "1.inner.0",
    3,
  ]]);
  assertEquals(entries<number>(7), [["", 7]]);
});

Deno.test("a key named __proto__ is a mere key", () => {
  const t = JSON.parse('{ "__proto__": { "polluted": 1 }, "a": 2 }') as Tree<number>;
  const doubled = map((x: number) => 2 * x, t) as { readonly [key: string]: unknown };
  assertEquals(Object.keys(doubled), ["__proto__", "a"]);
  assertStrictEquals(Object.getPrototypeOf(doubled), Object.prototype);
  assertEquals(({} as { polluted?: number }).polluted, undefined);
  assertEquals(entries<number>(t), [["__proto__.polluted", 1], ["a", 2]]);
  assertEquals(JSON.stringify(zipWith((a: number, b: number) => a + b, t, t)), '{"__proto__":{"polluted":2},"a":4}');
});

Deno.test("zipWith refuses a key that the other tree merely inherits", () => {
  const first = JSON.parse('{ "a": 1, "constructor": 2 }') as Tree<number>;
  assertThrows(
    () => zipWith((a: number, b: number) => a + b, first, { a: 1 }),
    TypeError,
    '"constructor": found nothing',
  );
  const proto = JSON.parse('{ "a": 1, "__proto__": 2 }') as Tree<number>;
  assertThrows(() => zipWith((a: number, b: number) => a + b, { a: 1 }, proto), TypeError, '"__proto__"');
});

Deno.test("zipWith names the path at which the structures differ", () => {
  const join = (first: Tree<unknown>, second: Tree<unknown>) => () => zipWith(() => 0, first, second);
  const message = (path: string, found: string, wanted: string): string =>
    `Cannot map trees at "${path}": found ${found} where the first tree has ${wanted}; ` +
    "pass the gradients that valueAndGradient returned for these params";
  const t = tensor32([1]);
  assertThrows(join({ a: [1, 2] }, { a: [1] }), TypeError, message("a.1", "nothing", "a number"));
  assertThrows(join({ a: [1] }, { a: [1, 2] }), TypeError, message("a.1", "a number", "nothing"));
  assertThrows(join([{ weight: t }], [{}]), TypeError, message("0.weight", "nothing", "a tensor"));
  assertThrows(
    join([{ weight: t }], [{ weight: [t, t] }]),
    TypeError,
    message("0.weight", "an array of 2", "a tensor"),
  );
  assertThrows(join([{ weight: t }], [t]), TypeError, message("0", "a tensor", "a record of weight"));
  assertThrows(join([1], { 0: 1 }), TypeError, message("", "a record of 0", "an array of 1"));
  assertThrows(join({ weight: 1 }, { bias: 1 }), TypeError, message("weight", "nothing", "a number"));
  assertThrows(join({}, []), TypeError, message("", "an array of 0", "a record of nothing"));
});

/** Writes out the structure of a tree; the order of keys is not a part of it. */
function structureOf(t: Numbers): string {
  if (typeof t === "number") return "leaf";
  if (Array.isArray(t)) return `[${t.map(structureOf).join()}]`;
  return `{${Object.entries(t).map(([key, part]) => `${key}:${structureOf(part!)}`).sort().join()}}`;
}

Deno.test("zipWith accepts only trees of equal structure", () => {
  fc.assert(
    fc.property(trees, trees, (a, b) => {
      const zip = (): unknown => zipWith((x: number, y: number) => x + y, a, b);
      if (structureOf(a) === structureOf(b)) zip();
      else assertThrows(zip, TypeError, "Cannot map trees at");
    }),
    { numRuns: 500 },
  );
});

Deno.test("an optional field left out or undefined is not a leaf, in either tree", () => {
  type Params = { readonly weight: number; readonly bias?: number | undefined };
  const params: Params = { weight: 1, bias: undefined };
  assertEquals(leaves<number>(params as Tree<number>), [1]);
  assertEquals(map((x: number) => x + 1, params as Tree<number>), { weight: 2 });
  const add = (a: number, b: number): number => a + b;
  assertEquals(zipWith(add, params as Tree<number>, { weight: 5 }), { weight: 6 });
  assertEquals(zipWith(add, { weight: 5 }, params as Tree<number>), { weight: 6 });
  assertThrows(() => zipWith(add, { weight: 1, bias: 2 }, params as Tree<number>), TypeError, '"bias": found nothing');
});

Deno.test("tensors, typed arrays and instances of classes are leaves", () => {
  const t = tensor32([1, 2]), data = new Float32Array(2), date = new Date(0), nothing = null;
  assertEquals(leaves<unknown>({ t, data, date, nothing }), [t, data, date, nothing]);
  assert(isTensor(leaves<Tensor>([[t]])[0]));
  const bare = Object.assign(Object.create(null) as object, { a: 1 }) as Tree<number>;
  assertEquals(entries<number>(bare), [["a", 1]]);
});

Deno.test("map does not change its tree", () => {
  fc.assert(fc.property(trees, (t) => {
    const before = JSON.stringify(t);
    map((x: number) => x + 1, t);
    assertEquals(JSON.stringify(t), before);
  }));
});

Deno.test("the leaves of a record of any type are tensors, also where an interface declares it", () => {
  interface Layer {
    readonly weight: Tensor<"float32">;
    readonly biases: readonly { readonly of?: Tensor<"float32"> }[];
  }
  const weight = tensor32([1]), bias = tensor32([2]), layer: Layer = { weight, biases: [{ of: bias }, {}] };
  const all: readonly Tensor<"float32">[] = leaves(layer);
  const named: readonly (readonly [string, Tensor<"float32">])[] = entries(layer);
  assertEquals(all, [weight, bias]);
  assertEquals(named, [["weight", weight], ["biases.0.of", bias]]);
  const numbers: readonly number[] = leaves({ a: 1, b: [2, 3] });
  assertEquals(numbers, [1, 2, 3]);
  // @ts-expect-error not all of them are tensors
  const mixed: readonly Tensor[] = leaves({ weight, length: 1 });
  assertEquals(mixed, [weight, 1] as readonly unknown[]);
});

Deno.test("what keeps the dtypes of tensors keeps the type of their tree, one that the caller does not know too", () => {
  interface Layer {
    weight: Tensor<"float32">;
    readonly biases: Tensor<"float64">[];
  }
  const layer: Layer = { weight: tensor32([1]), biases: [tensor64([2])] };
  const minus = <P extends TreeOf<P, Tensor>>(p: P): P => map((t, path) => path === "weight" ? neg(t) : t, p);
  const twice = <P extends TreeOf<P, Tensor>>(p: P): P => zipWith((a, b) => add(a, b), p, p);
  const { weight, biases }: Layer = twice(minus(layer));
  assertEquals([weight, ...biases].map((t) => [t.dtype, ...toList(t)]), [["float32", -2], ["float64", 4]]);
});

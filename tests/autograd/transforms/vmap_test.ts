import { assertEquals, assertThrows } from "@std/assert";
import {
  AbstractValueError,
  add,
  backward,
  compile,
  constant,
  foldIn,
  gradient,
  greater,
  jacobian,
  type Key,
  key,
  matmul,
  mul,
  type ParameterTree,
  randomNormal,
  randomUniform,
  ShapeError,
  sin,
  split,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tensor64,
  toArray,
  toList,
  toNumber,
  vmap,
  zeros,
} from "../../../autograd/mod.ts";
import { apply, type Primitive } from "../../../autograd/primitive.ts";
import * as either from "../../../blas/either.ts";

type T64 = Tensor<"float64">;

const matrix = tensor64([[1, 2, 3], [4, 5, 6]]);

Deno.test("vmap() maps over the first axis, or those that `in` names, and puts examples where `out` says", () => {
  const f = (x: T64) => mul(x, sum(x));
  assertEquals(toArray(vmap(f)(matrix)), [[6, 12, 18], [60, 75, 90]]);
  assertEquals(toArray(vmap(f, { in: 1 })(matrix)), [[5, 20], [14, 35], [27, 54]]);
  assertEquals(toArray(vmap(f, { in: -1, out: 1 })(matrix)), [[5, 14, 27], [20, 35, 54]]);
  assertEquals(toArray(vmap(f, { out: -1 })(matrix)), [[6, 60], [12, 75], [18, 90]]);
});

Deno.test("vmap() takes an axis for each argument, and trees of axes", () => {
  const f = (p: { readonly w: T64; readonly b: T64 }, x: T64, factor: number) => add(mul(mul(p.w, x), factor), p.b);
  const w = tensor64([1, 2]), b = tensor64(10), x = tensor64([3, 5]);
  assertEquals(toList(vmap(f, { in: [{ w: 0, b: null }, 0, null] })({ w, b }, x, 2)), [16, 30]);
  assertEquals(toList(vmap(f, { in: [{ w: 0, b: null }, null, null] })({ w, b }, tensor64(1), 1)), [11, 12]);
  const swap = ([a, b]: readonly [T64, T64]) => ({ a: b, b: a, both: [a, b] as const });
  const { a, both } = vmap(swap, { in: [[0, null]], out: { a: null, b: 0, both: [1, null] } })([matrix, x]);
  assertEquals([toArray(a), toArray(both[0]), toArray(both[1])], [[3, 5], [[1, 4], [2, 5], [3, 6]], [3, 5]]);
});

Deno.test("vmap() repeats results that are the same for all, and passes on what is not a tensor", () => {
  const results = vmap((x: T64) => ({ x, one: tensor64([1, 2]), name: "f", none: undefined }))(tensor64([7, 8, 9]));
  assertEquals(toArray(results.one), [[1, 2], [1, 2], [1, 2]]);
  assertEquals([results.name, results.none, toList(results.x)], ["f", undefined, [7, 8, 9]]);
});

Deno.test("vmap() needs a size where nothing is mapped, and takes batches of none", () => {
  assertEquals(toList(vmap((x: number) => tensor64(x), { size: 3 })(4)), [4, 4, 4]);
  assertThrows(
    () => vmap((x: number) => tensor64(x))(4),
    RangeError,
    "must be told the number of examples; pass { size }",
  );
  const none = vmap((x: T64, y: T64) => matmul(x, y), { in: [0, null] })(
    zeros([0, 2, 3], { dtype: "float64" }),
    tensor64([1, 2, 3]),
  );
  assertEquals([none.shape, none.dtype], [[0, 2], "float64"]);
});

Deno.test("vmap() of an array of keys draws for each what its key draws, and a single key the same for all", () => {
  const keys = split(key(3), 4), draw = (k: Key) => randomUniform(foldIn(k, 2), [2, 2], { dtype: "float64" });
  assertEquals(toArray(vmap(draw)(keys)), keys.map((k) => toArray(draw(k))));
  assertEquals(toArray(vmap(draw, { size: 2 })(keys[0])), [0, 0].map((k) => toArray(draw(keys[k]!))));
  const halves = (k: Key) => split(k);
  const [firsts, seconds] = vmap(halves)(keys);
  for (const [found, at] of [[firsts, 0], [seconds, 1]] as const) {
    assertEquals((found as readonly Key[]).map(({ words }) => words), keys.map((k) => halves(k)[at].words));
  }
  assertEquals(toList(vmap((k: readonly Key[]) => randomNormal(k[1]!, []), { in: null, size: 2 })(keys)).length, 2);
});

Deno.test("vmap() numbers folded into keys may differ from example to example", () => {
  const f = (i: Tensor) => randomNormal(foldIn(key(0), i), [2]);
  assertEquals(toArray(vmap(f)(constant([0, 5]))), [0, 5].map((i) => toArray(randomNormal(foldIn(key(0), i), [2]))));
});

Deno.test("vmap() is differentiated from outside, stops where stopGradient() does, and leaves what gradient() detaches", () => {
  const x = tensor64([1, 2, 3]), w = tensor64(2);
  const y = vmap((x: T64) => add(mul(square(x), w), mul(x, stopGradient(x))))(x), gradients = backward(sum(y));
  assertEquals([toList(gradients.get(x)!), toNumber(gradients.get(w)!)], [[5, 10, 15], 14]);
  const slopes = vmap(gradient((x: T64) => mul(square(x), w)))(x);
  assertEquals([slopes.requiresGrad, toList(slopes)], [false, [4, 8, 12]]);
  const detached = gradient((x: T64) =>
    sum(vmap((x: T64) => gradient((y: T64) => mul(square(y), x))(stopGradient(x)))(x))
  );
  assertEquals(toList(detached(x)), [2, 4, 6]); // 2 x x, of which the first stands still
});

Deno.test("vmap() of a compiled function, and jacobian() inside it", () => {
  const f = compile((x: T64, w: T64) => mul(sin(x), w));
  assertEquals(toList(vmap(f, { in: [0, null] })(tensor64([1, 2]), tensor64(3))), [3 * Math.sin(1), 3 * Math.sin(2)]);
  const rows = vmap(jacobian((x: T64) => mul(x, sum(x))))(tensor64([[1, 2], [3, 4]]));
  assertEquals(toArray(rows), [[[4, 1], [2, 5]], [[10, 3], [4, 11]]]);
});

Deno.test("vmap() names the argument whose axis does not exist or that has another number of examples", () => {
  const f = (p: { readonly w: T64 }, x: T64) => mul(p.w, x);
  const w = tensor64([1, 2, 3]), x = tensor64([1, 2]);
  assertThrows(() => vmap(f)({ w }, x), ShapeError, "argument 1 [2]: it has 2 examples, and argument 0.w ([3]) has 3");
  assertThrows(() => vmap(f, { size: 3 })({ w }, x), ShapeError, "it has 2 examples, and size is 3");
  assertThrows(
    () => vmap(f)({ w: tensor64(1) }, x),
    ShapeError,
    "argument 0.w []: a 0-d tensor has no axis of examples",
  );
  assertThrows(() => vmap(f, { in: [null, 1] })({ w }, x), ShapeError, "argument 1 [2]: axis 1 must be from -1 to 0");
  assertThrows(() => vmap(f, { in: [{ w: -2 }, 0] })({ w }, x), ShapeError, "argument 0.w [3]: axis -2");
  assertThrows(
    () => vmap((x: T64) => x, { out: 2 })(matrix),
    ShapeError,
    "the result [3, 2]: axis 2 must be from -2 to 1",
  );
  assertThrows(() => vmap((k: readonly Key[], x: T64) => [k, x])(split(key(0), 3), x), ShapeError, "argument 1 [2]");
});

Deno.test("vmap() refuses axes that do not fit the arguments or the results", () => {
  const f = (p: { readonly w: T64 }, x: T64) => mul(p.w, x), w = tensor64([1, 2]);
  assertThrows(() => vmap(f, { in: [0] })({ w }, w), TypeError, "an array with one entry for each argument");
  assertThrows(() => vmap(f, { in: { w: 0 } })({ w }, w), TypeError, "an array with one entry for each argument");
  assertThrows(() => vmap(f, { in: [{ v: 0 }, 0] })({ w }, w), TypeError, 'a field "v" in "in" for argument 0');
  assertThrows(() => vmap(f, { in: [{}, 0] })({ w }, w), TypeError, 'no field "w" in "in" for argument 0');
  assertThrows(
    () => vmap(f, { in: [0, [0]] })({ w }, w),
    TypeError,
    'in "in" for argument 1: it must be an axis or null',
  );
  assertThrows(() => vmap(f, { in: [0, 0.5] })({ w }, w), TypeError, '0.5 in "in" for argument 1');
  assertThrows(
    () => vmap(f, { out: null })({ w }, w),
    TypeError,
    'null in "out" for the result, which is not the same',
  );
  assertThrows(() => vmap((x: T64) => [x, x], { out: [0] })(w), TypeError, 'in "out" for the result');
  assertThrows(() => vmap(f, { axis: 1 } as never), TypeError, "axis");
  assertThrows(() => vmap(f, { size: -1 }), RangeError, "size -1");
  assertThrows(() => vmap(3 as never), TypeError, "must be a function");
  assertThrows(() => vmap(() => Promise.resolve(w) as never, { size: 2 })(), TypeError, "await outside of it");
});

Deno.test("vmap() says that there are no values to read, and that nothing may escape", () => {
  assertThrows(
    () => vmap((x: T64) => toNumber(x) > 0 ? x : mul(x, 2))(tensor64([1, 2])),
    AbstractValueError,
    "use where(",
  );
  let kept: T64 | undefined;
  vmap((x: T64) => kept = x)(tensor64([1, 2]));
  assertThrows(() => mul(kept!, 2), AbstractValueError, "keep no tensors from inside such a function");
  assertThrows(() => vmap((x: T64) => add(x, kept!))(tensor64([1, 2])), AbstractValueError, "has finished");
});

Deno.test("vmap() names a primitive that has no batching rule, and one whose rule is wrong", () => {
  const lonely: Primitive<Readonly<Record<never, never>>> = {
    name: "lonely",
    samples: () => [],
    shape: ([shape]) => either.right(shape!),
    evaluate: ([x]) => x!,
    vjp: () => null,
  };
  const x = tensor64([[1, 2]]);
  assertThrows(
    () => vmap((x: T64) => apply(lonely, {}, [x]))(x),
    TypeError,
    "Cannot apply lonely in a function that vmap maps",
  );
  const wrong: typeof lonely = { ...lonely, batch: ([t]) => sum(t!.tensor) };
  assertThrows(
    () => vmap((x: T64) => apply(wrong, {}, [x]))(x),
    Error,
    "its batching rule returned []: it must return [1, 2]",
  );
});

Deno.test("the types of vmap() are those of the function, with arrays of keys for keys", () => {
  const f = (k: Key, x: T64, p: { readonly w: Tensor<"float32"> }): { readonly y: T64 } => ({
    y: mul(x, sum(p.w).shape.length + randomNormal(k, [2]).shape[0]!),
  });
  const mapped = vmap(f, { in: [0, 0, null] }), p = { w: constant(1) };
  const found: { readonly y: T64 } = mapped(split(key(0), 1), tensor64([1]), p);
  assertEquals(toList(found.y), [2]);
  // @ts-expect-error: a float32 tensor in place of a float64 one
  const wrong = () => mapped(split(key(0), 1), constant([1]), p);
  assertEquals(typeof wrong, "function");
  // A recursive type without keys, and no type at all, stay what they are.
  const same: (state: ParameterTree, n: number) => readonly ParameterTree[] = vmap((
    state: ParameterTree,
    _: number,
  ) => [state]);
  // deno-lint-ignore no-explicit-any -- what JavaScript without types looks like
  const untyped: (x: any) => any = vmap((x: any) => x);
  assertEquals([toList(same(tensor64([1, 2]), 3)[0] as T64), toList(untyped(tensor64([3])))], [[1, 2], [3]]);
  const { y }: { readonly y: T64 } = vmap((_: Key, x: T64) => ({ y: greater(x, 0) }), { size: 1 })(
    key(0),
    tensor64([1]),
  );
  assertEquals(toList(sub(y, 0)), [1]);
});

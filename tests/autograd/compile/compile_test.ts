import { assert, assertAlmostEquals, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { either } from "../../../deps.ts";
import {
  add,
  broadcastTo,
  compile,
  type Compiled,
  constant,
  customOp,
  div,
  exp,
  foldIn,
  formatProgram,
  full,
  gradient,
  greater,
  hessian,
  jvp,
  type Key,
  key,
  matmul,
  max,
  min,
  mul,
  oneHot,
  ones,
  randomInteger,
  randomNormal,
  randomUniform,
  reshape,
  softmaxCrossEntropy,
  split,
  square,
  sub,
  sum,
  take,
  type Tensor,
  tensor32,
  tensor64,
  toArray,
  toList,
  toNumber,
  TraceError,
  transpose,
  valueAndGradient,
  where,
} from "../../../autograd/mod.ts";
import { apply, type Primitive } from "../../../autograd/primitive.ts";
import { engines, setEngine } from "../../../blas/mod.ts";
import type { DType } from "../../../blas/dtype.ts";
import type { Shape } from "../../../blas/shape.ts";
import { allocate, type View } from "../../../blas/view.ts";

type T64 = Tensor<"float64">;

const x = tensor64([[1, -2, 3], [4, 5, -6]]);

Deno.test("compile() gives what the plain function gives", () => {
  const f = (a: T64, b: T64) => sum(mul(exp(a), add(b, 1)), { axes: 0 });
  const compiled = compile(f), y = tensor64([[0.5], [2]]);
  assertEquals(toList(compiled(x, y)).map((v) => v.toFixed(9)), toList(f(x, y)).map((v) => v.toFixed(9)));
});

Deno.test("zeros keep their signs in compiled code: constants, differences, sums and products of one term", () => {
  const zeros = tensor64([1, -1, 0, -0]);
  const functions: Record<string, (x: T64) => T64> = {
    "x / -0": (x) => div(x, full([4], -0, { dtype: "float64" })),
    "x / [-0]": (x) => div(x, full([1], -0, { dtype: "float64" })),
    "0 - x": (x) => sub(0, x),
    "0 + x": (x) => add(0, x),
    "0 x": (x) => mul(x, 0),
    "0 / x": (x) => div(0, x),
    "column times row": (x) => matmul(reshape(x, [4, 1]), full([1, 2], -1, { dtype: "float64" })),
    "sum of one": (x) => sum(reshape(x, [4, 1]), { axes: 1 }),
    "sum of the same": (x) => sum(broadcastTo(reshape(x, [4, 1]), [4, 3]), { axes: 1 }),
    "sum of constants": (x) => add(sum(full([4, 3], -0, { dtype: "float64" }), { axes: 1 }), mul(x, -0)),
    "largest": (x) => max(mul(x, -0), { axes: 0 }),
    "smallest": (x) => min(mul(x, 0), { axes: 0 }),
  };
  for (const [name, f] of Object.entries(functions)) assertEquals(toList(compile(f)(zeros)), toList(f(zeros)), name);
});

Deno.test("a setting of -0 is another one than 0 to a function that runs outside", () => {
  const filling: Primitive<{ readonly value: number }> = {
    name: "filling",
    samples: [],
    shape: ([shape]) => either.right(shape!),
    evaluate: <D extends DType>([x]: readonly View<D>[], { value }: { readonly value: number }, shape: Shape) => {
      const filled = allocate<D>(x!.dtype, shape);
      filled.data.fill(value, filled.offset, filled.offset + filled.size);
      return filled as View<D>;
    },
    vjp: () => null,
  };
  const both = compile((x: T64) => [0, -0].map((value) => apply(filling, { value }, [x])));
  assertEquals(both(tensor64([1])).map((filled) => toList(filled)), [[0], [-0]]);
});

Deno.test("compile() runs the function once for each signature", () => {
  let runs = 0;
  const f = compile((a: Tensor) => {
    runs++;
    return mul(a, 2);
  });
  assertEquals(toList(f(tensor64([1, 2]))), [2, 4]);
  assertEquals(toList(f(tensor64([3, 4]))), [6, 8]);
  assertEquals(runs, 1);
  assertEquals(toList(f(tensor64([3]))), [6]);
  assertEquals(toList(f(tensor32([3]))), [6]);
  assertEquals(f(tensor32([3])).dtype, "float32");
  assertEquals(runs, 3);
});

Deno.test("numbers, texts and truth values among the arguments are part of the signature", () => {
  let runs = 0;
  const f = compile((a: T64, factor: number, options: { readonly negative: boolean }) => {
    runs++;
    return mul(a, options.negative ? -factor : factor);
  });
  assertEquals(toList(f(tensor64([1, 2]), 3, { negative: false })), [3, 6]);
  assertEquals(toList(f(tensor64([1, 2]), 3, { negative: true })), [-3, -6]);
  assertEquals(toList(f(tensor64([5, 2]), 3, { negative: true })), [-15, -6]);
  assertEquals(runs, 2);
});

Deno.test("a number in a tree that holds tensors is data", () => {
  let runs = 0;
  const f = compile(({ a, factor }: { readonly a: T64; readonly factor: number }) => {
    runs++;
    return { product: mul(a, factor), factor };
  });
  assertEquals(toList(f({ a: tensor64([1, 2]), factor: 3 }).product), [3, 6]);
  assertStrictEquals(f({ a: tensor64([1, 2]), factor: 4 }).factor, 4);
  assertEquals(runs, 1);
});

Deno.test("results keep the structure that the function returns, what is no tensor included", () => {
  const f = compile((a: T64) => ({ list: [a, 1, "text", undefined, null], record: { twice: add(a, a) } }));
  const { list, record } = f(tensor64(2));
  assertEquals(list.slice(1), [1, "text", undefined, null]);
  assertEquals([toNumber(list[0] as T64), toNumber(record.twice)], [2, 4]);
});

Deno.test("a result that does not depend on the arguments is returned as it is", () => {
  const c = tensor64([7]), f = compile((_: T64) => c);
  assertStrictEquals(f(x), c);
});

Deno.test("results are copies: the next call does not change them", () => {
  const f = compile((a: T64) => [a, add(a, 1)] as const), [same, next] = f(tensor64([1]));
  f(tensor64([5]));
  assertEquals([toList(same), toList(next)], [[1], [2]]);
});

Deno.test("arguments may have any strides, and are not changed", () => {
  const f = compile((a: T64) => matmul(a, transpose(a))), t = transpose(x), before = toList(t);
  assertEquals(toArray(f(t)), toArray(matmul(t, transpose(t))));
  assertEquals(toList(t), before);
});

Deno.test("derivatives of any kind can be compiled", () => {
  const f = (a: T64) => sum(mul(exp(a), square(a))), at = tensor64([0.1, -0.4]);
  const near = (a: readonly number[], b: readonly number[]) => a.forEach((v, k) => assertAlmostEquals(v, b[k]!, 1e-12));
  near(toList(compile(gradient(f))(at)), toList(gradient(f)(at)));
  near(toList(compile((a: T64) => hessian(f)(a) as T64)(at)), toList(hessian(f)(at) as T64));
  const tangent = tensor64([1, 2]), slope = (a: T64) => jvp(f, [a], [tangent]);
  assertEquals(Object.keys(compile(slope)(at)), Object.keys(slope(at)));
});

Deno.test("a compiled function inside gradient is differentiated", () => {
  const cube = compile((a: T64) => mul(a, square(a)));
  assertEquals(toNumber(gradient((a: T64) => sum(cube(a)))(tensor64(2))), 12);
  // Also where it closes over what is differentiated with respect to.
  const slope = gradient((a: T64) => sum(compile((b: T64) => mul(a, b))(tensor64([3, 4]))));
  assertEquals(toNumber(slope(tensor64(2))), 7);
});

Deno.test("a compiled function inside another becomes part of it", () => {
  const inner = compile((a: T64) => add(a, 1)), outer = compile((a: T64) => mul(inner(a), 2));
  assertEquals(toNumber(outer(tensor64(3))), 8);
});

Deno.test("variables stay variables, and results of operations are detached", () => {
  const f = compile((a: T64) => [a, add(a, 1)] as const), [same, next] = f(tensor64(1));
  assertEquals([same.tag, next.tag], ["variable", "constant"]);
});

Deno.test("keys are data: every call draws what its key gives", () => {
  let runs = 0;
  const f = (k: Key, a: T64) => {
    runs++;
    const [one, two] = split(k);
    const noise = randomNormal(one, [2, 3], { dtype: "float64" });
    const signs = randomInteger(foldIn(two, 7), [3], { dtype: "float64", max: 2 });
    return add(mul(a, noise), add(signs, randomUniform(k, [3], { dtype: "float64" })));
  };
  const compiled = compile(f);
  for (const seed of [0, 1, 2]) assertEquals(toList(compiled(key(seed), x)), toList(f(key(seed), x)));
  assertEquals(runs, 4);
});

Deno.test("a key that is returned is a key", () => {
  const f = (k: Key) => ({ next: split(k)[1], drawn: randomUniform(k, [2]) });
  const { next, drawn } = compile(f)(key(5));
  assertEquals(next, split(key(5))[1]);
  assertEquals(toList(drawn), toList(randomUniform(key(5), [2])));
});

Deno.test("foldIn() takes a number that is data", () => {
  const f = (s: { readonly step: number; readonly key: Key }) => randomUniform(foldIn(s.key, s.step), [2]);
  const compiled = compile(f);
  for (const step of [1, 2]) assertEquals(toList(compiled({ step, key: key(0) })), toList(f({ step, key: key(0) })));
});

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

Deno.test("a label that is no class is an error in the call that has it, and the next call works", () => {
  const logits = tensor64([[1, 2], [0, 3]]), f = compile((l: T64, labels: T64) => softmaxCrossEntropy(l, labels));
  const before = toNumber(f(logits, tensor64([0, 1])));
  assertThrows(() => f(logits, tensor64([0, 2])), RangeError, "index 2 at position 1");
  assertEquals(toNumber(f(logits, tensor64([0, 1]))), before);
});

Deno.test("reading a value while tracing is an error that says what to do", () => {
  const f = compile((a: T64) => toNumber(sum(a)) > 0 ? a : mul(a, -1));
  assertThrows(() => f(x), TraceError, "use where(condition, a, b) in place of a branch");
  const g = compile((a: T64) => where(greater(a, 0), a, mul(a, -1)));
  assertEquals(toList(g(x)), [1, 2, 3, 4, 5, 6]);
});

Deno.test("arithmetic on a number that is data is an error, not a text", () => {
  const f = compile((s: { readonly t: T64; readonly step: number }) => mul(s.t, s.step + 1));
  assertThrows(() => f({ t: x, step: 3 }), TypeError, "use add, mul, greater");
});

Deno.test("asynchronous functions are refused", () => {
  const f = compile(async (a: T64) => {
    await Promise.resolve();
    return a;
  });
  assertThrows(() => f(x), TraceError, "make the function synchronous");
});

Deno.test("tensors of a trace cannot be used after it", () => {
  const kept: T64[] = [];
  compile((a: T64) => {
    kept.push(a);
    return add(a, 1);
  })(x);
  assertThrows(() => add(kept[0]!, 1), TraceError);
  assertThrows(() => toList(kept[0]!), TraceError);
  assertThrows(() => compile((a: T64) => add(a, kept[0]!))(x), TraceError, "another trace");
  assertThrows(() => compile((_: T64) => kept[0]!)(x), TraceError, "Cannot return a tensor of another trace");
});

Deno.test("a Map of gradients, and an argument that is a typed array, are refused with what to do", () => {
  assertThrows(() => compile((_: T64) => new Map([[1, 2]]))(x), TraceError, "as a tree");
  assertThrows(
    () => compile((a: Float64Array) => constant(a, { dtype: "float64" }))(new Float64Array(2)),
    TypeError,
    "wrap it with constant",
  );
  const labelled = compile(({ a }: { readonly a: T64; readonly labels: Uint8Array }) => a);
  assertThrows(() => labelled({ a: x, labels: new Uint8Array(2) }), TypeError, "a Uint8Array as argument 0.labels");
  assertThrows(() => compile(3 as never), TypeError, "must be a function");
});

Deno.test("an error of the function reaches the caller, and the next call traces again", () => {
  let fail = true;
  const f = compile((a: T64) => {
    if (fail) throw new Error("mine");
    return add(a, 1);
  });
  assertThrows(() => f(x), Error, "mine");
  fail = false;
  assertEquals(toNumber(sum(f(x))), 11);
});

Deno.test("customOp() is traced where it can be, and called in every run where it reads values", () => {
  const double = customOp({
    name: "double",
    forward: (a: T64) => mul(a, 2),
    vjp: (cotangent) => [mul(cotangent as T64, 2)],
  });
  const round = customOp({
    name: "round",
    forward: (a: T64) => tensor64(toList(a).map(Math.round), a.shape),
    vjp: (cotangent) => [cotangent],
  });
  const f = (a: T64) => sum(mul(double(a), round(a))),
    compiled = compile(valueAndGradient(f)),
    at = tensor64([0.6, 2.2]);
  for (const t of [at, tensor64([3.7, -1.2])]) {
    assertEquals(toNumber(compiled(t).value), toNumber(f(t)));
    assertEquals(toList(compiled(t).gradients), toList(gradient(f)(t)));
  }
});

Deno.test("a size of 0 and a 0-d shape are compiled too", () => {
  const f = compile((a: T64) => [sum(a), mul(a, 2)] as const);
  assertEquals(f(tensor64([], [0, 3])).map((t) => toList(t)), [[0], []]);
  assertEquals(f(tensor64(3)).map((t) => toList(t)), [[3], [6]]);
});

Deno.test("another engine gets a program of its own", () => {
  const f = compile((a: T64) => matmul(a, transpose(a))),
    before = toArray(f(x)),
    previous = setEngine(engines.reference);
  try {
    assertEquals(toArray(f(x)), before);
  } finally {
    setEngine(previous);
  }
});

Deno.test("a compiled function that calls itself by way of a host function has memory for both", () => {
  const inner: { run?: Compiled<[T64], T64> } = {};
  const host = customOp({
    name: "host",
    forward: (a: T64) => {
      const value = toNumber(sum(a));
      return value === 0 || value > 4 ? tensor64(value) : inner.run!(tensor64(value + 1));
    },
    vjp: () => [null],
  });
  inner.run = compile((a: T64) => add(host(a), a));
  // 3 -> host(3) = run(4) = host(4) + 4 = run(5) + 4 = (5 + 5) + 4
  assertEquals(toNumber(inner.run(tensor64(3))), 17);
});

Deno.test("formatProgram() shows a program before and after", () => {
  const text = formatProgram(compile((a: T64) => add(mul(a, 2), ones([3], { dtype: "float64" }))), x);
  assert(text.includes("As traced:") && text.includes("As it runs:"));
  assert(/Memory: [\d,]+ bytes at most/.test(text));
  assertThrows(() => formatProgram((() => 1) as never), TypeError, "compile returned");
});

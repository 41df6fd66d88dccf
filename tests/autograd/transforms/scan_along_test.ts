import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  add,
  backward,
  checkpoint,
  compile,
  gradient,
  isKey,
  isTensor,
  jvp,
  type Key,
  key,
  mean,
  mul,
  randomNormal,
  randomUniform,
  scale,
  scanAlong,
  ShapeError,
  sin,
  split,
  square,
  sum,
  tanh,
  type Tensor,
  tensor32,
  tensor64,
  toArray,
  toList,
  toNumber,
  tree,
  zeros,
} from "../../../autograd/mod.ts";
import { type Carry, type Data, dataFor, type Inputs, plainLoop, type Step, steps, type T64, WIDTH } from "./loops.ts";

/** Compares two trees of tensors element by element. */
function assertClose(found: unknown, wanted: unknown, tolerance = 1e-9): void {
  const [a, b] = [found, wanted].map((t) => tree.entries<Tensor>(t as Tensor));
  assertEquals(a!.map(([path, { shape }]) => [path, shape]), b!.map(([path, { shape }]) => [path, shape]));
  a!.forEach(([, t], k) => {
    const other = toList(b![k]![1]);
    toList(t).forEach((x, i) => assertAlmostEquals(x, other[i]!, tolerance * (1 + Math.abs(other[i]!))));
  });
}

type Loop = (step: Step, data: Data, reverse: boolean, axis: number) => readonly [Carry, unknown];

const plain: Loop = (step, { params, carry, xs }, reverse, axis) => plainLoop(step, params, carry, xs, reverse, axis);
const scanned: Loop = (step, { params, carry, xs }, reverse, axis) =>
  scanAlong((c: Carry, x: Inputs) => step(params, c, x), carry, xs, { reverse, axis });

/** A number that depends on all that a loop returns. */
const lossOf = (loop: Loop, step: Step, reverse: boolean, axis: number) => (data: Data): T64 =>
  tree.leaves<T64>(loop(step, data, reverse, axis) as never)
    .map((t, k) => sum(mul(t, sin(scale(t, k + 1)))))
    .reduce((a, b) => add(a, b));

const cases = fc.integer({ min: 1, max: 4 }).chain((length) =>
  fc.constantFrom(0, 1).chain((axis) => fc.tuple(steps, dataFor(length, axis), fc.boolean(), fc.constant(axis)))
);

const firstOf = (loop: Loop, step: Step, reverse: boolean, axis: number) => gradient(lossOf(loop, step, reverse, axis));
const secondOf = (loop: Loop, step: Step, reverse: boolean, axis: number) =>
  gradient((data: Data) =>
    tree.leaves<T64>(firstOf(loop, step, reverse, axis)(data) as never).map((t) => sum(square(t))).reduce((a, b) =>
      add(a, b)
    )
  );

Deno.test("scanAlong() is a plain loop: values, gradients and second derivatives, along axes and reversed", () => {
  fc.assert(
    fc.property(cases, ([step, data, reverse, axis]) => {
      assertClose(scanned(step, data, reverse, axis), plain(step, data, reverse, axis));
      assertClose(firstOf(scanned, step, reverse, axis)(data), firstOf(plain, step, reverse, axis)(data));
      assertClose(secondOf(scanned, step, reverse, axis)(data), secondOf(plain, step, reverse, axis)(data));
    }),
    { numRuns: 60 },
  );
});

Deno.test("scanAlong() compiled gives what it gives plainly, and so do its derivatives", () => {
  fc.assert(
    fc.property(cases, ([step, data, reverse, axis]) => {
      const all = (given: Data) => [
        scanned(step, given, reverse, axis),
        firstOf(scanned, step, reverse, axis)(given),
        secondOf(scanned, step, reverse, axis)(given),
      ];
      const [value, first, second] = compile(all)(data);
      assertClose(value, plain(step, data, reverse, axis));
      assertClose(first, firstOf(plain, step, reverse, axis)(data));
      assertClose(second, secondOf(plain, step, reverse, axis)(data));
    }),
    { numRuns: 40 },
  );
});

Deno.test("scanAlong() nested in itself and in checkpoint() is differentiated as without", () => {
  const rows = tensor64([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]), w = tensor64([0.5, -0.3]);
  const inner = (h: T64, x: T64) => {
    const next = tanh(add(mul(h, w), x));
    return [next, sum(next)] as const;
  };
  const outer =
    (wrap: <A extends readonly unknown[], R>(f: (...args: A) => R) => (...args: A) => R) => (x: T64): T64 => {
      const row = wrap((h: T64, slice: T64) => scanAlong(inner, h, slice));
      const [last, ys] = scanAlong(row, zeros([2], { dtype: "float64" }), x);
      return add(sum(square(last)), sum(mul(ys, ys)));
    };
  const unwrapped = outer((f) => f), wrapped = outer(checkpoint);
  const first = gradient(unwrapped)(rows), second = gradient((x: T64) => sum(square(gradient(unwrapped)(x))))(rows);
  const ofSecond = (f: typeof unwrapped) => gradient((x: T64) => sum(square(gradient(f)(x))));
  for (const f of [unwrapped, wrapped]) {
    assertClose(gradient(f)(rows), first);
    assertClose(compile(gradient(f))(rows), first);
    assertClose(ofSecond(f)(rows), second);
    assertClose(compile(ofSecond(f))(rows), second);
    assertClose(jvp(f, [rows], [rows]).tangent, sum(mul(first, rows)));
  }
});

Deno.test("scanAlong() gives gradients to variables that the step closes over", () => {
  const w = tensor64([0.5, -0.3]), scaled = scale(w, 2);
  const [last] = scanAlong(
    (h: T64, x: T64) => [tanh(add(mul(h, scaled), x)), null],
    tensor64([0, 0]),
    tensor64([[1], [2], [3]]),
  );
  let h: T64 = tensor64([0, 0]);
  for (const x of [1, 2, 3]) h = tanh(add(mul(h, scaled), tensor64([x])));
  assertClose(backward(sum(last)).get(w), backward(sum(h)).get(w));
});

Deno.test("scanAlong() of no steps returns the carry, and ys of length 0 with the shapes that steps yield", () => {
  const carry = { h: tensor64([1, 2]) },
    step = ({ h }: typeof carry, x: T64) => [{ h: mul(h, sum(x)) }, { y: x, s: sum(h) }] as const;
  const run = (xs: T64) => scanAlong(step, carry, xs);
  for (const f of [run, compile(run)]) {
    const [last, ys] = f(zeros([0, 3], { dtype: "float64" }));
    assertEquals([toList(last.h), ys.y.shape, ys.s.shape, ys.s.dtype], [[1, 2], [0, 3], [0], "float64"]);
  }
});

Deno.test("scanAlong() counts by length where there are no xs", () => {
  const run = (start: T64) => scanAlong((x: T64, _: null) => [scale(x, 2), x] as const, start, null, { length: 4 });
  for (const f of [run, compile(run)]) {
    const [last, ys] = f(tensor64(1));
    assertEquals([toNumber(last), toList(ys)], [16, [1, 2, 4, 8]]);
  }
});

Deno.test("scanAlong() carries tensors of both dtypes, and yields nothing where y is null", () => {
  const start = { count: tensor64(0), sum: tensor32([0, 0]) };
  const run = (xs: Tensor<"float32">) =>
    scanAlong(
      ({ count, sum }: typeof start, x: Tensor<"float32">) => [{ count: add(count, 1), sum: add(sum, x) }, null],
      start,
      xs,
    );
  for (const f of [run, compile(run)]) {
    const [last, ys] = f(tensor32([[1, 2], [3, 4]]));
    assertEquals([toNumber(last.count), toList(last.sum), ys], [2, [4, 6], null]);
  }
});

Deno.test("scanAlong() compiled is one instruction however many steps there are", () => {
  const loss = (x: T64) =>
    sum(
      square(scanAlong((h: T64, x: T64) => [tanh(add(h, x)), h] as const, zeros([WIDTH], { dtype: "float64" }), x)[1]),
    );
  const xs = mean(tensor64([[[1, 2, 3]]]), { axes: 0 });
  assertEquals(isTensor(compile(gradient(loss))(xs)), true);
});

Deno.test("scanAlong() names the path of a carry that changes", () => {
  const carry = { h: tensor64([1, 2]), list: [tensor64(0)] }, xs = tensor64([1, 2]);
  const run = (f: (c: typeof carry) => unknown) => () =>
    scanAlong((c: typeof carry) => [f(c), null] as never, carry, xs);
  assertThrows(
    run((c) => ({ ...c, h: sum(c.h) })),
    TypeError,
    'returns float64 [] at "h" of the carry: the function was given float64 [2]',
  );
  assertThrows(run((c) => ({ ...c, list: [] })), TypeError, 'returns nothing at "list.0" of the carry');
  assertThrows(run((c) => ({ ...c, more: c.h })), TypeError, 'returns float64 [2] at "more" of the carry');
  assertThrows(run((c) => ({ ...c, h: tensor32([1, 2]) })), TypeError, "float32 [2]");
  assertThrows(run((c) => ({ ...c, h: 1 })), TypeError, 'with 1 at "h" of the carry: it must be a tensor');
  assertThrows(() => scanAlong((() => 1) as never, carry, xs), TypeError, "must return [carry, y]");
});

Deno.test("scanAlong() checks lengths and axes before it runs anything", () => {
  const never = () => {
    throw new Error("it ran");
  };
  const run = (xs: never, options = {}) => () => scanAlong(never as never, tensor64(0), xs, options);
  assertThrows(
    run({ a: zeros([2]), b: zeros([3]) } as never),
    ShapeError,
    'there are 2 slices at "a" of the xs and 3 at "b"',
  );
  assertThrows(run(zeros([2]) as never, { axis: 1 }), ShapeError, "scanAlong");
  assertThrows(run(zeros([]) as never), ShapeError, "scanAlong");
  assertThrows(run(zeros([2]) as never, { length: 3 }), RangeError, "it must be 2");
  assertThrows(run(null as never), RangeError, "pass { length }");
  assertThrows(run(null as never, { length: 1.5 }), RangeError, "length 1.5");
  assertThrows(run(zeros([2]) as never, { steps: 3 }), TypeError, 'the option "steps"');
});

Deno.test("scanAlong() may yield another shape in each plain step only if none can be stacked", () => {
  let count = 0;
  const step = (c: T64) => [c, zeros([++count])] as const;
  assertThrows(
    () => scanAlong(step, tensor64(0), null as never, { length: 2 }),
    TypeError,
    "an earlier step returned float32 [1]",
  );
  assertEquals(toArray(scanAlong((c: T64) => [c, c] as const, tensor64([1]), null as never, { length: 2 })[1]), [[1], [
    1,
  ]]);
});

Deno.test("scanAlong() carries keys, and draws what a loop of split() would draw, plainly and compiled", () => {
  type Noisy = { readonly random: Key; readonly h: T64 };
  const noise = (random: Key): T64 => randomNormal(random, [2], { dtype: "float64" });
  const run = (random: Key, w: T64) =>
    scanAlong(
      ({ random, h }: Noisy, _: null) => {
        const [next, own] = split(random), drawn = add(mul(h, w), noise(own));
        return [{ random: next, h: drawn }, drawn] as const;
      },
      { random, h: tensor64([0, 0]) },
      null,
      { length: 3 },
    );
  let random = key(3), h: T64 = tensor64([0, 0]);
  const w = tensor64([0.5, 2]);
  for (let k = 0; k < 3; k++) {
    const [next, own] = split(random);
    h = add(mul(h, w), noise(own));
    random = next;
  }
  for (const f of [run, compile(run), compile((random: Key, w: T64) => run(random, w))]) {
    const [last, ys] = f(key(3), w);
    assertEquals([last.random.words, toList(last.h), ys.shape], [random.words, toList(h), [3, 2]]);
    assertEquals(isKey(last.random), true);
  }
  const slope = (random: Key, w: T64) => gradient((w: T64) => sum(run(random, w)[0].h))(w);
  assertEquals(toList(compile(slope)(key(3), w)), toList(slope(key(3), w)));
  const fixed = compile((w: T64) => run(key(3), w)[0].h); // a key that is part of the program
  assertEquals(toList(fixed(w)), toList(h));
});

Deno.test("scanAlong() gives each step its own key of an array of keys, along any axis and in reverse", () => {
  const keys = split(key(1), 4), x = tensor64([[1, 2, 3, 4], [5, 6, 7, 8]]);
  const run = (keys: readonly Key[], x: T64) =>
    scanAlong(
      (c: T64, { own, x }: { readonly own: Key; readonly x: T64 }) => {
        const drawn = mul(x, randomUniform(own, [2], { dtype: "float64" }));
        return [add(c, drawn), drawn] as const;
      },
      tensor64([0, 0]),
      { own: keys, x },
      { axis: 1, reverse: true },
    );
  const wanted = keys.map((own, k) =>
    toList(randomUniform(own, [2], { dtype: "float64" })).map((u, i) => u * (1 + k + 4 * i))
  );
  for (const f of [run, compile(run), (keys: readonly Key[], x: T64) => compile((x: T64) => run(keys, x))(x)]) {
    assertEquals(toArray(f(keys, x)[1]), wanted);
  }
  assertThrows(
    () => scanAlong((c: T64, _: unknown) => [c, null] as const, x, { own: keys.slice(1), x }, { axis: 1 }),
    ShapeError,
    'there are 3 slices at "own" of the xs and 4',
  );
});

Deno.test("scanAlong() names keys where they cannot be", () => {
  const start = tensor64(0), one = (c: T64, _: unknown) => [c, null] as const;
  assertThrows(
    () => scanAlong(one, start, { a: key(0) }, { length: 2 }),
    TypeError,
    'Cannot apply scanAlong with one key at "a" of the xs: it must be an array of keys',
  );
  const telling = (c: T64) => [c, { b: key(0) }] as const;
  assertThrows(
    () => scanAlong(telling as never, start as never, null, { length: 2 }),
    TypeError,
    'Cannot apply scanAlong with a key at "b" of the y: it must be a tensor',
  );
  const losing = () => [tensor64([0, 1]), null] as const;
  assertThrows(
    () => scanAlong(losing as never, key(0) as never, null, { length: 2 }),
    TypeError,
    "returns float64 [2] as the carry: the function was given a key there",
  );
});

import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  add,
  compile,
  constant,
  foldIn,
  type Key,
  key,
  mul,
  randomUniform,
  scan,
  softmaxCrossEntropy,
  sub,
  sum,
  type Tensor,
  tensor64,
  toList,
  toNumber,
} from "../../../autograd/mod.ts";
import { usedBytes } from "../../used_bytes.ts";

type T64 = Tensor<"float64">;

/** Runs a generator to its end. */
function collect<Y, R>(generator: Generator<Y, R, undefined>): { readonly ys: readonly Y[]; readonly result: R } {
  const ys: Y[] = [];
  for (;;) {
    const { done, value } = generator.next();
    if (done) return { ys, result: value };
    ys.push(value);
  }
}

const running = (total: T64, x: T64) => [add(total, x), mul(total, x)] as const;
const xs = [1, 2, 3, 4].map((v) => tensor64([v, -v]));

Deno.test("scan of a compiled step yields and returns what scan does", () => {
  const compiled = collect(compile(running).scan(tensor64([10, 20]), xs));
  const plain = collect(scan(running, tensor64([10, 20]), xs));
  assertEquals(compiled.ys.map(toList), plain.ys.map(toList));
  assertEquals(toList(compiled.result), toList(plain.result));
});

Deno.test("scan of no items returns the carry", () => {
  const carry = tensor64([10, 20]);
  assertEquals(collect(compile(running).scan(carry, [])), { ys: [], result: carry });
});

Deno.test("later steps and scans do not change the values that scan yields and returns", () => {
  const step = compile(running), first = collect(step.scan(tensor64([1, 1]), xs));
  const kept = [...first.ys, first.result].map(toList);
  collect(step.scan(tensor64([5, 5]), xs));
  assertEquals([...first.ys, first.result].map(toList), kept);
});

Deno.test("scan pulls each x when its step runs, and not before", () => {
  const pulled: number[] = [];
  function* source() {
    for (const v of [1, 2, 3]) {
      pulled.push(v);
      yield tensor64([v, v]);
    }
  }
  const generator = compile(running).scan(tensor64([0, 0]), source());
  assertEquals(pulled, []);
  generator.next();
  assertEquals(pulled, [1]);
});

Deno.test("two scans of one step can take turns", () => {
  const step = compile(running), a = step.scan(tensor64([1, 1]), xs), b = step.scan(tensor64([2, 2]), xs);
  const turns = xs.map(() => [toList(a.next().value as T64), toList(b.next().value as T64)]);
  const alone = [1, 2].map((v) => collect(scan(running, tensor64([v, v]), xs)).ys.map(toList));
  assertEquals(turns, xs.map((_, k) => [alone[0]![k]!, alone[1]![k]!]));
});

Deno.test("a smaller last x moves the carry to a program for it", () => {
  const step = (total: T64, x: T64) => [add(total, sum(x)), sum(x)] as const;
  const uneven = [tensor64([1, 2, 3]), tensor64([4, 5, 6]), tensor64([7]), tensor64([8, 9, 10])];
  const { ys, result } = collect(compile(step).scan(tensor64(0), uneven));
  assertEquals(ys.map(toNumber), [6, 15, 7, 27]);
  assertEquals(toNumber(result), 55);
});

Deno.test("carries that change places do", () => {
  const swap = ({ a, b }: { readonly a: T64; readonly b: T64 }, x: T64) => [{ a: b, b: add(a, x) }, sub(a, b)] as const;
  const carry = { a: tensor64([1, 2]), b: tensor64([3, 4]) };
  const compiled = collect(compile(swap).scan(carry, xs)), plain = collect(scan(swap, carry, xs));
  assertEquals(compiled.ys.map(toList), plain.ys.map(toList));
  assertEquals([compiled.result.a, compiled.result.b].map(toList), [plain.result.a, plain.result.b].map(toList));
});

Deno.test("the fields of a carry may come back in another order", () => {
  const step = ({ a, b }: { readonly a: T64; readonly b: T64 }, x: T64) => [{ b: add(b, 1), a: add(a, x) }, b] as const;
  const carry = { a: tensor64([1, 2]), b: tensor64([3, 4]) }, steps = [...xs, tensor64(7)];
  const compiled = collect(compile(step).scan(carry, xs)), plain = collect(scan(step, carry, xs));
  assertEquals(compiled.ys.map(toList), plain.ys.map(toList));
  assertEquals([compiled.result.a, compiled.result.b].map(toList), [plain.result.a, plain.result.b].map(toList));
  assertEquals(toList(collect(compile(step).scan(carry, steps)).result.a), [18, -1]);
});

Deno.test("keys are carried as data, and numbers stay as they are", () => {
  type Carry = { readonly key: Key; readonly step: number; readonly total: T64 };
  const step = ({ key, step, total }: Carry, x: T64) => {
    const noise = randomUniform(foldIn(key, step), [2], { dtype: "float64" });
    return [{ key: foldIn(key, 1000), step, total: add(total, mul(x, noise)) }, noise] as const;
  };
  const carry = { key: key(1), step: 3, total: tensor64([0, 0]) };
  const compiled = collect(compile(step).scan(carry, xs)), plain = collect(scan(step, carry, xs));
  assertEquals(compiled.ys.map(toList), plain.ys.map(toList));
  assertEquals([compiled.result.key, compiled.result.step], [plain.result.key, 3]);
});

Deno.test("xs may be numbers, each with its own program", () => {
  let traced = 0;
  const step = compile((total: T64, x: number) => {
    traced++;
    return [add(total, x === 2 ? 20 : x), total] as const;
  });
  assertEquals(toNumber(collect(step.scan(constant(0, { dtype: "float64" }), [1, 2, 3, 1, 2])).result), 45);
  assertEquals(traced, 3);
});

Deno.test("a number in the carry that changes is refused, with its path and the remedy", () => {
  type Carry = { readonly at: { readonly step: number }; readonly total: T64 };
  const counting = compile(({ at, total }: Carry, x: T64) =>
    [{ at: { step: at.step + 1 }, total: add(total, x) }, total] as const
  );
  assertThrows(
    () => counting.scan({ at: { step: 3 }, total: tensor64(0) }, [tensor64(1)]).next(),
    TypeError,
    'returns the number 4 at "at.step" of the carry: it was given the number 3 there, and numbers are part of the ' +
      "signature, so they must stay the same; carry a tensor where it counts, constant(0)",
  );
  const wrong = compile(({ mode }: { readonly mode: string }, x: T64) => [{ mode: `${mode}!` }, x] as const);
  assertThrows(
    () => wrong.scan({ mode: "a" }, [tensor64(1)]).next(),
    TypeError,
    'the text "a!" at "mode" of the carry',
  );
  const signs = compile(({ zero }: { readonly zero: number }, x: T64) => [{ zero: -zero }, x] as const);
  assertThrows(() => signs.scan({ zero: 0 }, [tensor64(1)]).next(), TypeError, "the number -0");
});

Deno.test("a step that drops or adds a field of the carry is refused, with the path", () => {
  type Carry = { readonly a: T64; readonly b?: T64 };
  const drops = compile(({ a }: Carry, x: T64) => [{ a }, x] as const);
  assertThrows(() => drops.scan({ a: xs[0]!, b: xs[0]! }, xs).next(), TypeError, 'returns nothing at "b" of the carry');
  const adds = compile(({ a }: Carry, x: T64) => [{ a, b: x }, x] as const);
  assertThrows(() => adds.scan({ a: xs[0]! }, xs).next(), TypeError, "it was given nothing there");
  const shorter = compile((list: readonly T64[], x: T64) => [list.slice(1), x] as const);
  assertThrows(() => shorter.scan([xs[0]!, xs[1]!], xs).next(), TypeError, "returns an array of 1 as its carry");
});

Deno.test("a step that returns another carry is refused, with the path", () => {
  const grow = compile(({ a }: { readonly a: T64 }, x: T64) => [{ a: sum(add(a, x)) }, x] as const);
  assertThrows(
    () => grow.scan({ a: tensor64([1, 2]) }, xs).next(),
    TypeError,
    'returns float64 [] at "a" of the carry: it was given float64 [2]',
  );
  const more = compile((a: T64, x: T64) => [{ a, x }, x] as unknown as readonly [T64, T64]);
  assertThrows(() => more.scan(tensor64([1, 2]), xs).next(), TypeError, "as its carry");
  const none = compile((a: T64, _: T64) => a as unknown as readonly [T64, T64]);
  assertThrows(() => none.scan(tensor64([1, 2]), xs).next(), TypeError, "must return [carry, y]");
});

Deno.test("a constant carry is carried", () => {
  const reset = compile((_: T64, x: T64) => [constant([7, 7], { dtype: "float64" }), x] as const);
  assertEquals(toList(collect(reset.scan(tensor64([1, 2]), xs)).result), [7, 7]);
});

Deno.test("a step that throws ends the scan, and the next scan works", () => {
  const logits = tensor64([[1, 2], [0, 3]]);
  const step = compile((total: T64, labels: T64) => {
    const loss = softmaxCrossEntropy(logits, labels);
    return [add(total, loss), loss] as const;
  });
  const good = tensor64([0, 1]), bad = tensor64([0, 5]), generator = step.scan(tensor64(0), [good, bad, good]);
  const first = toNumber(generator.next().value as T64);
  assertThrows(() => generator.next(), RangeError, "index 5");
  assertEquals(generator.next().done, true);
  assertAlmostEquals(toNumber(collect(step.scan(tensor64(0), [good, good])).result), 2 * first, 1e-12);
});

Deno.test("memory stays flat over 100,000 steps in one synchronous scan", () => {
  const step = compile((total: T64, x: T64) => [add(total, x), sum(total)] as const);
  function* same(steps: number) {
    for (let k = 0; k < steps; k++) yield xs[0]!;
  }
  for (const _ of step.scan(tensor64([0, 0]), same(1000)));
  const before = usedBytes();
  for (const _ of step.scan(tensor64([0, 0]), same(100_000)));
  // The result of a step takes some 400 bytes: if all were kept, they would take 40 MB.
  assert(usedBytes() - before < 20 * 2 ** 20);
});

import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  add,
  backward,
  compile,
  cond,
  div,
  gradient,
  greater,
  type Key,
  key,
  less,
  log,
  mul,
  randomUniform,
  reshape,
  scale,
  scanAlong,
  split,
  square,
  sub,
  sum,
  take,
  type Tensor,
  tensor32,
  tensor64,
  toList,
  toNumber,
  whileLoop,
} from "../../../autograd/mod.ts";

type T64 = Tensor<"float64">;
type Doubling = { readonly x: T64; readonly steps: T64 };

const doubleBelow = (limit: number, options = {}) => (x: T64): Doubling =>
  whileLoop(
    ({ x }: Doubling) => less(sum(x), limit),
    ({ x, steps }) => ({ x: scale(x, 2), steps: add(steps, 1) }),
    { x, steps: tensor64(0) },
    options,
  );

Deno.test("whileLoop() ends as soon as the condition is 0, plainly and compiled", () => {
  for (const f of [doubleBelow(100), compile(doubleBelow(100)), compile(doubleBelow(100, { maxSteps: 9 }))]) {
    const few = f(tensor64([1, 2])), none = f(tensor64([200, 2]));
    assertEquals([toList(few.x), toNumber(few.steps)], [[64, 128], 6]);
    assertEquals([toList(none.x), toNumber(none.steps)], [[200, 2], 0]);
  }
});

Deno.test("whileLoop() with maxSteps is differentiated through the steps that it made", () => {
  const loss = (x: T64) => sum(square(doubleBelow(100, { maxSteps: 9 })(x).x));
  for (const f of [gradient(loss), compile(gradient(loss))]) {
    assertEquals(toList(f(tensor64([1, 2]))), [2 * 64 * 64, 2 * 128 * 64]);
    assertEquals(toList(f(tensor64([200, 2]))), [400, 4]);
  }
  const second = (x: T64) => sum(gradient(loss)(x));
  for (const f of [gradient(second), compile(gradient(second))]) {
    assertEquals(toList(f(tensor64([1, 2]))), [8192, 8192]);
  }
});

Deno.test("whileLoop() without maxSteps refuses derivatives and names scanAlong", () => {
  const x = tensor64([1, 2]), loss = (x: T64) => sum(doubleBelow(100)(x).x);
  assertThrows(() => backward(loss(x)), TypeError, "scanAlong");
  assertThrows(() => gradient(loss)(x), TypeError, "pass { maxSteps }");
  assertThrows(() => compile(gradient(loss))(x), TypeError, "scanAlong");
  const closed = () => sum(whileLoop((c: T64) => less(sum(c), 50), (c) => add(c, x), tensor64([0, 0])));
  assertThrows(() => backward(closed()), TypeError, "scanAlong");
});

Deno.test("whileLoop() throws where the condition still holds after maxSteps", () => {
  const f = doubleBelow(100, { maxSteps: 3 }), x = tensor64([1, 2]);
  assertThrows(() => f(x), RangeError, "the condition still holds after 3 steps");
  const compiled = compile(f), differentiated = compile(gradient((x: T64) => sum(f(x).x)));
  assertThrows(() => compiled(x), RangeError, "the condition still holds after 3 steps");
  assertThrows(() => differentiated(x), RangeError, "after 3 steps");
  assertEquals(toList(compiled(tensor64([40, 40])).x), [80, 80]);
});

Deno.test("whileLoop() reads what it closes over, in other loops and through strides too", () => {
  const f = (rows: T64, x: T64) =>
    whileLoop(
      (c: T64) => greater(sum(c), 1),
      (c) =>
        sub(
          div(whileLoop((d: T64) => less(sum(d), 20), (d) => add(d, reshape(take(rows, tensor32([0])), [2])), c), 40),
          mul(x, 0.01),
        ),
      x,
    );
  const rows = tensor64([[1, 2], [3, 4]]), x = tensor64([5, 6]);
  const [plain, compiled] = [f, compile(f)].map((g) => toList(g(rows, x)));
  plain!.forEach((value, k) => assertAlmostEquals(compiled![k]!, value, 1e-12));
});

Deno.test("whileLoop() names the path of a carry that changes, and refuses conditions of many elements", () => {
  const x = tensor64([1, 2]);
  assertThrows(
    () => whileLoop((c: { a: T64 }) => less(sum(c.a), 9), (c) => ({ a: sum(c.a) }), { a: x }),
    TypeError,
    'returns float64 [] at "a" of the carry',
  );
  assertThrows(() => whileLoop((c: T64) => less(c, 9), (c) => c, x), TypeError, "must have one element");
  assertThrows(() => whileLoop((() => true) as never, (c) => c, x), TypeError, "must be a tensor");
  assertThrows(() => whileLoop((c) => sum(c), (c) => c, x, { maxSteps: 0.5 }), RangeError, "maxSteps 0.5");
});

Deno.test("what a body computes of what it closes over is not computed where no step is made, compiled or not", () => {
  const slope = gradient((y: T64, x: T64): T64 =>
    whileLoop((c: T64) => less(c, 5), (c: T64) => add(c, log(y)), x, { maxSteps: 3 })
  );
  for (const f of [slope, compile(slope)]) assertEquals(toList(f(tensor64(0), tensor64(10))), [0]);
});

Deno.test("whileLoop() carries keys, plainly and compiled, in loops and choices", () => {
  type Walk = { readonly random: Key; readonly at: T64; readonly steps: T64 };
  const start = (random: Key): Walk => ({ random, at: tensor64(0), steps: tensor64(0) });
  const walk = (random: Key): Walk =>
    whileLoop(
      ({ at }: Walk) => less(at, 3),
      ({ random, at, steps }: Walk) => {
        const [next, own] = split(random), drawn = randomUniform(own, [], { dtype: "float64" });
        return { random: next, at: cond(less(drawn, 0.5), (t) => add(t, drawn), (t) => t, at), steps: add(steps, 1) };
      },
      start(random),
      { maxSteps: 1000 },
    );
  const nested = (random: Key) =>
    scanAlong(
      (random: Key, _: null) => {
        const { random: next, steps } = walk(random);
        return [next, steps] as const;
      },
      random,
      null,
      { length: 3 },
    );
  const plain = walk(key(1)), wanted = nested(key(1));
  const found = compile(walk)(key(1));
  assertEquals([found.random.words, toList(found.at), toList(found.steps)], [
    plain.random.words,
    toList(plain.at),
    toList(plain.steps),
  ]);
  const [last, steps] = compile(nested)(key(1));
  assertEquals([last.words, toList(steps)], [wanted[0].words, toList(wanted[1])]);
});

import { assertEquals, assertThrows } from "@std/assert";
import {
  add,
  compile,
  constant,
  foldIn,
  type Key,
  key,
  mul,
  randomInteger,
  randomNormal,
  randomUniform,
  split,
  type Tensor,
  tensor64,
  toList,
} from "../../../autograd/mod.ts";

type T64 = Tensor<"float64">;

const x = tensor64([[1, -2, 3], [4, 5, -6]]);

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

Deno.test("foldIn() takes a 0-d tensor, plain and traced, and gives the key that its number gives", () => {
  let runs = 0;
  const f = (s: { readonly step: Tensor; readonly key: Key }) => {
    runs++;
    return foldIn(s.key, s.step);
  };
  const compiled = compile(f);
  for (const step of [1, 2, 4294967295]) {
    const wanted = foldIn(key(0), step), step64 = constant(step, { dtype: "float64" });
    assertEquals([compiled({ step: step64, key: key(0) }), f({ step: step64, key: key(0) })], [wanted, wanted]);
  }
  assertEquals(runs, 1 + 3);
  assertEquals(foldIn(key(3), constant(7)), foldIn(key(3), 7)); // float32 as well
  assertEquals(compile((step: Tensor) => foldIn(key(3), step))(constant(7)), foldIn(key(3), 7));
});

Deno.test("foldIn() refuses what is not a whole number, in a tensor too, plain and compiled", () => {
  const f = (step: Tensor) => foldIn(key(0), step), compiled = compile(f);
  for (const bad of [-1, 0.5, NaN, 2 ** 32]) {
    const step = constant(bad, { dtype: "float64" });
    assertThrows(() => f(step), RangeError, `Cannot fold ${bad} into a key`);
    assertThrows(() => compiled(step), RangeError, `Cannot fold ${bad} into a key`);
  }
  assertThrows(() => f(constant([1, 2])), TypeError, "a 0-d tensor");
});

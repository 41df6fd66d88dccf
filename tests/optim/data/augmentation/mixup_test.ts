import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { mixup } from "../../../../optim/data/mod.ts";
import {
  checkGradient,
  compile,
  gradient,
  type Key,
  key,
  mul,
  oneHot,
  ones,
  randomUniform,
  ShapeError,
  split,
  sum,
  toArray,
  toList,
  toNumber,
  vmap,
} from "../../../../mod.ts";

const batch = { x: randomUniform(key(1), [4, 3]), y: oneHot([0, 1, 2, 3], 4) };

Deno.test("mixup() mixes every example with one other, labels by the same share", () => {
  const { x, y } = mixup(key(0), batch, { alpha: 1 }),
    labels = toArray(y) as number[][],
    given = toArray(batch.x) as number[][];
  labels.forEach((row, k) => {
    const share = row[k]!, other = row.findIndex((value, j) => j !== k && value > 0);
    assertAlmostEquals(row.reduce((total, value) => total + value, 0), 1, 1e-6);
    (toArray(x) as number[][])[k]!.forEach((value, j) => {
      const wanted = other < 0 ? given[k]![j]! : share * given[k]![j]! + (1 - share) * given[other]![j]!;
      assertAlmostEquals(value, wanted, 1e-6);
    });
  });
});

Deno.test("mixup() is a function of its key, compiled and mapped alike", () => {
  const plain = mixup(key(2), batch), compiled = compile((k: Key, b: typeof batch) => mixup(k, b))(key(2), batch);
  assertEquals(toList(mixup(key(2), batch).x), toList(plain.x));
  toList(compiled.x).forEach((value, k) => assertAlmostEquals(value, toList(plain.x)[k]!, 1e-6));
  const keys = split(key(3), 2), mapped = vmap((k: Key) => mixup(k, batch).y)(keys);
  assertEquals(toArray(mapped), keys.map((k) => toArray(mixup(k, batch).y)));
});

Deno.test("mixup() with a small alpha leaves most examples nearly as they are", () => {
  const shares = split(key(0), 50).map((k) => Math.max(...toList(mixup(k, batch, { alpha: 0.01 }).y)));
  assert(shares.filter((share) => share > 0.95).length > 40);
  assertEquals(toList(sum(mixup(key(0), batch).y)).map(Math.round), [4]);
});

Deno.test("mixup() refuses what is no batch", () => {
  assertThrows(() => mixup(key(0), { x: ones([2, 1]), y: ones([3]) }), ShapeError, "the same examples");
  assertThrows(() => mixup(key(0), batch, { alpha: 0 }), RangeError, "alpha");
  // @ts-expect-error: a number is not a key
  assertThrows(() => mixup(0, batch), TypeError, "key");
});

Deno.test("mixup() has the gradient of a sum of shares, compiled or not", () => {
  const x = randomUniform(key(4), [4, 3], { dtype: "float64" }),
    weights = randomUniform(key(5), [4, 3], { dtype: "float64" });
  const loss = (t: typeof x) => sum(mul(mixup(key(6), t, { alpha: 1 }), weights));
  checkGradient(loss, x);
  const slopes = gradient(loss);
  toList(compile(slopes)(x)).forEach((value, k) => assertAlmostEquals(value, toList(slopes(x))[k]!, 1e-12));
  // Every example is used once as itself and once as the other one, so the slopes of all add up to those of the result.
  assertAlmostEquals(toNumber(sum(slopes(x))), toNumber(sum(weights)), 1e-12);
});

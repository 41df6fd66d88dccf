import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { type Key, key } from "../../autograd/random/key.ts";
import { evaluate, train } from "../../layers/mode.ts";

Deno.test("train() carries the key, evaluate has none", () => {
  const k = key(1), mode = train(k);
  assert(mode.training);
  assertStrictEquals(mode.key, k);
  assertEquals(evaluate.training, false);
  assert(Object.isFrozen(mode) && Object.isFrozen(evaluate));
});

Deno.test("train() refuses what is not a key", () => {
  for (const other of [3, undefined, "key"]) {
    assertThrows(() => train(other as unknown as Key), TypeError, "randomness comes from a key; pass train(key(0))");
  }
});

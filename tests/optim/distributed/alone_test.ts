import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { tensor64 } from "../../../mod.ts";
import { alone, type Collective } from "../../../optim/distributed/mod.ts";

Deno.test("alone is a collective of one, which changes nothing", () => {
  const { rank, size, sum, mean, broadcast, barrier, close }: Collective = alone, tree = { w: tensor64([1, 2]) };
  assertEquals([rank, size], [0, 1]);
  for (const result of [sum(tree), mean(tree), broadcast(tree)]) assertStrictEquals(result, tree);
  barrier();
  close();
  assertStrictEquals(sum(tree), tree, "there is nothing to close");
});

Deno.test("alone refuses what many ranks refuse", () => {
  // @ts-expect-error numbers are not tensors
  assertThrows(() => alone.sum([1]), TypeError, 'Cannot apply sum to 1 at "0"');
  // @ts-expect-error nor are texts
  assertThrows(() => alone.mean("x"), TypeError, "Cannot apply mean to");
  assertThrows(() => alone.broadcast(tensor64(1), 1), RangeError, "Cannot broadcast from rank 1");
});

import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { constant, gradient, mul, tensor64, toArray, toNumber } from "../../../mod.ts";
import { alone, type Collective } from "../../../optim/distributed/mod.ts";

Deno.test("alone is a collective of one, which changes nothing", () => {
  const { rank, size, sum, mean, broadcast, barrier, close }: Collective = alone, tree = { w: tensor64([1, 2]) };
  assertEquals([rank, size], [0, 1]);
  for (const result of [sum(tree), mean(tree)]) assertStrictEquals(result, tree);
  const sent = broadcast({ ...tree, epoch: 3, name: "x", flags: [true, null] });
  assertEquals({ ...sent, w: toArray(sent.w) }, { w: [1, 2], epoch: 3, name: "x", flags: [true, null] });
  barrier();
  close();
  assertStrictEquals(sum(tree), tree, "there is nothing to close");
});

Deno.test("alone refuses what many ranks refuse", () => {
  // @ts-expect-error numbers are not tensors
  assertThrows(() => alone.sum([1]), TypeError, 'Cannot apply sum to 1 at "0"');
  // @ts-expect-error nor are strings
  assertThrows(() => alone.mean("x"), TypeError, "Cannot apply mean to");
  assertThrows(() => alone.broadcast(tensor64(1), 1), RangeError, "Cannot broadcast from rank 1");
  // @ts-expect-error a map is neither a tensor nor a number
  assertThrows(() => alone.broadcast({ k: new Map() }), TypeError, 'Cannot broadcast an instance of Map at "k"');
});

Deno.test("no derivative flows through what a single process broadcasts, as over many ranks", () => {
  const half = gradient((x: ReturnType<typeof tensor64>) => mul(alone.broadcast(x), x))(tensor64(3));
  assertEquals(toNumber(half), 3);
  assertEquals(alone.broadcast([constant(1), tensor64(1)]).map(({ tag }) => tag), ["constant", "variable"]);
});

import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { tensor32 } from "../../autograd/values/constructors.ts";
import { deeplyFrozen } from "../../autograd/deeply_frozen.ts";

Deno.test("deeplyFrozen() freezes arrays and records all the way down, and returns the same tree", () => {
  const t = tensor32([1]), tree = { list: [{ t }], nested: { more: { n: 1 } } };
  assertStrictEquals(deeplyFrozen(tree), tree);
  for (const part of [tree, tree.list, tree.list[0], tree.nested, tree.nested.more]) assert(Object.isFrozen(part));
  assertThrows(() => (tree.nested.more as { n: number }).n = 2, TypeError);
});

Deno.test("deeplyFrozen() leaves alone what is not a plain array or record", () => {
  const map = new Map([[1, 2]]), array = new Float32Array(2), date = new Date(0);
  deeplyFrozen({ map, array, date, f: () => 1, nothing: null, text: "t" });
  map.set(3, 4);
  array[0] = 1;
  assertEquals([map.size, array[0], Object.isFrozen(date)], [2, 1, false]);
});

import { assertEquals, assertThrows } from "@std/assert";
import { tensor32, tensor64, toList } from "../../../autograd/mod.ts";
import { leavesOf, likeLeaves, placeIn, withTensors } from "../../../autograd/transforms/tensor_leaves.ts";

const words = { action: "apply test", subject: "carry", wanted: "the function was given" };
const tree = { a: tensor64([1, 2]), list: [tensor32(3), null] };

Deno.test("leaves are listed with their paths, null is none, and others take their places", () => {
  const leaves = leavesOf(words, tree);
  assertEquals(leaves.map(({ path }) => path), ["a", "list.0"]);
  const other = withTensors(tree, [tensor64([5]), tensor32(6)]);
  assertEquals([toList(other.a), toList(other.list[0]!), other.list[1]], [[5], [6], null]);
});

Deno.test("a tree like another one is listed in the order of that", () => {
  const { a, list } = tree, found = likeLeaves(words, leavesOf(words, tree), { list, a });
  assertEquals(found.map((t) => t === a), [true, false]);
});

Deno.test("what differs, and what is not a tensor, is named with its place", () => {
  const given = leavesOf(words, tree);
  assertThrows(
    () => likeLeaves(words, given, { ...tree, a: tensor64([1]) }),
    TypeError,
    'returns float64 [1] at "a" of the carry',
  );
  assertThrows(() => likeLeaves(words, given, { a: tree.a }), TypeError, 'returns nothing at "list.0" of the carry');
  assertThrows(
    () => leavesOf(words, { a: "x" }),
    TypeError,
    'Cannot apply test with "x" at "a" of the carry: it must be a tensor',
  );
  assertEquals([placeIn("carry", ""), placeIn("carry", "a.0")], ["as the carry", 'at "a.0" of the carry']);
});

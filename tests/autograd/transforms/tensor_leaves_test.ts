import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { tensor32, tensor64 } from "../../../autograd/mod.ts";
import { leavesOf, likeLeaves, placeIn, withTensors } from "../../../autograd/transforms/tensor_leaves.ts";

const WORDS = { action: "fold", subject: "carry" }, LIKE = { ...WORDS, wanted: "it was given" };
const a = tensor64([1, 2]), b = tensor32([3]), tree = { h: a, rest: [null, b], nothing: undefined };

Deno.test("leavesOf() lists tensors with their paths and passes over what stands for none", () => {
  assertEquals(leavesOf(WORDS, tree).map(({ path }) => path), ["h", "rest.1"]);
  assertStrictEquals(leavesOf(WORDS, a)[0]!.tensor, a);
  assertThrows(() => leavesOf(WORDS, { h: 3 }), TypeError, 'Cannot fold with 3 at "h" of the carry');
  assertEquals([placeIn("carry", ""), placeIn("carry", "h")], ["as the carry", 'at "h" of the carry']);
});

Deno.test("withTensors() puts other tensors in the places of leavesOf()", () => {
  const c = tensor64([5, 6]), d = tensor32([7]), next = withTensors(tree, [c, d]);
  assertEquals([next.h === c, next.rest[1] === d, next.rest[0], next.nothing], [true, true, null, undefined]);
});

Deno.test("likeLeaves() gives tensors in the order of the first tree, and names what differs", () => {
  const given = leavesOf(WORDS, { x: a, y: b });
  assertEquals(likeLeaves(LIKE, given, { y: b, x: a }), [a, b]);
  for (
    const [returned, part] of [
      [{ x: a }, 'returns nothing at "y" of the carry: it was given float32 [1] there'],
      [{ x: a, y: b, z: a }, 'returns float64 [2] at "z" of the carry: it was given nothing there'],
      [{ x: b, y: b }, 'returns float32 [1] at "x" of the carry: it was given float64 [2] there'],
    ] as const
  ) assertThrows(() => likeLeaves(LIKE, given, returned), TypeError, part);
});

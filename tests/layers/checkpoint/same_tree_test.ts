import { assertEquals } from "@std/assert";
import * as either from "../../../blas/either.ts";
import { zeros } from "../../../autograd/mod.ts";
import { sameAs } from "../../../layers/checkpoint/same_tree.ts";

Deno.test("sameAs() accepts a tree with fields in another order, and restores undefined fields", () => {
  const weight = zeros([2]);
  assertEquals(sameAs({ b: 1, a: [weight] }, { a: [zeros([2])], b: 5 }), either.right({ b: 1, a: [weight] }));
  assertEquals(sameAs({ a: 1 }, { a: 2, none: undefined }), either.right({ a: 1, none: undefined }));
});

Deno.test("sameAs() says where trees differ in leaves or structure", () => {
  assertEquals(
    sameAs({ a: zeros([2]) }, { a: zeros([3]) }),
    either.left('a float32 tensor [2] at "a" where a float32 tensor [3] is wanted'),
  );
  assertEquals(sameAs({}, { a: 1 }), either.left('nothing at "a" where a number is wanted'));
  assertEquals(sameAs([], {}), either.left("lists where records are wanted, or branches without leaves"));
});

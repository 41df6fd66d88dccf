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
  assertEquals(sameAs([], {}), either.left("a list where a record is wanted"));
});

Deno.test("sameAs() tells parts apart whose paths look alike", () => {
  const like = { "a.b": "text", a: { b: 1 } };
  assertEquals(sameAs({ "a.b": "other", a: { b: 2 } }, like), either.right({ "a.b": "other", a: { b: 2 } }));
  assertEquals(sameAs({ "a.b": 1, a: { b: 2 } }, like), either.left('a number at "a.b" where a string is wanted'));
  assertEquals(
    sameAs({ "a.b": "text", a: { b: "2" } }, like),
    either.left('a string at "a.b" where a number is wanted'),
  );
  assertEquals(sameAs({ a: null }, { a: {} }), either.left('null at "a" where a record is wanted'));
  assertEquals(sameAs({ a: 1 }, { a: [] }), either.left('a number at "a" where a list is wanted'));
  const named = { constructor: 1 };
  assertEquals(sameAs({}, named), either.left('nothing at "constructor" where a number is wanted'));
  assertEquals(sameAs(named, {}), either.left('a number at "constructor" where nothing is wanted'));
});

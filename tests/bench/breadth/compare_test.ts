import { assert, assertFalse } from "@std/assert";
import { agree } from "../../../bench/breadth/compare.ts";
import { fingerprint } from "../../../bench/breadth/fill.ts";

const values = { kind: "values", tolerance: 1e-4 } as const;

Deno.test("agree() notices another order of the same numbers", () => {
  assert(agree([fingerprint([1, 2, 3])], [fingerprint([1, 2, 3])], values));
  assertFalse(agree([fingerprint([1, 2, 3])], [fingerprint([2, 1, 3])], values));
});

Deno.test("agree() notices a missing result, another number and NaN", () => {
  assertFalse(agree([fingerprint([1])], [], values));
  assertFalse(agree([fingerprint([1])], [fingerprint([1.01])], values));
  assertFalse(agree([fingerprint([NaN])], [fingerprint([NaN])], values));
});

Deno.test("agree() on average takes other random numbers of the same mean and size", () => {
  assert(agree([fingerprint([1, 2, 3])], [fingerprint([2, 1, 3])], { kind: "average", tolerance: 1e-4 }));
});

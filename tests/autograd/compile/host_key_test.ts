import { assertEquals, assertNotEquals } from "@std/assert";
import { hostKey } from "../../../autograd/compile/host_key.ts";
import { PRIMITIVES } from "../../../autograd/ops/primitives.ts";

const [first, second] = PRIMITIVES;

Deno.test("calls of one primitive with equal settings have one key", () => {
  assertEquals(hostKey(first!, { axes: [0, 1] }), hostKey(first!, { axes: [0, 1] }));
  assertNotEquals(hostKey(first!, { axes: [0, 1] }), hostKey(first!, { axes: [1, 0] }));
  assertNotEquals(hostKey(first!, {}), hostKey(second!, {}));
});

Deno.test("settings that JSON writes alike have different keys", () => {
  assertNotEquals(hostKey(first!, { value: 0 }), hostKey(first!, { value: -0 }));
  assertNotEquals(hostKey(first!, { value: NaN }), hostKey(first!, { value: Infinity }));
});

Deno.test("settings that are more than data have no key", () => {
  for (const value of [() => 0, Symbol("s"), 1n]) assertEquals(hostKey(first!, { value }), undefined);
});

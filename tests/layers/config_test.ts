import { assert, assertEquals } from "@std/assert";
import { deepFreeze, frozenCopy } from "../../layers/config.ts";

Deno.test("deepFreeze() freezes arrays and plain records, and no instances of classes", () => {
  const map = new Map(), value = deepFreeze({ list: [{ a: 1 }], map });
  assert(Object.isFrozen(value) && Object.isFrozen(value.list) && Object.isFrozen(value.list[0]));
  assertEquals(Object.isFrozen(map), false);
});

Deno.test("frozenCopy() is independent of the settings that were passed", () => {
  const stride = [1, 2], copy = frozenCopy({ stride });
  stride[0] = 5;
  assertEquals(copy, { stride: [1, 2] });
  assertEquals(Object.isFrozen(stride), false);
});

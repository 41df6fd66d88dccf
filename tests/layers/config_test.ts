import { assert, assertEquals } from "@std/assert";
import { deepFreeze, frozenCopy } from "../../layers/config.ts";
import { conv2dLayer } from "../../layers/conv2d.ts";

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
  const given = { pair: [1, [null, "a"]] as const, at: { [`__${"proto"}__`]: 1 } }, inner = frozenCopy(given);
  assertEquals(inner, given);
  assert(Object.isFrozen(inner.pair[1]) && Object.isFrozen(inner.at) && Object.hasOwn(inner.at, "__proto__"));
});

Deno.test("settings may be proxies, as libraries that observe values pass them", () => {
  const size = new Proxy([3, 3] as [number, number], {}), layer = conv2dLayer(2, 4, size); // a pair
  assertEquals(layer.outputShape([1, 2, 8, 8]), { _tag: "Right", right: [1, 4, 6, 6] });
  assertEquals(frozenCopy(new Proxy({ a: size }, {})), { a: [3, 3] });
});

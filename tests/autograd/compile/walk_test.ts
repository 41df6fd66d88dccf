import { assertEquals, assertThrows } from "@std/assert";
import { checkArray, checkRecord, isRecord, joinPath, refusal } from "../../../autograd/compile/walk.ts";

Deno.test("joinPath() puts a dot between names, except at the root", () => {
  assertEquals([joinPath("", "0"), joinPath("0", "weight")], ["0", "0.weight"]);
});

Deno.test("isRecord() accepts plain records, also without a prototype", () => {
  assertEquals([{}, Object.create(null)].map(isRecord), [true, true]);
  assertEquals([[], new Map(), new Date(), null, 3, "text"].map(isRecord), Array(6).fill(false));
});

Deno.test("checkArray() refuses classes of arrays and further properties", () => {
  checkArray("argument", "0", new Array(3)); // holes are allowed
  class List extends Array {}
  assertThrows(() => checkArray("argument", "0", new List()), TypeError, "a List as argument 0");
  const named = Object.assign([1], { title: "one" });
  assertThrows(() => checkArray("argument", "0", named), TypeError, "an array with the further property title");
});

Deno.test("checkRecord() returns the names of fields, and refuses fields that would be lost", () => {
  assertEquals(checkRecord("argument", "0", { b: 1, a: 2 }), ["b", "a"]);
  const refused: readonly (readonly [unknown, string])[] = [
    [{ [Symbol("s")]: 1 }, "a symbol for its name"],
    [{
      get now() {
        return 1;
      },
    }, "is an accessor"],
    [Object.defineProperty({}, "hidden", { value: 1 }), "is not enumerable"],
    [new Map(), "Object.fromEntries"],
    [new Uint8Array(1), "wrap it with constant"],
  ];
  for (const [value, reason] of refused) assertThrows(() => checkRecord("argument", "0", value), TypeError, reason);
});

Deno.test("refusal() names the place of an argument and of a result", () => {
  assertEquals(
    refusal("argument", "1.x", "a Map", "stop").message.split(":")[0],
    "Cannot call a compiled function with a Map as argument 1.x",
  );
  assertEquals(
    refusal("result", "", "a Map", "stop").message.split(":")[0],
    "Cannot return a Map from a compiled function",
  );
});

import { assertEquals, assertThrows } from "@std/assert";
import { deeper } from "../../../autograd/tree/depth.ts";
import { tree } from "../../../autograd/mod.ts";

Deno.test("deeper() counts up to 1,000, and then names where the tree does not end", () => {
  assertEquals(deeper(0, ""), 1);
  assertThrows(() => deeper(1000, "a.b"), TypeError, 'Cannot walk the tree at "a.b…": it is more than 1000 deep');
});

Deno.test("tree has functions for trees only", () => {
  assertEquals("deeper" in tree, false);
});

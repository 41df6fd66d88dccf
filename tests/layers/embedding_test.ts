import { assertEquals, assertThrows } from "@std/assert";
import { constant, key, toArray } from "../../autograd/mod.ts";
import { embedding, forward } from "../../layers/mod.ts";

Deno.test("embedding() adds an axis of features to any shape of numbers", () => {
  const layer = embedding(3, 2), variables = layer.init(key(0)), rows = toArray(variables.params.weight) as number[][];
  assertEquals(toArray(forward(layer, variables, constant([[2, 0]]))), [[rows[2]!, rows[0]!]]);
  assertEquals(layer.outputShape([4, 5]), { _tag: "Right", right: [4, 5, 2] });
});

Deno.test("embedding() does not count negative numbers from the end", () => {
  const layer = embedding(3, 2);
  assertThrows(() => forward(layer, layer.init(key(0)), constant([-1])), RangeError, "index -1 at position 0");
});

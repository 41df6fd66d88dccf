import { assertEquals, assertThrows } from "@std/assert";
import { key, ShapeError, toArray, zeros } from "../../autograd/mod.ts";
import { forward, positionEmbedding } from "../../layers/mod.ts";

Deno.test("positionEmbedding() adds the first vectors to a shorter sequence", () => {
  const layer = positionEmbedding(3, 2), variables = layer.init(key(0));
  const rows = toArray(variables.params.weight) as number[][];
  assertEquals(toArray(forward(layer, variables, zeros([2, 2]))), rows.slice(0, 2));
});

Deno.test("positionEmbedding() refuses longer sequences", () => {
  const layer = positionEmbedding(3, 2);
  assertThrows(() => forward(layer, layer.init(key(0)), zeros([4, 2])), ShapeError, "a length of at most 3");
});

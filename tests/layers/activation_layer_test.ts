import { assertEquals, assertThrows } from "@std/assert";
import { key, tensor64, toList } from "../../autograd/mod.ts";
import { activationLayer, activations, forward } from "../../layers/mod.ts";

Deno.test("activationLayer() applies its activation, and is named after it", () => {
  const layer = activationLayer(activations.relu);
  assertEquals(toList(forward(layer, layer.init(key(0)), tensor64([-1, 2]))), [0, 2]);
  assertEquals([layer.name, activationLayer(activations.relu, { name: "First" }).name], ["ReLU", "First"]);
});

Deno.test("activationLayer() refuses values that are not activations", () => {
  assertThrows(() => activationLayer("relu" as never), TypeError, "Cannot build an activation layer");
});

import { assertEquals } from "@std/assert";
import { activations } from "../../layers/mod.ts";
import { activationLayer, conv2dLayer, denseLayer, flattenLayer, residual, sequential } from "../../layers/mod.ts";
import { knownInput, knownOutput } from "../../layers/known_shape.ts";

Deno.test("knownInput() tells channels from the length of the last axis", () => {
  assertEquals(knownInput(denseLayer(784, 10)), "[..., 784]");
  assertEquals(knownInput(conv2dLayer(3, 8, 3)), "[3, ...]");
  assertEquals(knownInput(activationLayer(activations.relu)), "[...]");
  assertEquals(knownInput(sequential([activationLayer(activations.relu), conv2dLayer(3, 8, 3)])), "[3, ...]");
});

Deno.test("knownOutput() keeps what is known until a layer reshapes", () => {
  assertEquals(knownOutput(activationLayer(activations.relu), "[3, ...]"), "[3, ...]");
  assertEquals(knownOutput(flattenLayer(), "[3, ...]"), "[...]");
  assertEquals(knownOutput(residual(denseLayer(4, 4)), "[...]"), "[..., 4]");
  assertEquals(
    knownOutput(sequential([conv2dLayer(3, 8, 3), flattenLayer(), denseLayer(8, 5)]), "[3, ...]"),
    "[..., 5]",
  );
});

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { scale, sum, toNumber } from "../../autograd/mod.ts";
import { activations } from "../../layers/activation.ts";
import { conv2dLayer } from "../../layers/conv2d.ts";
import { denseLayer } from "../../layers/dense.ts";
import { lambda } from "../../layers/lambda.ts";
import { layerCost } from "../../layers/layer_cost.ts";
import { sequential } from "../../layers/sequential.ts";
import { summary } from "../../layers/summary.ts";
import { LAYERS } from "./all_layers.ts";

Deno.test("layerCost() counts a product twice m n k, the bias and the activation, and each byte once", () => {
  const layer = denseLayer(784, 128, { activation: activations.relu });
  assertEquals(layerCost(layer, [784]), { flops: (2 * 784 + 2) * 128, bytes: 4 * (784 * 128 + 128 + 784 + 128) });
  assertEquals(layerCost(layer, [10, 784]).flops, 10 * (2 * 784 + 2) * 128);
  const image = conv2dLayer(3, 8, 5, { padding: 2, dtype: "float64" });
  assertEquals(layerCost(image, [3, 16, 16]), {
    flops: (2 * 3 * 5 * 5 + 1) * 8 * 16 * 16,
    bytes: 8 * (3 * 8 * 25 + 8 + 3 * 256 + 8 * 256),
  });
});

Deno.test("layerCost() knows what every layer of the library costs, and that a model costs what its layers do", () => {
  for (const { layer, takes } of LAYERS) {
    const { flops, bytes } = layerCost(layer, takes[0]![0]!);
    assertEquals([typeof flops, typeof bytes], ["number", "number"], layer.name);
  }
  const parts = [denseLayer(6, 5, { activation: activations.tanh }), denseLayer(5, 4)] as const;
  const [first, second] = [layerCost(parts[0], [6]), layerCost(parts[1], [5])];
  assertEquals(layerCost(sequential(parts), [6]).flops, first.flops! + second.flops!);
});

Deno.test("layerCost() does not know what a function that reads values costs", () => {
  const reading = lambda((x) => scale(x, toNumber(sum(x))));
  assertEquals(layerCost(reading, [4]), { flops: undefined, bytes: undefined });
  assertStringIncludes(summary(reading, [4], { costs: true }), "Lambda  [4]                    0  unknown  unknown");
});

Deno.test("summary() adds flops and bytes if asked to, and needs the shape of an input for them", () => {
  assertEquals(
    summary(sequential([denseLayer(3, 2), denseLayer(2, 1, { name: "Out" })], { name: "Small" }), [3], { costs: true }),
    [
      "Small, input [3]",
      "---------------------------------------------",
      "layer  output shape  parameters  flops  bytes",
      "---------------------------------------------",
      "Dense  [2]                    8     14     52",
      "Out    [1]                    3      5     24",
      "---------------------------------------------",
      "total parameters: 11",
      "total flops: 19",
      "total bytes: 60 (variables, input and output)",
    ].join("\n"),
  );
  assertThrows(
    () => summary(conv2dLayer(3, 8, 3), undefined, { costs: true }),
    TypeError,
    "Cannot summarize the costs of Conv2D for inputs of any shape: the shape must be known; pass that of one example",
  );
  assertThrows(() => summary(denseLayer(1, 1), [1], { cost: true } as never), TypeError, "write costs");
});

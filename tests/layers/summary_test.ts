import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { ShapeError } from "../../blas/errors.ts";
import { activations } from "../../layers/activation.ts";
import { batchNorm2d } from "../../layers/batch_norm.ts";
import { conv2dLayer } from "../../layers/conv2d.ts";
import { denseLayer } from "../../layers/dense.ts";
import { residual } from "../../layers/residual.ts";
import { sequential } from "../../layers/sequential.ts";
import { dropout } from "../../layers/dropout.ts";
import { multiHeadAttention } from "../../layers/multi_head_attention.ts";
import { flattenLayer } from "../../layers/flatten.ts";
import { globalAvgPool2dLayer, maxPool2dLayer } from "../../layers/pooling.ts";
import { LAYERS } from "./all_layers.ts";
import { formatLayer, summary } from "../../layers/summary.ts";

const classifier = sequential([
  denseLayer(784, 128, { activation: activations.relu }),
  denseLayer(128, 64, { activation: activations.relu }),
  denseLayer(64, 10, { name: "Output" }),
], { name: "Classifier" });

Deno.test("summary() is a table of layers, output shapes and parameters", () => {
  assertEquals(
    summary(classifier),
    [
      "Classifier, input [784]",
      "--------------------------------------",
      "layer         output shape  parameters",
      "--------------------------------------",
      "Dense (ReLU)  [128]            100,480",
      "Dense (ReLU)  [64]               8,256",
      "Output        [10]                 650",
      "--------------------------------------",
      "total parameters: 109,386",
    ].join("\n"),
  );
});

Deno.test("summary() counts 101,770 parameters of 784-128-10, as the original's manual says", () => {
  assertStringIncludes(summary(sequential([denseLayer(784, 128), denseLayer(128, 10)])), "total parameters: 101,770");
});

Deno.test("summary() follows the input shape it is given, and describes a single layer", () => {
  assertStringIncludes(summary(classifier, [32, 784]), "[32, 10]");
  assertStringIncludes(summary(denseLayer(2, 3)), "Dense  [3]                    9");
});

Deno.test("summary() refuses an input that the model cannot take, and names the layer", () => {
  assertThrows(
    () => summary(classifier, [783]),
    ShapeError,
    'Cannot apply Dense at "0" to x [783]: the last axis of x must be 784',
  );
});

const nested = sequential([
  conv2dLayer(3, 4, 3, { padding: 1, bias: false }),
  residual(sequential([conv2dLayer(4, 8, 3, { stride: 2, padding: 1 }), batchNorm2d(8)], { name: "Block" }), {
    shortcut: conv2dLayer(4, 8, 1, { stride: 2, name: "Shortcut" }),
    activation: activations.relu,
  }),
  globalAvgPool2dLayer(),
  denseLayer(8, 10),
], { name: "Net" });

// 4*3*9 = 108; 8*4*9 + 8 = 296; 2*8 = 16; 8*4 + 8 = 40; 8*10 + 10 = 90; the state is mean and variance of 8 channels.
Deno.test("summary() indents the layers inside, and counts params and state", () => {
  assertEquals(
    summary(nested, [3, 8, 8]),
    [
      "Net, input [3, 8, 8]",
      "-----------------------------------------",
      "layer            output shape  parameters",
      "-----------------------------------------",
      "Conv2D           [4, 8, 8]            108",
      "Residual (ReLU)  [8, 4, 4]            352",
      "  Block          [8, 4, 4]            312",
      "    Conv2D       [8, 4, 4]            296",
      "    BatchNorm2d  [8, 4, 4]             16",
      "  Shortcut       [8, 4, 4]             40",
      "GlobalAvgPool2d  [8]                    0",
      "Dense            [10]                  90",
      "-----------------------------------------",
      "total parameters: 550",
      "state: 16",
    ].join("\n"),
  );
  assertThrows(() => summary(nested, [4, 8, 8]), ShapeError, 'Cannot apply Conv2D at "0" to input [4, 8, 8]');
});

Deno.test("summary() without an input shape shows what is known about a model that takes images", () => {
  const model = sequential([
    conv2dLayer(1, 8, 3),
    batchNorm2d(8),
    maxPool2dLayer(2),
    residual(conv2dLayer(8, 8, 3, { padding: 1 }), { activation: activations.relu }),
    sequential([conv2dLayer(8, 16, 3), globalAvgPool2dLayer()], { name: "Block" }),
    flattenLayer({ axes: 1 }),
    dropout(0.5),
    denseLayer(16, 10),
  ], { name: "Net" });
  assertEquals(
    summary(model),
    [
      "Net, input [1, ...]",
      "-------------------------------------------",
      "layer              output shape  parameters",
      "-------------------------------------------",
      "Conv2D             [8, ...]              80",
      "BatchNorm2d        [8, ...]              16",
      "MaxPool2d          [8, ...]               0",
      "Residual (ReLU)    [8, ...]             584",
      "  Conv2D           [8, ...]             584",
      "Block              [16, ...]          1,168",
      "  Conv2D           [16, ...]          1,168",
      "  GlobalAvgPool2d  [16, ...]              0",
      "Flatten            [...]                  0",
      "Dropout            [...]                  0",
      "Dense              [..., 10]            170",
      "-------------------------------------------",
      "total parameters: 2,018",
      "state: 16",
    ].join("\n"),
  );
});

Deno.test("summary() without an input shape describes every layer, and models that begin with it", () => {
  for (const { layer } of LAYERS) {
    for (const model of [layer, sequential([layer]), sequential([sequential([layer])])]) {
      assertStringIncludes(summary(model), "total parameters: ");
    }
  }
  assertStringIncludes(summary(batchNorm2d(3)), "BatchNorm2d, input [3, ...]");
  assertStringIncludes(summary(multiHeadAttention(4, 2)), "MultiHeadAttention, input [..., 4]");
  assertStringIncludes(summary(multiHeadAttention(4, 2)), "MultiHeadAttention  [..., 4]");
  assertStringIncludes(summary(sequential([flattenLayer(), denseLayer(6, 2)])), "Sequential, input [...]");
  assertStringIncludes(summary(sequential([dropout(0.5), conv2dLayer(3, 4, 1)])), "Sequential, input [3, ...]");
});

Deno.test("summary() of a network of 10^12 parameters allocates nothing", () => {
  assertStringIncludes(summary(denseLayer(1e6, 1e6, { bias: false })), "1,000,000,000,000");
});

Deno.test("formatLayer() writes a line for each layer, indented", () => {
  assertEquals(
    formatLayer(nested, 2),
    [
      "  Net: 3 -> 10",
      "    Conv2D: 3 -> 4",
      "    Residual (ReLU): 4 -> 8",
      "      Block: 4 -> 8",
      "        Conv2D: 4 -> 8",
      "        BatchNorm2d: 8 -> 8",
      "      Shortcut: 4 -> 8",
      "    GlobalAvgPool2d",
      "    Dense: 8 -> 10",
    ].join("\n"),
  );
});

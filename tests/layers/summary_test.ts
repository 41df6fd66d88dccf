import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { ShapeError } from "../../blas/errors.ts";
import { activations } from "../../layers/activation.ts";
import { denseLayer } from "../../layers/dense.ts";
import { sequential } from "../../layers/sequential.ts";
import { summary } from "../../layers/summary.ts";

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
    "Cannot apply Dense to x [783]: the last axis of x must be 784",
  );
});

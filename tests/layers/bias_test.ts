import { assertEquals } from "@std/assert";
import type { Tensor } from "../../autograd/mod.ts";
import { zeros } from "../../autograd/mod.ts";
import type { Bias } from "../../layers/bias.ts";

Deno.test("a bias is required, absent or optional, as its type says", () => {
  const bias = zeros([1]);
  const required: Bias<"float32", true> = { bias }, optional: Bias<"float32", boolean> = {};
  // @ts-expect-error: a layer with a bias has one
  const missing: Bias<"float32", true> = {};
  const found: Tensor<"float32"> | undefined = optional.bias;
  assertEquals([required.bias, found, missing.bias], [bias, undefined, undefined]);
});

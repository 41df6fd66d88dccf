import { assertEquals, assertThrows } from "@std/assert";
import { gradient, ShapeError, type Tensor, tensor64, toList, toNumber } from "../../../autograd/mod.ts";
import { checkReduction, checkSameShape, reduceLoss, weightedMean } from "../../../autograd/ops/loss.ts";

const losses = tensor64([1, 2, 6]);

Deno.test("reduceLoss() averages, adds up, or keeps the losses", () => {
  assertEquals(toNumber(reduceLoss(losses, "mean")), 3);
  assertEquals(toNumber(reduceLoss(losses, "sum")), 9);
  assertEquals(toList(reduceLoss(losses, "none")), [1, 2, 6]);
});

Deno.test("weightedMean() divides by the weights, and is NaN with gradient 0 if they add up to 0", () => {
  assertEquals(toNumber(weightedMean(losses, tensor64([1, 1, 1]))), 3);
  const none = tensor64([0, 0, 0]);
  assertEquals(toNumber(weightedMean(none, none)), NaN);
  assertEquals(toList(gradient((x: Tensor<"float64">) => weightedMean(x, none))(none)), [0, 0, 0]);
});

Deno.test("losses refuse unknown reductions and different shapes", () => {
  assertThrows(() => checkReduction("mseLoss", "max" as never), RangeError, 'with reduction "max"');
  assertThrows(() => checkSameShape("mseLoss", losses, tensor64([1])), ShapeError, "must have one shape");
  checkSameShape("mseLoss", losses, losses);
});

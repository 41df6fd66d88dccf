import { assertEquals } from "@std/assert";
import { gradient, greater, log, sqrt, sum, type Tensor, tensor64, toList, where } from "../../../autograd/mod.ts";

const slopes = (f: (x: Tensor) => Tensor, xs: readonly number[]): number[] =>
  toList(gradient((x: Tensor) => sum(f(x)))(tensor64(xs)));

Deno.test("where() keeps the operand it does not choose out of the gradient, even if its cotangent is NaN", () => {
  // The root of what was replaced by 0 has an infinite slope, and log(-1) times 0 is NaN on the way back.
  const chosenFirst = (x: Tensor) => where(greater(x, 1), log(where(greater(x, 1), x, 0)), 0);
  assertEquals(slopes(chosenFirst, [2, -1]).map((slope) => slope + 0), [0.5, 0]);
  const unused = (x: Tensor) => where(greater(x, 1), x, sqrt(where(greater(x, 1), -1, x)));
  assertEquals(slopes(unused, [2, 0.25]), [1, 1]);
});

import { assertEquals } from "@std/assert";
import {
  clamp,
  gradient,
  greater,
  log,
  sqrt,
  sum,
  type Tensor,
  tensor64,
  toList,
  where,
} from "../../../autograd/mod.ts";

const slopes = (f: (x: Tensor) => Tensor, xs: readonly number[]): number[] =>
  toList(gradient((x: Tensor) => sum(f(x)))(tensor64(xs)));

Deno.test("where() keeps the operand it does not choose out of the gradient, even if its cotangent is NaN", () => {
  // The root of what was replaced by 0 has an infinite slope, and log(-1) times 0 is NaN on the way back.
  const chosenFirst = (x: Tensor) => where(greater(x, 1), log(where(greater(x, 1), x, 0)), 0);
  assertEquals(slopes(chosenFirst, [2, -1]).map((slope) => slope + 0), [0.5, 0]);
  const unused = (x: Tensor) => where(greater(x, 1), x, sqrt(where(greater(x, 1), -1, x)));
  assertEquals(slopes(unused, [2, 0.25]), [1, 1]);
});

Deno.test("clamp() with crossed bounds gives the upper one, which then has the whole slope", () => {
  const slopes = gradient((p: Record<"x" | "low" | "high", Tensor>) => sum(clamp(p.x, p.low, p.high)));
  const at = (x: number, low: number, high: number) => {
    const found = slopes({ x: tensor64(x), low: tensor64(low), high: tensor64(high) });
    return [found.x, found.low, found.high].map((t) => toList(t)[0]);
  };
  assertEquals([at(0, 3, 1), at(2, 3, 1), at(0, 1, 3), at(2, 1, 3), at(4, 1, 3)], [
    [0, 0, 1],
    [0, 0, 1],
    [0, 1, 0],
    [1, 0, 0],
    [0, 0, 1],
  ]);
});

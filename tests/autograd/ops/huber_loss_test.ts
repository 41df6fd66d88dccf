import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  gradient,
  huberLoss,
  l1Loss,
  ShapeError,
  smoothL1Loss,
  type Tensor,
  tensor64,
  toList,
  toNumber,
  zeros,
} from "../../../autograd/mod.ts";

const zero = tensor64([0]), slopeAt = (f: (x: Tensor) => Tensor, x: number) => toList(gradient(f)(tensor64([x])))[0]!;

Deno.test("the slope of huberLoss() is the distance, clipped to delta", () => {
  const number = fc.double({ min: -10, max: 10, noNaN: true }),
    positive = fc.double({ min: 0.01, max: 9, noNaN: true });
  fc.assert(fc.property(number, positive, (x, delta) => {
    const slope = slopeAt((t) => huberLoss(t, zero, { delta }), x);
    assertAlmostEquals(slope, Math.min(Math.max(x, -delta), delta), 1e-12);
  }));
});

Deno.test("smoothL1Loss() is huberLoss() over beta, and with beta 0 it is l1Loss()", () => {
  const x = tensor64([-3, -0.5, 0, 0.2, 4]), y = tensor64([0, 0, 0, 1, 1]);
  for (const reduction of ["mean", "sum", "none"] as const) {
    const smooth = toList(smoothL1Loss(x, y, { beta: 0.5, reduction }));
    const huber = toList(huberLoss(x, y, { delta: 0.5, reduction }));
    smooth.forEach((loss, i) => assertAlmostEquals(loss, huber[i]! / 0.5, 1e-15));
    assertEquals(toList(smoothL1Loss(x, y, { beta: 0, reduction })), toList(l1Loss(x, y, { reduction })));
  }
  assertEquals(toNumber(l1Loss(x, y)), (3 + 0.5 + 0 + 0.8 + 3) / 5);
});

Deno.test("the slope of l1Loss() is 0 where prediction and target are equal", () => {
  assertEquals([-2, 0, 2].map((x) => slopeAt((t) => l1Loss(t, zero), x)), [-1, 0, 1]);
});

Deno.test("these losses refuse unknown settings, and shapes that differ", () => {
  const x = zeros([2]);
  for (const delta of [0, -1, NaN, Infinity]) {
    assertThrows(
      () => huberLoss(x, x, { delta }),
      RangeError,
      `Cannot apply huberLoss with delta ${delta}: it must be a finite number above 0; 1 is usual`,
    );
  }
  assertThrows(() => smoothL1Loss(x, x, { beta: -1 }), RangeError, "a finite number of 0 or more");
  for (const loss of [l1Loss, huberLoss, smoothL1Loss]) {
    assertThrows(() => loss(x, zeros([2, 1])), ShapeError, `Cannot apply ${loss.name} to pred [2] and target [2, 1]`);
    assertThrows(
      () => loss(x, x, { reduction: "max" as "sum" }),
      RangeError,
      `Cannot apply ${loss.name} with reduction`,
    );
  }
});

Deno.test("smoothL1Loss() with a beta whose reciprocal is infinite is l1Loss()", () => {
  // PyTorch: F.smooth_l1_loss(torch.tensor([-3., 2.]), torch.zeros(2), beta=1e-310) is 2.5.
  const x = tensor64([-3, 2]), zeroes = zeros([2], { dtype: "float64" });
  assertEquals(toNumber(smoothL1Loss(x, zeroes, { beta: 1e-310 })), 2.5);
  assertEquals(slopeAt((t) => smoothL1Loss(t, zero, { beta: 1e-310 }), -3), -1);
});

import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  add,
  groupNorm,
  instanceNorm,
  key,
  layerNorm,
  mean,
  randomNormal,
  rmsNorm,
  scale,
  ShapeError,
  type Tensor,
  tensor64,
  toList,
  variance,
  zeros,
} from "../../../autograd/mod.ts";

const x = randomNormal(key(0), [2, 4, 3], { dtype: "float64" });

function assertClose(a: Tensor, b: Tensor, tolerance = 1e-12): void {
  assertEquals(a.shape, b.shape);
  toList(a).forEach((value, i) => assertAlmostEquals(value, toList(b)[i]!, tolerance));
}

// python3 -c "import math; x=[1.,2.,4.]; m=sum(x)/3; v=sum((a-m)**2 for a in x)/3; print([(a-m)/math.sqrt(v+1e-5) for a in x])"
//   ->  [-1.0690415314502977, -0.26726038286257453, 1.3363019143128718]
// python3 -c "import math; x=[1.,2.,4.]; v=sum(a*a for a in x)/3; print([a/math.sqrt(v+1e-5) for a in x])"
//   ->  [0.3779642030348929, 0.7559284060697858, 1.5118568121395717]
Deno.test("layerNorm() and rmsNorm() are their formulas", () => {
  const vector = tensor64([1, 2, 4]);
  assertClose(
    layerNorm(vector, null, null),
    tensor64([-1.0690415314502977, -0.26726038286257453, 1.3363019143128718]),
    1e-14,
  );
  assertClose(rmsNorm(vector, null), tensor64([0.3779642030348929, 0.7559284060697858, 1.5118568121395717]), 1e-14);
});

Deno.test("normalized elements have mean 0 and variance 1, whatever the input", () => {
  const number = fc.double({ min: -50, max: 50, noNaN: true }), factor = fc.double({ min: 0.5, max: 50, noNaN: true });
  fc.assert(fc.property(number, factor, (shift, stretch) => {
    const y = layerNorm(add(scale(x, stretch), shift), null, null, { epsilon: 0 });
    assertClose(mean(y, { axes: -1 }), zeros([2, 4], { dtype: "float64" }), 1e-9);
    toList(variance(y, { axes: -1 })).forEach((v) => assertAlmostEquals(v, 1, 1e-9));
    assertClose(y, layerNorm(x, null, null, { epsilon: 0 }), 1e-9);
  }));
});

Deno.test("groupNorm() with one group is layerNorm() of all channels, with as many as channels instanceNorm()", () => {
  assertClose(groupNorm(x, 1, null, null), layerNorm(x, null, null, { normalizedShape: [4, 3] }));
  assertClose(groupNorm(x, 4, null, null), instanceNorm(x, null, null));
  assertClose(instanceNorm(x, null, null), layerNorm(x, null, null));
});

Deno.test("scales and shifts belong to features in layerNorm(), to channels in groupNorm()", () => {
  const perChannel = tensor64([1, 2, 3, 4]), plain = groupNorm(x, 2, null, null);
  const expected = toList(plain).map((value, i) => value * (Math.floor(i / 3) % 4 + 1) + Math.floor(i / 3) % 4 + 1);
  assertClose(groupNorm(x, 2, perChannel, perChannel), tensor64(expected, [2, 4, 3]));
  const all = toList(layerNorm(x, null, null)).map((value, i) => value * [5, 6, 7][i % 3]!);
  assertClose(layerNorm(x, tensor64([5, 6, 7]), null), tensor64(all, [2, 4, 3]));
});

Deno.test("normalizations keep their digits far from 0", () => {
  assertClose(layerNorm(add(x, 1e7), null, null), layerNorm(x, null, null), 1e-7);
});

Deno.test("normalizations say what shape a weight must have, and what x", () => {
  assertThrows(
    () => rmsNorm(zeros([2, 3]), zeros([2])),
    ShapeError,
    "Cannot apply rmsNorm to x [2, 3] and weight [2]: weight must have shape [3], one for each feature; pass null to do " +
      "without it",
  );
  assertThrows(() => layerNorm(zeros([2, 3]), zeros([3]), zeros([2, 3])), ShapeError, "bias must have shape [3]");
  assertThrows(
    () => layerNorm(zeros([2, 3]), zeros([2]), null),
    ShapeError,
    "x must end with the axes of normalizedShape",
  );
  assertThrows(() => layerNorm(zeros([2, 3]), zeros([]), null), ShapeError, "at least one");
  assertThrows(() => layerNorm(zeros([3]), null, null, { normalizedShape: [2, 3] }), ShapeError, "x must end with");
  assertThrows(() => rmsNorm(zeros([]), null), ShapeError, "x must have 1 axes at least, [..., features]");
  assertThrows(
    () => groupNorm(zeros([2, 4]), 2, zeros([2]), null),
    ShapeError,
    "weight must have shape [4], one for each",
  );
  assertThrows(() => instanceNorm(zeros([2, 4]), null, null), ShapeError, "x must have 3 axes at least");
  for (const groups of [0, 3, -2, 1.5, NaN]) {
    assertThrows(
      () => groupNorm(zeros([2, 4]), groups, null, null),
      ShapeError,
      "that divides the 4 channels (axis 1)",
    );
  }
  for (const epsilon of [-1, NaN, Infinity]) {
    assertThrows(
      () => layerNorm(x, null, null, { epsilon }),
      RangeError,
      `Cannot apply layerNorm with epsilon ${epsilon}: it must be a finite number of 0 or more; 1e-5 is usual`,
    );
  }
});

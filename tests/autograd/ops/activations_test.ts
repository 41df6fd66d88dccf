import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { backward } from "../../../autograd/backward.ts";
import { constant, tensor64 } from "../../../autograd/values/constructors.ts";
import { elu, gelu, hardSigmoid, hardSwish, selu, softsign } from "../../../autograd/ops/activations.ts";
import { sum } from "../../../autograd/ops/sum.ts";
import { toList, toNumber } from "../../../autograd/values/read.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { gradient } from "../../../autograd/transforms/gradient.ts";
import { engines, setEngine } from "../../../blas/engines.ts";

type T = Tensor<"float64">;
const slopes = (f: (x: T) => T, ...at: number[]): number[] => {
  const x = tensor64(at);
  return toList(backward(f(x)).get(x)!);
};

Deno.test("gelu() is x times the normal distribution's mass below x, exactly or by the tanh approximation", () => {
  // python3 -c "from math import *; x = 1.5; print(x * (1 + erf(x / sqrt(2))) / 2)"  ->  1.399789198096713
  assertAlmostEquals(toNumber(gelu(tensor64(1.5), { approximate: "none" })), 1.399789198096713, 1e-14);
  // python3 -c "from math import *; x = 1.5; print(.5*x*(1+tanh(sqrt(2/pi)*(x+.044715*x**3))))"  ->  1.3995715769802328
  assertAlmostEquals(toNumber(gelu(tensor64(1.5))), 1.3995715769802328, 1e-14);
  fc.assert(fc.property(fc.double({ min: -8, max: 8, noNaN: true }), (v) => {
    const exact = toNumber(gelu(tensor64(v), { approximate: "none" }));
    assertAlmostEquals(toNumber(gelu(tensor64(v))), exact, 5e-4);
  }));
  assertEquals(toList(gelu(tensor64([-100, 0, 100]))).map((x) => x + 0), [0, 0, 100]);
  assertThrows(
    () => gelu(tensor64(1), { approximate: "erf" as "none" }),
    RangeError,
    'Cannot apply gelu with approximate "erf": it must be "tanh" or "none"; pass one',
  );
});

Deno.test("elu() and selu() bend at 0 and neither overflow nor underflow into NaN", () => {
  assertEquals(toList(elu(tensor64([-1e4, 0, 1e4]))), [-1, 0, 1e4]);
  assertEquals(toList(elu(tensor64([-1e4]), { alpha: 3 })), [-3]);
  assertEquals(slopes((x) => elu(x, { alpha: 3 }), -1e4, 0, 1, 1e4), [0, 3, 1, 1]);
  assertAlmostEquals(toNumber(selu(tensor64(1))), 1.0507009873554805, 1e-15);
  assertAlmostEquals(toNumber(selu(tensor64(-1e4))), -1.7580993408473766, 1e-14);
  assertEquals(slopes(selu, -1e4, 1e4).map((x) => x === 0 || x > 1), [true, true]);
});

Deno.test("hardSigmoid() and hardSwish() are 0 up to -3 and straight from 3 on", () => {
  assertEquals(toList(hardSigmoid(tensor64([-9, -3, 0, 3, 9]))), [0, 0, 0.5, 1, 1]);
  assertEquals(slopes(hardSigmoid, -9, -3, 0, 3, 9), [0, 0, 1 / 6, 0, 0]);
  assertEquals(toList(hardSwish(tensor64([-9, -3, 0, 3, 9]))).map((x) => x + 0), [0, 0, 0, 3, 9]);
  assertEquals(slopes(hardSwish, -9, 0, 9), [0, 0.5, 1]);
});

Deno.test("softsign() is odd, below 1 and steepest at 0", () => {
  assertEquals(toList(softsign(tensor64([-1, 0, 3]))), [-0.5, 0, 0.75]);
  assertEquals(slopes(softsign, -1, 0, 1), [0.25, 1, 0.25]);
});

Deno.test("gelu() far to the left keeps its digits on every engine, value and slope", () => {
  // python3 -c "from mpmath import *; mp.dps = 50; f = lambda x: x/(1+exp(-2*sqrt(2/pi)*(x+mpf('0.044715')*x**3)));
  //   print([(nstr(f(mpf(x)), 17), nstr(diff(f, x), 17)) for x in (-20, -12, -8, -6, -4, 1)])"
  // PyTorch 1.13, F.gelu(x, approximate="tanh") in float64: -0 up to -8, -8.43964897967453e-11 at -6, then the same digits.
  const at = [-20, -12, -8, -6, -4, 1];
  const values = [
    -3.3754509563109673e-261,
    -1.6359854493534811e-61,
    -3.1077829375011112e-21,
    -8.4396467007622971e-11,
    -7.024594819237269e-5,
    0.8411919906082767,
  ];
  const wanted = [
    -2.9424328724945029e-259,
    -5.2904033525225585e-60,
    -4.7147845041068416e-20,
    -7.7099739309536955e-10,
    -0.00033512319712267076,
    1.0829640838457826,
  ];
  for (const engine of [engines.reference, engines.simd]) {
    const previous = setEngine(engine);
    try {
      toList(gelu(tensor64(at))).forEach((y, i) => assertAlmostEquals(y / values[i]!, 1, 1e-12));
      slopes((x) => gelu(x), ...at).forEach((slope, i) => assertAlmostEquals(slope / wanted[i]!, 1, 1e-12));
      const second = gradient((x: T) => sum(gradient((y: T) => sum(gelu(y)))(x)))(tensor64([-1000, -40, 40, 1000]));
      assertEquals(toList(second).map((x) => x + 0), [0, 0, 0, 0]);
    } finally {
      setEngine(previous);
    }
  }
});

Deno.test("gelu() has the slopes 0 and 1 of large numbers, and no curvature, though their cubes are infinite", () => {
  for (const dtype of ["float32", "float64"] as const) {
    for (const size of dtype === "float32" ? [100, 1e16, 3e38] : [100, 1e110, 1e300]) {
      const x = constant([-size, size], { dtype }), slope = gradient((t: Tensor) => sum(gelu(t)));
      assertEquals(toList(slope(x)).map((g) => g + 0), [0, 1]);
      assertEquals(toList(gradient((t: Tensor) => sum(slope(t)))(x)).map((g) => g + 0), [0, 0]);
    }
  }
});

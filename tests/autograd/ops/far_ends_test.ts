/**
 * Numbers between two ends whose distance overflows: the ends stay exact, and all numbers are finite.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import * as ng from "../../../autograd/mod.ts";
import { cosineAnnealing, cosineRestarts } from "../../../optim/schedules/schedule.ts";
import { pngOf } from "../../../optim/watch/png.ts";

const FAR = { float64: 2 ** 1023, float32: 2 ** 127 } as const;

for (const dtype of ["float64", "float32"] as const) {
  const far = FAR[dtype], half = far / 2, make = (data: readonly number[]) => ng.constant(data, { dtype });

  Deno.test(`linspace() and arange() between far ends in ${dtype} have exact ends and finite numbers`, () => {
    assertEquals(ng.toList(ng.linspace(-far, far, 5, { dtype })), [-far, -half, 0, half, far]);
    assertEquals(ng.toList(ng.linspace(far, -far, 4, { dtype, endpoint: false })), [far, half, 0, -half]);
    assertEquals(ng.toList(ng.arange(-far, far, half, { dtype })), [-far, -half, 0, half]);
  });

  Deno.test(`lerp() and quantile() between far ends in ${dtype} have exact ends and finite numbers, plain and compiled`, () => {
    const [a, b, weight] = [
      make(Array(5).fill(-far)),
      make(Array(5).fill(far)),
      make([0, 0.25, 0.5, 0.75, 1]),
    ] as const;
    for (const f of [ng.lerp<typeof dtype>, ng.compile(ng.lerp<typeof dtype>)]) {
      assertEquals(ng.toList(f(a, b, weight)), [-far, -half, 0, half, far]);
    }
    assertEquals(ng.toList(ng.quantile(make([far, -far]), [0, 0.25, 0.5, 1])), [-far, -half, 0, far]);
  });

  Deno.test(`histogram() counts between far ends in ${dtype}`, () => {
    const x = make([-far, -1, 0, half, far]);
    for (const bounds of [{}, { min: -far, max: far }]) {
      const { counts, edges } = ng.histogram(x, { bins: 4, ...bounds });
      assertEquals([counts, edges].map(ng.toList), [[1, 1, 1, 2], [-far, -half, 0, half, far]]);
    }
  });

  Deno.test(`resize() between far neighbours in ${dtype} is finite`, () => {
    const image = ng.reshape(make([-far, far]), [1, 2]);
    assertEquals(ng.toList(ng.resize(image, [1, 3], { alignCorners: true })), [-far, 0, far]);
  });

  // PyTorch 1.13: F.interpolate(tensor([[1., inf]]), (1, 4), mode="bilinear") is [1, inf, inf, inf] but for its own NaN at the end.
  Deno.test(`between a finite ${dtype} number and an infinite one lies that infinity, plain and compiled`, () => {
    const inf = Infinity, ends = [[1, inf], [inf, 1], [-inf, 3], [inf, inf], [-inf, -inf]];
    const [a, b] = [0, 1].map((k) => make(ends.map((pair) => pair[k]!))), wanted = [inf, inf, -inf, inf, -inf];
    for (const weight of [0.25, 0.5, 0.75]) {
      for (const f of [ng.lerp<typeof dtype>, ng.compile(ng.lerp<typeof dtype>)]) {
        assertEquals(ng.toList(f(a!, b!, weight)), wanted);
      }
    }
    assertEquals(ng.toList(ng.lerp(make([inf, NaN, 1]), make([-inf, 1, NaN]), 0.5)), [NaN, NaN, NaN]);
    const wide = ng.resize(ng.reshape(make([inf, 1, 2]), [1, 3]), [1, 6]);
    assertEquals(ng.toList(wide), [inf, inf, inf, 1.25, 1.75, 2]);
  });

  Deno.test(`the uniform distribution between far ends in ${dtype} draws finite numbers, and has a density`, () => {
    const low = make([-far]), high = make([far]), width = Math.log(far) + Math.LN2;
    const drawn = ng.toList(ng.uniformSample(ng.key(0), low, high, [100]));
    assert(drawn.every((x) => Math.abs(x) <= far) && drawn.some((x) => x < -half) && drawn.some((x) => x > half));
    const close = (t: ng.Tensor, wanted: number) => assertAlmostEquals(ng.toNumber(ng.sum(t)), wanted, 1e-4);
    close(ng.uniformEntropy(low, high), width);
    close(ng.uniformLogProb(make([0]), low, high), -width);
  });
}

Deno.test("schedules and pictures do not overflow between far ends", () => {
  const far = FAR.float64;
  assertEquals([0, 2, 4].map(cosineAnnealing({ initial: far, steps: 4 })), [far, far / 2, 0]);
  assertEquals(cosineRestarts({ initial: far, steps: 4 })(0), far);
  const shades = ng.tensor64([[-far, 0, far]]);
  assertEquals(
    pngOf("test", shades, { low: -far, high: far }).png,
    pngOf("test", ng.tensor64([[-1, 0, 1]]), { low: -1, high: 1 }).png,
  );
});

/** The second derivative of a function, at each of some numbers. */
const curvatures = (f: (x: ng.Tensor) => ng.Tensor) => (x: ng.Tensor): ng.Tensor =>
  ng.gradient((x: ng.Tensor) => ng.sum(ng.gradient((x: ng.Tensor) => ng.sum(f(x)))(x)))(x);

Deno.test("the second derivative of a power is the right number or infinite where the first one overflows, never NaN", () => {
  const x = ng.constant([1e20, -1e20, 0.5]), tiny = ng.constant([1e-30, 1e-40, 4]);
  for (const transform of [<F>(f: F): F => f, ng.compile as <F>(f: F) => F]) {
    const second = (exponent: number) => transform(curvatures((x) => ng.pow(x, exponent)));
    assertEquals(ng.toList(second(3)(x)), ng.toList(ng.mul(x, 6)));
    assertEquals(ng.toList(second(2)(ng.constant([3e38, -Infinity, 0]))), [2, 2, 2]);
    assertEquals(ng.toList(second(1)(tiny)), [0, 0, 0]);
    assertEquals(ng.toList(second(0)(tiny)), [0, 0, 0]);
    assertEquals(ng.toList(second(0.5)(tiny)), [-Infinity, -Infinity, -0.03125]);
  }
});

Deno.test("the second derivatives of sinh() and cosh() are finite where the functions are", () => {
  const x = ng.constant([-700, 700, 1], { dtype: "float64" });
  for (const f of [ng.sinh, ng.cosh] as const) {
    for (const second of [curvatures(f), ng.compile(curvatures(f))]) {
      assertEquals(ng.toList(second(x)), ng.toList(f(x)));
    }
  }
});

import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { type Complex, fft, ifft, irfft, rfft, ShapeError, tensor64, toList } from "../../../autograd/mod.ts";
import { key, randomNormal, type Tensor, transpose, zeros } from "../../../autograd/mod.ts";
import { fourier } from "../../../autograd/ops/fourier.ts";
import json from "../../fixtures/fft.json" with { type: "json" };
import { type Call, checkRecorded, type RecordedCase } from "../../torch/recorded_cases.ts";

// `tests/fixtures/make_fft.py` wrote PyTorch's numbers.

type Settings = { readonly axis?: number; readonly length?: number };
type FourierCase = RecordedCase & { readonly op: "fft" | "ifft" | "rfft" | "irfft"; readonly settings: Settings };

const parts = ({ real, imaginary }: Complex<"float32" | "float64">): readonly Tensor[] => [real, imaginary];

const callOf = ({ op, settings }: FourierCase): Call => (x, y) => {
  if (op === "rfft") return parts(rfft(x!, settings));
  const z = { real: x!, imaginary: y! };
  return op === "irfft" ? [irfft(z, settings)] : parts((op === "fft" ? fft : ifft)(z, settings));
};

for (const recorded of json.cases as readonly FourierCase[]) {
  Deno.test(`${recorded.name}: values and gradients are PyTorch's`, () => checkRecorded(recorded, callOf(recorded)));
}

const make = (seed: number, shape: readonly number[]): Tensor<"float64"> =>
  randomNormal(key(seed), shape, { dtype: "float64" });

function assertNear(actual: Tensor, expected: Tensor, tolerance = 1e-12): void {
  assertEquals(actual.shape, expected.shape);
  toList(actual).forEach((x, i) => assertAlmostEquals(x, toList(expected)[i]!, tolerance));
}

const lengths = fc.integer({ min: 1, max: 300 });

Deno.test("the inverse of every transform is its inverse", () => {
  fc.assert(fc.property(lengths, fc.nat(1e6), (n, seed) => {
    const z = { real: make(seed, [n]), imaginary: make(seed + 1, [n]) }, back = ifft(fft(z));
    assertNear(back.real, z.real);
    assertNear(back.imaginary, z.imaginary);
    assertNear(irfft(rfft(z.real), { length: n }), z.real);
  }));
});

Deno.test("the transform of real numbers is half of the transform, for one line and for many", () => {
  for (const rows of [1, 2, 3]) {
    for (const n of [1, 2, 7, 8]) {
      const t = make(n, [n, rows]),
        whole = fft({ real: t, imaginary: zeros([n, rows], { dtype: "float64" }) }, { axis: 0 });
      const half = rfft(t, { axis: 0 }), count = (Math.floor(n / 2) + 1) * rows;
      assertEquals(half.real.shape, [Math.floor(n / 2) + 1, rows]);
      toList(half.real).forEach((x, i) => assertAlmostEquals(x, toList(whole.real)[i]!, 1e-13));
      assertEquals(toList(half.imaginary).length, count);
      toList(half.imaginary).forEach((x, i) => assertAlmostEquals(x, toList(whole.imaginary)[i]!, 1e-13));
    }
  }
});

Deno.test("several axes are transformed one after the other, in any order", () => {
  const z = { real: make(0, [3, 4, 5]), imaginary: make(1, [3, 4, 5]) };
  const one = fft(fft(z, { axis: 2 }), { axis: 0 }), other = fft(fft(z, { axis: 0 }), { axis: -1 });
  assertNear(one.real, other.real);
  const turned = fourier({ real: transpose(z.real), imaginary: transpose(z.imaginary) }, 0, -1);
  assertNear(transpose(turned.real), fft(z).real);
});

Deno.test("a single frequency is found exactly", () => {
  const n = 12, wave = tensor64(Array.from({ length: n }, (_, j) => [2, 1, -1, -2, -1, 1][j % 6]!));
  const { real, imaginary } = rfft(wave);
  toList(real).forEach((x, k) => assertAlmostEquals(x, k === 2 ? 12 : 0, 1e-14));
  toList(imaginary).forEach((x) => assertAlmostEquals(x, 0, 1e-14));
});

Deno.test("axes without elements beside the one transformed give none", () => {
  assertEquals(rfft(zeros([0, 4])).real.shape, [0, 3]);
  assertEquals(irfft({ real: zeros([2, 0, 3]), imaginary: zeros([2, 0, 3]) }).shape, [2, 0, 4]);
});

Deno.test("what cannot be transformed is said", () => {
  const one = tensor64([1]), complex = { real: one, imaginary: one };
  assertThrows(
    () => fft(one as unknown as Complex<"float64">),
    TypeError,
    "it must be a record { real, imaginary } of two tensors; rfft takes real numbers",
  );
  assertThrows(() => fft({ real: one, imaginary: zeros([2], { dtype: "float64" }) }), ShapeError, "the same shape");
  assertThrows(() => rfft(zeros([2, 0])), ShapeError, "axis 1 must have at least one element");
  assertThrows(() => irfft(complex), ShapeError, "pass length 1 for a single number");
  assertThrows(() => irfft(complex, { length: 2.5 }), ShapeError, "length must be a whole number of 1 or more");
  assertThrows(() => ifft(complex, { axis: 1 }), ShapeError, "axis must be a whole number from -1 to 0");
});

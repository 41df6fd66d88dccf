import { assertAlmostEquals, assertEquals } from "@std/assert";
import { lineOffsets, newRun, readLine, writeLine } from "../../../blas/fourier/lines.ts";
import { mixedRadix, radicesOf } from "../../../blas/fourier/mixed_radix.ts";
import { planFourier } from "../../../blas/fourier/plan.ts";
import { listRoots, rootOfUnity } from "../../../blas/fourier/roots.ts";
import { PLAIN_TRANSFORMS } from "../../../blas/fourier/transforms.ts";
import { allocate, type MutableView, transposeView, type View, view } from "../../../blas/view.ts";

type V = MutableView<"float64">;

/** The definition, with the angle reduced to one turn. */
function defined(re: Float64Array, im: Float64Array): readonly (readonly [number, number])[] {
  const n = re.length;
  return Array.from(re, (_, k) => {
    let x = 0, y = 0;
    for (let j = 0; j < n; j++) {
      const c = Math.cos(2 * Math.PI * (j * k % n) / n), s = Math.sin(2 * Math.PI * (j * k % n) / n);
      x += re[j]! * c + im[j]! * s;
      y += im[j]! * c - re[j]! * s;
    }
    return [x, y];
  });
}

Deno.test("every length from 1 to 200 is transformed as defined, also after other lengths", () => {
  for (let n = 1; n <= 200; n++) {
    const re = Float64Array.from({ length: n }, (_, i) => Math.sin(i * i + 1));
    const im = Float64Array.from({ length: n }, (_, i) => Math.cos(3 * i + n)), wanted = defined(re, im);
    planFourier(n)({ re, im });
    wanted.forEach(([x, y], k) => {
      assertAlmostEquals(re[k]!, x, 1e-12);
      assertAlmostEquals(im[k]!, y, 1e-12);
    });
  }
});

Deno.test("a prime of some thousands keeps its digits", () => {
  const n = 4099, run = newRun(n);
  run.re[1] = 1;
  planFourier(n)(run);
  for (let k = 0; k < n; k++) {
    const [c, s] = rootOfUnity(k, n);
    assertAlmostEquals(run.re[k]!, c, 1e-13);
    assertAlmostEquals(run.im[k]!, -s, 1e-13);
  }
});

Deno.test("lengths are factored into 4 and small primes, or not at all", () => {
  assertEquals([1, 8, 360, 13 * 11, 17, 34].map(radicesOf), [
    [],
    [4, 2],
    [4, 2, 3, 3, 5],
    [11, 13],
    undefined,
    undefined,
  ]);
  const run = { re: Float64Array.of(1, 2), im: Float64Array.of(0, 0) };
  mixedRadix(2, [2])(run);
  assertEquals([...run.re], [3, -1]);
});

Deno.test("roots of unity are exact at the quarters, and symmetric", () => {
  assertEquals([0, 3, 6, 9].map((k) => rootOfUnity(k, 12).map((x) => x + 0)), [[1, 0], [0, 1], [-1, 0], [0, -1]]);
  for (let k = 0; k < 40; k++) {
    const [c, s] = rootOfUnity(k, 40);
    assertAlmostEquals(c, Math.cos(2 * Math.PI * k / 40), 1e-15);
    assertAlmostEquals(s, Math.sin(2 * Math.PI * k / 40), 1e-15);
  }
  assertEquals([...listRoots(2, 4).sin], [0, 1]);
});

Deno.test("lines are read and written along any axis of any view", () => {
  const v = transposeView(view(Float64Array.of(1, 2, 3, 4, 5, 6), [2, 3])), line = new Float64Array(2);
  assertEquals(lineOffsets(v, 1), [0, 1, 2]);
  readLine(v, 1, 1, line);
  assertEquals([...line], [2, 5]);
  const written = allocate("float32", [2]);
  writeLine(written, 0, written.offset, line);
  assertEquals(written.get(1), 5);
});

Deno.test("transforms of lines invert and agree with each other", () => {
  const x = view(Float64Array.of(1, 2, 3, 4, 5, 7), [2, 3]), zero: View = view(new Float64Array(6), [2, 3]);
  const [re, im, back, lost] = [0, 1, 2, 3].map(() => allocate("float64", [2, 3])) as [V, V, V, V]; // four
  PLAIN_TRANSFORMS.transformLines([x, zero], 1, -1, [re, im]);
  PLAIN_TRANSFORMS.transformLines([re, im], 1, 1, [back, lost]);
  assertAlmostEquals(back.get(1, 2) / 3, 7, 1e-15);
  const [half, halfIm] = [allocate("float64", [2, 2]), allocate("float64", [2, 2])];
  PLAIN_TRANSFORMS.transformRealLines(x, 1, [half!, halfIm!]);
  assertAlmostEquals(half!.get(1, 1), re.get(1, 1), 1e-15);
  PLAIN_TRANSFORMS.transformToRealLines([half!, view(new Float64Array(4), [2, 2])], 1, back);
  assertAlmostEquals(back.get(1, 0), half!.get(1, 0) + half!.get(1, 1), 1e-15);
});

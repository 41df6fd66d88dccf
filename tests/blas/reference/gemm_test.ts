import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { DType } from "../../../blas/dtype.ts";
import { engines } from "../../../blas/engines.ts";
import { type Shape, sizeOf } from "../../../blas/shape.ts";
import { allocate, type MutableView, transposeView, type View } from "../../../blas/view.ts";
import { elementsOf, layOut, numberArbitrary, rowMajor, viewArbitrary } from "../layouts.ts";

const ROUNDING: { readonly [D in DType]: number } = { float32: 1e-5, float64: 1e-12 };
const dtypes = fc.constantFrom<DType>("float32", "float64");
const factor = fc.oneof(fc.constantFrom(0, 1, -1), numberArbitrary);

type Operands = {
  readonly alpha: number;
  readonly a: View;
  readonly b: View;
  readonly beta: number;
  readonly c: MutableView;
};

const operandsArbitrary = (dtype: DType, batch: Shape, [m, n, k]: Shape): fc.Arbitrary<Operands> =>
  fc.record({
    alpha: factor,
    a: viewArbitrary(dtype, [...batch, m!, k!]) as fc.Arbitrary<View>,
    b: viewArbitrary(dtype, [...batch, k!, n!]) as fc.Arbitrary<View>,
    beta: factor,
    c: viewArbitrary(dtype, [...batch, m!, n!], { repeat: false }) as fc.Arbitrary<MutableView>,
  });

/** `alpha * a * b + beta * c`, as the definition has it, in row-major order. */
function naive({ alpha, a, b, beta, c }: Operands): number[] {
  const [m, n] = c.shape.slice(-2) as [number, number], k = a.shape.at(-1)!;
  const [x, y, z] = [elementsOf(a), elementsOf(b), elementsOf(c as View)];
  return z.map((old, at) => {
    const batch = Math.floor(at / (m * n)), i = Math.floor(at / n) % m, j = at % n;
    let sum = 0;
    for (let p = 0; p < k; p++) sum += x[(batch * m + i) * k + p]! * y[(batch * k + p) * n + j]!;
    return alpha * sum + (beta === 0 ? 0 : beta * old);
  });
}

function assertClose(actual: MutableView, expected: readonly number[]): void {
  elementsOf(actual as View).forEach((x, i) =>
    assertAlmostEquals(x, expected[i]!, ROUNDING[actual.dtype] * Math.max(1, Math.abs(expected[i]!)))
  );
}

/** A matrix whose elements tell rows and columns apart. */
const filled = (dtype: DType, shape: Shape, seed: number): View =>
  layOut(dtype, shape, Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 37 + seed) % 101) / 16 - 3)) as View;

/** Rows, columns and inner lengths beside the blocks of the reference engine. */
const OF_SEVERAL_BLOCKS = [[3, 1023, 5], [17, 1025, 2], [2, 5, 1023], [18, 2, 1024], [2, 5, 2049], [
  2,
  1025,
  1025,
]] as const;

for (const engine of Object.values(engines)) {
  Deno.test(`${engine.name}: gemm agrees with the definition, whatever strides and factors`, () => {
    const sizes = fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9));
    const cases = fc.tuple(dtypes, sizes).chain(([dtype, size]) => operandsArbitrary(dtype, [], size));
    fc.assert(
      fc.property(cases, (operands) => {
        const expected = naive(operands), { a, b, c } = operands, before = [elementsOf(a), elementsOf(b)];
        const gaps = Array.from(c.data as Float64Array).filter(Number.isNaN).length;
        engine.gemm(operands);
        assertClose(c, expected);
        assertEquals([elementsOf(a), elementsOf(b)], before);
        assertEquals(Array.from(c.data as Float64Array).filter(Number.isNaN).length, gaps, "gaps are left alone");
      }),
      { numRuns: 300 },
    );
  });

  Deno.test(`${engine.name}: gemm is right at and beside the sizes of its blocks`, () => {
    const lengths = [1, 3, 4, 5, 8, 15, 16, 17, 63, 64, 65], depths = [1, 2, 255, 256, 257, 515];
    for (const dtype of ["float32", "float64"] as DType[]) {
      for (const m of lengths) {
        const n = lengths[(m + 3) % lengths.length]!, k = depths[m % depths.length]!;
        const plain = [filled(dtype, [m, k], 1), filled(dtype, [k, n], 2)] as const;
        const turned = [transposeView(filled(dtype, [k, m], 3)), transposeView(filled(dtype, [n, k], 4))] as const;
        for (const [a, b] of [plain, turned, [plain[0], turned[1]], [turned[0], plain[1]]] as const) {
          const operands = { alpha: 0.5, a, b, beta: -1, c: filled(dtype, [m, n], 5) as MutableView };
          const expected = naive(operands);
          engine.gemm(operands);
          assertClose(operands.c, expected);
        }
      }
      for (const [m, n, k] of [...depths.map((k) => [2, 3, k] as const), ...OF_SEVERAL_BLOCKS]) {
        for (const beta of [0, 2]) {
          const a = filled(dtype, [m, k], 1), b = filled(dtype, [k, n], 2), c = filled(dtype, [m, n], 3) as MutableView;
          const operands = { alpha: 1, a, b, beta, c }, expected = naive(operands);
          engine.gemm(operands);
          assertClose(c, expected);
        }
      }
    }
  });

  Deno.test(`${engine.name}: with beta 0 nothing is read from the result, so NaN there does no harm`, () => {
    for (const dtype of ["float32", "float64"] as DType[]) {
      for (const [m, n, k] of [[3, 5, 2], [1, 1, 1], [2, 3, 0], [4, 4, 300]] as const) {
        for (const alpha of [1, 0]) {
          const a = filled(dtype, [m, k], 1), b = filled(dtype, [k, n], 2);
          const c = allocate(dtype, [m, n]);
          const expected = naive({ alpha, a, b, beta: 0, c });
          c.data.fill(NaN, c.offset, c.offset + m * n);
          engine.gemm({ alpha, a, b, beta: 0, c });
          assertClose(c, expected);
          const y = allocate(dtype, [m]);
          y.data.fill(NaN, y.offset, y.offset + m);
          engine.gemv({ alpha, a, x: filled(dtype, [k], 3), beta: 0, y });
          assertEquals(elementsOf(y as View).some(Number.isNaN), false);
        }
      }
    }
  });

  Deno.test(`${engine.name}: with alpha 0 the operands are not read, as in BLAS`, () => {
    const nothing = (...shape: number[]) => layOut("float64", shape, new Array(sizeOf(shape)).fill(NaN)) as View;
    const c = filled("float64", [3, 5], 1) as MutableView, y = filled("float64", [3], 1) as MutableView;
    const expected = elementsOf(c as View).map((x) => 2 * x), vector = elementsOf(y as View).map((x) => 2 * x);
    engine.gemm({ alpha: 0, a: nothing(3, 2), b: nothing(2, 5), beta: 2, c });
    assertEquals(elementsOf(c as View), expected);
    engine.gemv({ alpha: 0, a: nothing(3, 2), x: nothing(2), beta: 2, y });
    assertEquals(elementsOf(y as View), vector);
  });

  Deno.test(`${engine.name}: where nothing is added, gemm gives beta times c, signs of zeros included`, () => {
    for (const [alpha, k] of [[0, 2], [-0, 2], [1, 0], [NaN, 0], [Infinity, 0]] as const) {
      for (const [m, n] of [[2, 3], [1, 3], [3, 1]] as const) {
        const c = filled("float32", [m, n], 1) as MutableView;
        c.data[c.offset] = -0;
        const expected = elementsOf(c as View).map((x) => 2 * x);
        engine.gemm({ alpha, a: filled("float32", [m, k], 1), b: filled("float32", [k, n], 2), beta: 2, c });
        assertEquals(elementsOf(c as View), expected);
      }
    }
  });

  Deno.test(`${engine.name}: NaN and infinities reach exactly the elements they belong to`, () => {
    for (const dtype of ["float32", "float64"] as DType[]) {
      for (const bad of [NaN, Infinity]) {
        const a = filled(dtype, [6, 5], 1) as MutableView, c = allocate(dtype, [6, 7]);
        a.data[a.offset + 2 * 5 + 3] = bad;
        engine.gemm({ alpha: 1, a: a as View, b: filled(dtype, [5, 7], 2), beta: 0, c });
        elementsOf(c as View).forEach((x, at) => assertEquals(Number.isFinite(x), Math.floor(at / 7) !== 2));
      }
    }
  });

  Deno.test(`${engine.name}: gemmBatched is gemm for each index, of broadcast operands too`, () => {
    const cases = fc.tuple(dtypes, fc.tuple(fc.nat(3)), fc.tuple(fc.nat(4), fc.nat(4), fc.nat(4))).chain((
      [dtype, batch, size],
    ) => operandsArbitrary(dtype, batch, size));
    fc.assert(fc.property(cases, (operands) => {
      const expected = naive(operands);
      engine.gemmBatched(operands);
      assertClose(operands.c, expected);
    }));
  });

  Deno.test(`${engine.name}: gemv and ger agree with gemm on matrices of one row or column`, () => {
    const cases = fc.tuple(dtypes, fc.nat(9), fc.nat(9)).chain(([dtype, m, n]) =>
      fc.record({
        a: viewArbitrary(dtype, [m, n], { repeat: false }),
        x: viewArbitrary(dtype, [n]),
        y: viewArbitrary(dtype, [m], { repeat: false }),
        alpha: factor,
        beta: factor,
      })
    );
    const asMatrix = (v: View, shape: Shape): View => layOut(v.dtype, shape, elementsOf(v), rowMajor(shape)) as View;
    fc.assert(fc.property(cases, ({ a, x, y, alpha, beta }) => {
      const [m, n] = a.shape as [number, number], matrix = a as View, column = asMatrix(x as View, [n, 1]);
      const expected = naive({ alpha, a: matrix, b: column, beta, c: asMatrix(y as View, [m, 1]) as MutableView });
      engine.gemv({ alpha, a: matrix, x: x as View, beta, y: y as MutableView });
      assertClose(y as MutableView, expected);
      const outer = naive({
        alpha,
        a: asMatrix(y as View, [m, 1]),
        b: asMatrix(x as View, [1, n]),
        beta: 1,
        c: asMatrix(matrix, [m, n]) as MutableView,
      });
      engine.ger({ alpha, x: y as View, y: x as View, a: a as MutableView });
      assertClose(a as MutableView, outer);
    }));
  });
}

Deno.test("reference: a product of one row or column has the bits of gemv", () => {
  const long = filled("float64", [1, 300], 1), other = filled("float64", [300, 7], 2), c = allocate("float64", [1, 7]);
  const y = allocate("float64", [7]), x = layOut("float64", [300], elementsOf(long)) as View;
  engines.reference.gemv({ alpha: 3, a: transposeView(other), x, beta: 0, y });
  engines.reference.gemm({ alpha: 3, a: long, b: other, beta: 0, c });
  assertEquals(elementsOf(c as View), elementsOf(y as View));
  const turned = allocate("float64", [7, 1]);
  engines.reference.gemm({ alpha: 3, a: transposeView(other), b: transposeView(long), beta: 0, c: turned });
  assertEquals(elementsOf(turned as View), elementsOf(y as View));
});

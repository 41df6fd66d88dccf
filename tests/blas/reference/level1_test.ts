import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { DType } from "../../../blas/dtype.ts";
import { engines } from "../../../blas/engines.ts";
import { type MutableView, type View, view } from "../../../blas/view.ts";
import { elementsOf, numberArbitrary, shapeArbitrary, viewArbitrary } from "../layouts.ts";

const dtypes = fc.constantFrom<DType>("float32", "float64");
const special = fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 1, -2);

/** Two vectors of one dtype and length, the second with a place of its own for every element. */
const vectors = (element = numberArbitrary) =>
  fc.tuple(dtypes, fc.nat(20)).chain(([dtype, n]) =>
    fc.tuple(viewArbitrary(dtype, [n], { element }), viewArbitrary(dtype, [n], { element, repeat: false }))
  ) as fc.Arbitrary<[View, MutableView]>;

/** What the whole storage of a view holds: results must not spill into its gaps. */
const storage = (v: MutableView): number[] => Array.from(v.data as Float64Array);

/** Checks that a function wrote these values, each rounded to the dtype, where the view's elements are, and nothing else. */
function assertWritten(y: MutableView, write: () => void, expected: readonly number[]): void {
  const before = y.data.slice(), n = y.shape[0]!;
  const wanted = before.slice();
  for (let i = 0; i < n; i++) wanted[y.offset + i * y.stride[0]!] = expected[i]!;
  write();
  assertEquals(storage(y), Array.from(wanted as Float64Array));
}

for (const engine of Object.values(engines)) {
  Deno.test(`${engine.name}: dot, asum and nrm2 agree with naive loops, whatever the strides`, () => {
    fc.assert(fc.property(vectors(), ([x, y]) => {
      const a = elementsOf(x), b = elementsOf(y as View);
      assertEquals(engine.dot(x, y as View), a.reduce((sum, v, i) => sum + v * b[i]!, 0));
      assertEquals(engine.asum(x), a.reduce((sum, v) => sum + Math.abs(v), 0));
      assertAlmostEquals(engine.nrm2(x), Math.hypot(...a), 1e-12);
    }));
  });

  Deno.test(`${engine.name}: iamax finds the first of the largest, and a NaN before all`, () => {
    fc.assert(fc.property(vectors(fc.oneof(numberArbitrary, special)), ([x]) => {
      const sizes = elementsOf(x).map(Math.abs), firstNaN = sizes.findIndex(Number.isNaN);
      assertEquals(engine.iamax(x), firstNaN >= 0 ? firstNaN : sizes.indexOf(Math.max(...sizes)));
    }));
  });

  Deno.test(`${engine.name}: axpy and scal write the elements of the view and nothing else`, () => {
    fc.assert(fc.property(vectors(), numberArbitrary, ([x, y], alpha) => {
      const a = elementsOf(x);
      assertWritten(y, () => engine.axpy({ alpha, x, y }), elementsOf(y as View).map((v, i) => alpha * a[i]! + v));
      assertEquals(elementsOf(x), a);
      assertWritten(y, () => engine.scal({ alpha, x: y }), elementsOf(y as View).map((v) => alpha * v));
    }));
  });

  Deno.test(`${engine.name}: axpy and scal carry NaN and infinities as IEEE arithmetic does`, () => {
    fc.assert(fc.property(vectors(special), special, ([x, y], alpha) => {
      const a = elementsOf(x);
      fc.pre(alpha !== 0);
      assertWritten(y, () => engine.axpy({ alpha, x, y }), elementsOf(y as View).map((v, i) => alpha * a[i]! + v));
      assertWritten(y, () => engine.scal({ alpha, x: y }), elementsOf(y as View).map((v) => alpha * v));
    }));
  });

  Deno.test(`${engine.name}: axpy and ger with alpha 0 do not read x, as in BLAS`, () => {
    const x = view(new Float64Array([NaN, Infinity]));
    const y = view(new Float64Array([1, 2])) as MutableView,
      a = view(new Float64Array([1, 2, 3, 4]), [2, 2]) as MutableView;
    engine.axpy({ alpha: 0, x, y });
    engine.ger({ alpha: 0, x, y: x, a });
    assertEquals([elementsOf(y as View), elementsOf(a as View)], [[1, 2], [1, 2, 3, 4]]);
  });

  Deno.test(`${engine.name}: copy moves every element, special ones included, between any two layouts`, () => {
    const pairs = fc.tuple(dtypes, shapeArbitrary()).chain(([dtype, shape]) => {
      const element = fc.oneof(numberArbitrary, special);
      return fc.tuple(viewArbitrary(dtype, shape, { element }), viewArbitrary(dtype, shape, { repeat: false }));
    }) as fc.Arbitrary<[View, MutableView]>;
    fc.assert(fc.property(pairs, ([x, y]) => {
      const before = storage(y).filter((v) => !Number.isNaN(v)).length, source = elementsOf(x);
      engine.copy({ x, y });
      assertEquals(elementsOf(y as View), source);
      assertEquals(elementsOf(x), source);
      // Gaps held NaN, so nothing but the elements may have become a number.
      const numbers = storage(y).filter((v) => !Number.isNaN(v)).length + source.filter(Number.isNaN).length;
      assertEquals(numbers, before);
    }));
  });

  Deno.test(`${engine.name}: copy moves long runs, with gaps and without`, () => {
    for (const n of [15, 16, 17, 100, 1000]) {
      const data = Float32Array.from({ length: 2 * n }, (_, i) => i);
      for (const [from, to] of [[1, 1], [1, 2], [2, 1], [-1, 1]] as const) {
        const x = view(data, [n], [from], from < 0 ? n - 1 : 0), y = new Float32Array(2 * n);
        engine.copy({ x, y: view(y, [n], [to]) as MutableView<"float32"> });
        assertEquals(elementsOf(view(y, [n], [to])), elementsOf(x));
      }
    }
  });
}

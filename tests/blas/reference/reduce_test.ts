import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { DType } from "../../../blas/dtype.ts";
import type { Reduction } from "../../../blas/engine.ts";
import { engines } from "../../../blas/engines.ts";
import type { Shape } from "../../../blas/shape.ts";
import { allocate, type MutableView, type View } from "../../../blas/view.ts";
import {
  elementsOf,
  indicesOf,
  layOut,
  numberArbitrary,
  rowMajor,
  shapeArbitrary,
  subsetsOf,
  viewArbitrary,
} from "../layouts.ts";

const REDUCTIONS: readonly Reduction[] = ["sum", "product", "max", "min"];
const DTYPES: readonly DType[] = ["float32", "float64"];
const ROUNDING: { readonly [D in DType]: number } = { float32: 1e-5, float64: 1e-12 };

const JOIN: { readonly [R in Reduction]: (values: readonly number[]) => number } = {
  sum: (values) => values.reduce((sum, x) => sum + x, 0),
  product: (values) => values.reduce((product, x) => product * x, 1),
  max: (values) => Math.max(...values),
  min: (values) => Math.min(...values),
};

/** Gathers, for each element of the result, the elements that it is made of. */
function naive(reduction: Reduction, input: View, kept: Shape): number[] {
  const groups = new Map(indicesOf(kept).map((index) => [String(index), [] as number[]]));
  const values = elementsOf(input);
  indicesOf(input.shape).forEach((index, k) =>
    groups.get(String(index.map((i, axis) => kept[axis] === input.shape[axis] ? i : 0)))!.push(values[k]!)
  );
  return [...groups.values()].map(JOIN[reduction]);
}

function assertReduced(actual: MutableView, expected: readonly number[]): void {
  elementsOf(actual as View).forEach((x, i) => {
    const wanted = actual.dtype === "float32" ? Math.fround(expected[i]!) : expected[i]!;
    if (x !== wanted && !Object.is(x, wanted)) {
      assertAlmostEquals(x, wanted, ROUNDING[actual.dtype] * Math.max(1, Math.abs(wanted)));
    }
  });
}

const keptShape = (shape: Shape, axes: readonly number[]): Shape => shape.map((n, axis) => axes.includes(axis) ? 1 : n);

for (const engine of Object.values(engines)) {
  for (const reduction of REDUCTIONS) {
    Deno.test(`${engine.name}: ${reduction} over every subset of axes, whatever the strides, of nothing too`, () => {
      const cases = fc.tuple(fc.constantFrom(...DTYPES), shapeArbitrary()).chain(([dtype, shape]) =>
        viewArbitrary(dtype, shape, {
          element: fc.oneof({ arbitrary: numberArbitrary, weight: 30 }, fc.constant(Infinity)),
        })
      ) as fc.Arbitrary<View>;
      fc.assert(
        fc.property(cases, (input) => {
          const before = elementsOf(input);
          for (const axes of subsetsOf(input.shape.map((_, axis) => axis))) {
            const kept = keptShape(input.shape, axes), output = allocate(input.dtype, kept);
            engine.reduce(reduction, input, output);
            assertReduced(output, naive(reduction, input, kept));
          }
          assertEquals(elementsOf(input), before);
        }),
        { numRuns: 200 },
      );
    });

    Deno.test(`${engine.name}: ${reduction} of long rows and columns`, () => {
      for (const dtype of DTYPES) {
        for (const shape of [[3, 700], [700, 3], [17, 33], [2, 5, 65]]) {
          const size = shape.reduce((product, n) => product * n, 1);
          const values = Array.from({ length: size }, (_, i) => 1 + ((i * 29) % 17 - 8) / 4096);
          for (const order of [rowMajor(shape).order, rowMajor(shape).order.toReversed()]) {
            const input = layOut(dtype, shape, values, { ...rowMajor(shape), order }) as View;
            for (const axes of subsetsOf(rowMajor(shape).order)) {
              const kept = keptShape(shape, axes), output = allocate(dtype, kept);
              engine.reduce(reduction, input, output);
              assertReduced(output, naive(reduction, input, kept));
            }
          }
        }
      }
    });

    Deno.test(`${engine.name}: ${reduction} gives NaN where there is one, and nowhere else`, () => {
      for (const at of [0, 4, 11]) {
        const values = Array.from({ length: 12 }, (_, i) => i === at ? NaN : i + 1);
        for (const axes of subsetsOf([0, 1])) {
          const output = allocate("float64", keptShape([3, 4], axes)),
            input = layOut("float64", [3, 4], values) as View;
          engine.reduce(reduction, input, output);
          assertEquals(elementsOf(output as View), naive(reduction, input, output.shape));
          assertEquals(elementsOf(output as View).filter(Number.isNaN).length, 1);
        }
      }
    });
  }

  Deno.test(`${engine.name}: nothing sums to 0, multiplies to 1, has a maximum of -Infinity and a minimum of Infinity`, () => {
    const identities = REDUCTIONS.map((reduction) => {
      const output = allocate("float32", [1, 2]);
      engine.reduce(reduction, layOut("float32", [0, 2], []) as View<"float32">, output);
      return elementsOf(output as View);
    });
    assertEquals(identities, [[0, 0], [1, 1], [-Infinity, -Infinity], [Infinity, Infinity]]);
  });

  Deno.test(`${engine.name}: a float32 sum of many elements does not drift`, () => {
    const input = layOut("float32", [100_000], new Float32Array(100_000).fill(0.1)) as View<"float32">;
    const output = allocate("float32", [1]);
    engine.reduce("sum", input, output);
    assertAlmostEquals(elementsOf(output as View)[0]!, 100_000 * Math.fround(0.1), 0.01);
  });
}

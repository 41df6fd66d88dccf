import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { DType } from "../../../blas/dtype.ts";
import { engines } from "../../../blas/engines.ts";
import { evaluateScalar } from "../../../blas/scalar/evaluate.ts";
import { add, argument, binary, constantScalar, mul, type Scalar, select, unary } from "../../../blas/scalar/scalar.ts";
import {
  BINARY_FUNCTIONS,
  type BinaryFunction,
  UNARY_FUNCTIONS,
  type UnaryFunction,
} from "../../../blas/scalar/functions.ts";
import { allocate, broadcastView, type MutableView, type View, view } from "../../../blas/view.ts";
import { ARITY, built, writtenArbitrary } from "../expressions.ts";
import { elementsOf, layOut, shapeArbitrary, viewArbitrary } from "../layouts.ts";

const x = argument(0), y = argument(1), z = argument(2);
const DTYPES: readonly DType[] = ["float32", "float64"];

/** Engines may compute in the dtype itself and have functions of their own, so results agree to some last places. */
const ROUNDING: { readonly [D in DType]: number } = { float32: 1e-5, float64: 1e-12 };

function assertClose(actual: number, expected: number, dtype: DType): void {
  const wanted = dtype === "float32" ? Math.fround(expected) : expected;
  if (Object.is(actual, wanted)) return;
  assert(actual !== 0 || wanted !== 0, "zeros must have the same sign");
  assertAlmostEquals(actual, wanted, ROUNDING[dtype] * Math.max(1, Math.abs(wanted)));
}

function assertMapped(expression: Scalar, inputs: readonly View[], output: MutableView): void {
  const values = inputs.map(elementsOf);
  elementsOf(output as View).forEach((actual, i) =>
    assertClose(actual, evaluateScalar(expression, values.map((own) => own[i]!)), output.dtype)
  );
}

for (const engine of Object.values(engines)) {
  Deno.test(`${engine.name}: map computes polynomials of operands with any layout, and writes nothing beside`, () => {
    const expressions = writtenArbitrary({ unary: ["neg", "abs"], binary: ["add", "sub", "mul"], select: true });
    const views = fc.tuple(fc.constantFrom(...DTYPES), shapeArbitrary()).chain(([dtype, shape]) =>
      fc.tuple(
        fc.array(viewArbitrary(dtype, shape) as fc.Arbitrary<View>, { minLength: ARITY, maxLength: ARITY }),
        viewArbitrary(dtype, shape, { repeat: false }) as fc.Arbitrary<MutableView>,
      )
    );
    fc.assert(
      fc.property(expressions, views, (written, [inputs, output]) => {
        const before = inputs.map(elementsOf),
          gaps = Array.from(output.data as Float64Array).filter(Number.isNaN).length;
        engine.map(built(written), inputs, output);
        assertMapped(built(written), inputs, output);
        assertEquals(inputs.map(elementsOf), before);
        assertEquals(Array.from(output.data as Float64Array).filter(Number.isNaN).length, gaps);
      }),
      { numRuns: 300 },
    );
  });

  Deno.test(`${engine.name}: map computes every function, special values included`, () => {
    const points = [0, -0, 1, -1, 0.3, -0.7, 2.5, -6, 30, -30, 1e-3, Infinity, -Infinity, NaN];
    for (const dtype of DTYPES) {
      const all = layOut(dtype, [points.length], points) as View;
      for (const name of Object.keys(UNARY_FUNCTIONS) as UnaryFunction[]) {
        const output = allocate(dtype, [points.length]);
        engine.map(unary(name, x), [all], output);
        assertMapped(unary(name, x), [all], output);
      }
      const table = [points.length, points.length], rows = layOut(dtype, [points.length, 1], points) as View;
      for (const name of Object.keys(BINARY_FUNCTIONS) as BinaryFunction[]) {
        const output = allocate(dtype, table), inputs = [broadcastView(rows, table), broadcastView(all, table)];
        engine.map(binary(name, x, y), inputs, output);
        assertMapped(binary(name, x, y), inputs, output);
      }
      const output = allocate(dtype, [points.length]);
      engine.map(select(x, 1, 2), [all], output);
      assertEquals(elementsOf(output as View), points.map((p) => p !== 0 ? 1 : 2));
    }
  });

  Deno.test(`${engine.name}: map works at and beside the sizes of its blocks`, () => {
    const expression = add(mul(x, y), mul(2, z));
    for (const dtype of DTYPES) {
      for (const n of [0, 1, 3, 4, 5, 15, 16, 17, 511, 512, 513, 1023, 1024, 1025, 2300]) {
        const inputs = [0, 1, 2].map((k) =>
          layOut(dtype, [n], Array.from({ length: n }, (_, i) => ((i * 7 + k) % 13) / 4)) as View
        );
        const output = allocate(dtype, [n]);
        engine.map(expression, inputs, output);
        assertMapped(expression, inputs, output);
      }
      // Rows of several lengths, so that blocks begin and end inside them, of transposed and repeated operands.
      for (const columns of [5, 100, 511, 700]) {
        const shape = [4, columns], values = Array.from({ length: 4 * columns }, (_, i) => (i * 11 % 29) / 8);
        const inputs = [
          layOut(dtype, shape, values, { order: [1, 0], steps: [1, 1], offset: 2 }) as View,
          broadcastView(layOut(dtype, [columns], values) as View, shape),
          broadcastView(layOut(dtype, [4, 1], values) as View, shape),
        ];
        const output = layOut(dtype, shape, values, { order: [0, 1], steps: [1, -2], offset: 1 }) as MutableView;
        engine.map(expression, inputs, output);
        assertMapped(expression, inputs, output);
      }
    }
  });

  Deno.test(`${engine.name}: map fills with a constant, copies an argument, and takes one operand twice`, () => {
    const a = view(new Float64Array([1, 2, 3])), output = allocate("float64", [3]);
    engine.map(constantScalar(7), [], output);
    assertEquals(elementsOf(output as View), [7, 7, 7]);
    engine.map(y, [view(new Float64Array(3)), a], output);
    assertEquals(elementsOf(output as View), [1, 2, 3]);
    engine.map(mul(x, y), [a, a], output);
    assertEquals(elementsOf(output as View), [1, 4, 9]);
  });

  Deno.test(`${engine.name}: map rounds to the dtype of the output`, () => {
    const third = allocate("float32", [1]);
    engine.map(constantScalar(1 / 3), [], third);
    assert(elementsOf(third as View)[0] === Math.fround(1 / 3));
  });
}

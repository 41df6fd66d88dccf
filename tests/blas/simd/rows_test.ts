/**
 * `Engine.rows` of the simd engine against rows computed stage by stage.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { reference } from "../../../blas/reference/mod.ts";
import { type Rows, rowsShapes, stageValue } from "../../../blas/rows.ts";
import { add, argument, div, exp, mul, sub } from "../../../blas/scalar/scalar.ts";
import { type Shape, sizeOf } from "../../../blas/shape.ts";
import { simdEngine } from "../../../blas/simd/mod.ts";
import { addressesOf } from "../../../blas/simd/rows_staging.ts";
import { allocate, broadcastView, transposeView, type View, view } from "../../../blas/view.ts";
import { elementsOf } from "../layouts.ts";

const MEBIBYTE = 1 << 20;
const simd = simdEngine(), narrow = simdEngine({ maximumBytes: MEBIBYTE });

const numbers = (shape: Shape, dtype: "float32" | "float64" = "float64"): View => {
  const values = Array.from({ length: sizeOf(shape) }, (_, k) => Math.sin(k + 1));
  return view(dtype === "float64" ? Float64Array.from(values) : Float32Array.from(values), shape);
};

/** Softmax of a weighed operand, and the logarithm's argument. */
const softmax = (axes: readonly number[]): Rows => {
  const x = mul(argument(0), argument(1)), power = exp(sub(x, stageValue(0)));
  return {
    axes,
    stages: [{ reduction: "max", expression: x }, { reduction: "sum", expression: power }],
    outputs: [{ perRow: false, expression: div(power, stageValue(1)) }, {
      perRow: true,
      expression: add(stageValue(0), stageValue(1)),
    }],
  };
};

function check(engine: typeof simd, rows: Rows, shape: Shape, inputs: readonly View[]): void {
  const results = [engine, reference].map((one) => {
    const outputs = rowsShapes(rows, shape).map((own) => allocate(inputs[0]!.dtype, own));
    one.rows(rows, shape, inputs.map((x) => broadcastView(x, shape)), outputs);
    return outputs.map((y) => elementsOf(y as View));
  });
  const [found, wanted] = results as [number[][], number[][]],
    tolerance = inputs[0]!.dtype === "float32" ? 1e-5 : 1e-13;
  wanted.forEach((row, k) =>
    row.forEach((x, i) =>
      assert(Object.is(x, found[k]![i]) || Math.abs(x - found[k]![i]!) <= tolerance * (1 + Math.abs(x)))
    )
  );
}

Deno.test("rows() computes what the stages give, on any axes and strides, in one block and in many", () => {
  const shapes = fc.constantFrom<Shape>(
    [1, 1],
    [9, 10],
    [700],
    [30, 33],
    [5, 7, 20],
    [20, 1, 50],
    [1, 6, 99],
    [6, 7, 5, 3],
    [700, 130],
    [2, 70_000],
    [0, 5],
  );
  fc.assert(
    fc.property(
      shapes,
      fc.integer(),
      fc.constantFrom("float32", "float64"),
      fc.boolean(),
      (shape, mask, dtype, turned) => {
        const axes = shape.flatMap((_, axis) => (mask >> axis) & 1 ? [axis] : []);
        const x = turned
          ? transposeView(numbers(shape.toReversed(), dtype), shape.map((_, axis) => shape.length - 1 - axis))
          : numbers(shape, dtype);
        const weight = numbers(shape.map((length, axis) => (mask >> (axis + 8)) & 1 ? length : 1), dtype);
        for (const engine of [simd, narrow]) check(engine, softmax(axes), shape, [x, weight]);
      },
    ),
    { numRuns: 150, endOnFailure: true },
  );
});

Deno.test("rows() of nothing gives what reductions of nothing give", () => {
  const outputs = [allocate("float64", [70, 0]), allocate("float64", [70, 1])];
  const x = numbers([70, 0]);
  simd.rows(softmax([1]), [70, 0], [x, x], outputs);
  assertEquals(elementsOf(outputs[1] as View), new Array(70).fill(-Infinity));
});

Deno.test("rows() gives the same numbers whatever the size of the scratch memory, as long as rows fit in", () => {
  const x = numbers([3000, 40]), one = numbers([1, 1]);
  const [a, b] = [simd, narrow].map((engine) => {
    const outputs = [allocate("float64", [3000, 40]), allocate("float64", [3000, 1])];
    engine.rows(softmax([1]), [3000, 40], [x, broadcastView(one, [3000, 40])], outputs);
    return elementsOf(outputs[0] as View);
  });
  assertEquals(a, b);
});

Deno.test("operands of rows lie one after another in memory", () => {
  assertEquals(addressesOf(256, [64, 128, 64]), [256, 320, 448]);
  assertEquals(addressesOf(256, []), []);
});

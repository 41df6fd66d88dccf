import { assertAlmostEquals, assertEquals } from "@std/assert";
import { type Rows, rowsBy, rowsShapes, stageValue } from "../../../blas/rows.ts";
import { reference } from "../../../blas/reference/mod.ts";
import { add, argument, div, exp, mul, sub } from "../../../blas/scalar/scalar.ts";
import type { Shape } from "../../../blas/shape.ts";
import { kindOfLevels, numbersOfLevels, suitsAnyLength } from "../../../blas/simd/rows_any_length.ts";
import { rowLevels } from "../../../blas/simd/program/rows_plan.ts";
import { simdEngine } from "../../../blas/simd/mod.ts";
import { allocate, broadcastView, type View } from "../../../blas/view.ts";
import { elementsOf } from "../layouts.ts";
import { plain, random, viewOf } from "./operands.ts";

const levelsOf = (shape: Shape, axes: readonly number[], strides: readonly (readonly number[])[]) =>
  rowLevels(shape, axes, strides, [false, true], 4);

Deno.test("shapes that differ in lengths alone are of one kind", () => {
  const kinds = [[20, 33], [7, 500], [900, 64]].map(([rows, columns]) =>
    kindOfLevels(levelsOf([rows!, columns!], [1], [[columns!, 1], [0, 1]]))
  );
  assertEquals(new Set(kinds).size, 1);
  assertEquals(kindOfLevels(levelsOf([20, 33], [1], [[33, 1], [1, 0]])) === kinds[0], false);
  assertEquals(kindOfLevels(levelsOf([20, 33], [0], [[33, 1], [0, 1]])) === kinds[0], false);
});

Deno.test("the numbers of levels are their lengths, then each address with the steps in bytes", () => {
  const levels = levelsOf([20, 33], [1], [[33, 1]]);
  assertEquals(numbersOfLevels(levels, [640, 1280, 1920], 4), [20, 33, 640, 132, 4, 1280, 132, 4, 1920, 4, 0]);
});

Deno.test("vectors are loaded whole where elements lie side by side or are one number", () => {
  assertEquals(suitsAnyLength(levelsOf([20, 33], [1], [[33, 1], [1, 0]])), true);
  assertEquals(suitsAnyLength(levelsOf([20, 33], [1], [[66, 2], [66, 2]])), false);
});

Deno.test("a new length of rows needs no new module", () => {
  const compiled: unknown[] = [],
    { Module } = WebAssembly,
    engine = simdEngine(),
    power = exp(sub(argument(0), stageValue(0)));
  const rows = (count: number): Rows => ({
    axes: [1],
    stages: [{ reduction: "max", expression: argument(0) }, { reduction: "sum", expression: power }],
    outputs: [{ perRow: false, expression: add(div(power, stageValue(1)), mul(argument(0), 1 / count)) }],
  });
  const run = (shape: Shape) => {
    const x = viewOf("float32", shape, plain, random(1)) as View, y = allocate("float32", shape);
    engine.rows(rows(shape[1]!), shape, [x], [y]);
  };
  run([30, 50]);
  WebAssembly.Module = class extends Module {
    constructor(bytes: BufferSource) {
      compiled.push(bytes);
      super(bytes);
    }
  };
  try {
    for (let k = 0; k < 20; k++) run([30 + k, 51 + 7 * k]);
  } finally {
    WebAssembly.Module = Module;
  }
  assertEquals(compiled.length, 0);
});

for (const dtype of ["float32", "float64"] as const) {
  Deno.test(`rows in several pieces, and columns in all numbers, are computed to the last element, in ${dtype}`, () => {
    const engine = simdEngine(), x = argument(0), mean = mul(stageValue(0), 0.01), far = sub(x, mean);
    const rows = (axes: readonly number[]): Rows => ({
      axes,
      stages: [{ reduction: "sum", expression: x }, { reduction: "max", expression: mul(far, argument(1)) }],
      outputs: [{ perRow: false, expression: add(far, stageValue(1)) }, { perRow: true, expression: mean }],
    });
    const shapes: readonly (readonly [Shape, readonly number[], Shape])[] = [
      ...[1, 2, 3, 4, 5, 8, 15, 17, 33].map((n) => [[90, n], [0], [1, n]] as const),
      ...[17, 18, 19, 20, 67, 1000].map((n) => [[11, n], [1], [1, n]] as const),
      [[40, 6, 49], [0, 2], [1, 6, 1]],
      [[70, 3, 5, 9], [0, 2, 3], [1, 3, 1, 1]],
      [[5, 4, 3, 50], [2, 3], [1, 4, 3, 1]],
      [[300, 4, 3], [0], [300, 1, 1]],
    ];
    for (const [shape, axes, own] of shapes) {
      const inputs = [
        viewOf(dtype, shape, plain, random(2)),
        broadcastView(viewOf(dtype, own, plain, random(3)) as View, shape),
      ];
      const [found, wanted] = [engine.rows, rowsBy(reference)].map((compute) => {
        const outputs = rowsShapes(rows(axes), shape).map((of) => allocate(dtype, of));
        compute(rows(axes), shape, inputs as View[], outputs);
        return outputs.flatMap((y) => elementsOf(y as View));
      }) as [number[], number[]];
      wanted.forEach((value, k) =>
        assertAlmostEquals(found[k]!, value, dtype === "float32" ? 1e-5 : 1e-12, `[${shape}] ${k}`)
      );
    }
  });
}

/**
 * Operators: what one computes of arrays is what it computes as an instruction of a program.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import "../all_kinds.ts";
import { interpret } from "../../../../blas/program/interpret.ts";
import { cast } from "../../../../blas/program/operations/cast.ts";
import { convolutionOf } from "../../../../blas/program/operations/convolution.ts";
import { cumsumOf } from "../../../../blas/program/operations/cumsum.ts";
import { drawOf, foldInOf } from "../../../../blas/program/operations/draw.ts";
import { gatherOf, scatterOf, scatterOntoOf } from "../../../../blas/program/operations/gather.ts";
import { checkIndicesOf } from "../../../../blas/program/operations/check_indices.ts";
import { gemm } from "../../../../blas/program/operations/gemm.ts";
import { mapOf, mapsOf } from "../../../../blas/program/operations/map.ts";
import { joinOf } from "../../../../blas/program/operations/join.ts";
import type { Operator } from "../../../../blas/program/operations/operator.ts";
import { orderOf } from "../../../../blas/program/operations/order.ts";
import { reduceOf } from "../../../../blas/program/operations/reduce.ts";
import { rowOf } from "../../../../blas/program/operations/rows.ts";
import { runningOf } from "../../../../blas/program/operations/running.ts";
import { searchAlong } from "../../../../blas/program/operations/search.ts";
import { reshaped, viewOf } from "../../../../blas/program/operations/view.ts";
import type { Program, ValueType } from "../../../../blas/program/program.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import { stageValue } from "../../../../blas/rows.ts";
import * as scalar from "../../../../blas/scalar/scalar.ts";
import { type Shape, sizeOf } from "../../../../blas/shape.ts";
import { broadcastView, transposeView, type View, view } from "../../../../blas/view.ts";
import { elementsOf } from "../../layouts.ts";

const numbers = (...shape: number[]): View =>
  view(Float64Array.from({ length: sizeOf(shape) }, (_, k) => Math.sin(k + 1)), shape);

/** The same numbers through strides that are not row-major. */
const turned = (...shape: number[]): View => transposeView(numbers(...shape.toReversed()));

const geometry = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 } as const;

const range = (start: number, count: number, step = 1) => ({ start, step, count });

const CASES: readonly (readonly [
  name: string,
  operator: Operator,
  inputs: readonly View[],
  shape: Shape,
  dtype?: "float32" | "float64",
])[] = [
  ["map, broadcast", mapOf(scalar.mul(scalar.argument(0), scalar.argument(1))), [turned(2, 3), numbers(3)], [2, 3]],
  ["reduce", reduceOf("sum", [1]), [turned(2, 3, 4)], [2, 1, 4]],
  [
    "rows",
    rowOf({
      axes: [0],
      stages: [{ reduction: "sum", expression: scalar.mul(scalar.argument(0), scalar.argument(1)) }],
      outputs: [{ perRow: false, expression: scalar.sub(scalar.argument(0), stageValue(0)) }],
    }),
    [turned(2, 3), numbers(3)],
    [2, 3],
  ],
  ["scatter that replaces", scatterOntoOf(0, "set"), [turned(3, 2), numbers(4, 2), turned(4, 2)], [3, 2]],
  ["scatter of minima", scatterOntoOf(1, "min"), [turned(2, 3), numbers(2, 4), turned(2, 4)], [2, 3]],
  ["running product", runningOf("product", 1), [turned(2, 3, 4)], [2, 3, 4]],
  ["recurrence, from the end", runningOf("recurrence", 0, true), [turned(3, 2), numbers(3, 2)], [3, 2]],
  ["running minimum", runningOf("min", 1), [turned(2, 5)], [2, 5]],
  ["order", orderOf(1, true), [turned(2, 5, 2)], [2, 5, 2]],
  ["the first in order", orderOf(0, false), [turned(5, 2)], [3, 2]],
  ["gemm", gemm, [turned(2, 3), numbers(3, 4)], [2, 4]],
  ["gemm of stacks", gemm, [turned(5, 1, 2, 3), numbers(4, 3, 2)], [5, 4, 2, 2]],
  ["gemm of a stack and a matrix", gemm, [numbers(5, 2, 3), turned(3, 2)], [5, 2, 2]],
  ["gemm of nothing", gemm, [numbers(2, 0), numbers(0, 3)], [2, 3]],
  ["conv2d", convolutionOf("conv2d", geometry), [turned(1, 2, 4, 4), numbers(3, 2, 2, 2)], [1, 3, 3, 3]],
  ["conv2dInput", convolutionOf("conv2dInput", geometry), [numbers(1, 3, 3, 3), turned(3, 2, 2, 2)], [1, 2, 4, 4]],
  ["conv2dWeight", convolutionOf("conv2dWeight", geometry), [numbers(1, 2, 4, 4), turned(1, 3, 3, 3)], [3, 2, 2, 2]],
  ["transpose", viewOf({ kind: "transpose", axes: [1, 0] }), [numbers(2, 3)], [3, 2]],
  ["broadcast", viewOf({ kind: "broadcast", shape: [2, 3] }), [numbers(3)], [2, 3]],
  ["slice", viewOf({ kind: "slice", ranges: [{ start: 2, step: -2, count: 2 }] }), [numbers(4)], [2]],
  ["reshape", reshaped, [turned(2, 3)], [3, 2]],
  ["reshape to its own shape", reshaped, [turned(2, 3)], [2, 3]],
  ["join", joinOf([[range(0, 2), range(0, 3)], [range(0, 2), range(3, 1)]], 0), [turned(2, 3), numbers(2, 1)], [2, 4]],
  ["join with gaps", joinOf([[range(4, 2, -3), range(1, 2, 2)]], -1.5), [turned(2, 2)], [5, 4]],
  ["join of numbers", joinOf([[]], 0), [numbers()], []],
  ["join of nothing", joinOf([[range(0, 0), range(0, 3)]], -0), [numbers(0, 3)], [2, 3]],
  ["cumsum", cumsumOf(1, false), [turned(2, 3, 4)], [2, 3, 4]],
  ["cumsum from the end", cumsumOf(0, true), [turned(2, 3)], [2, 3]],
  ["argmax", searchAlong("max", 1), [turned(2, 3, 4)], [2, 4]],
  ["argmin", searchAlong("min", 0), [turned(3, 4)], [4]],
  ["gather", gatherOf(1), [turned(2, 3), numbers(2, 4)], [2, 4]],
  ["gather of rows", gatherOf(0), [turned(2, 3), broadcastView(numbers(4, 1), [4, 3])], [4, 3]],
  ["scatter", scatterOf(1), [turned(2, 3), numbers(2, 3)], [2, 4]],
  [
    "checkIndices",
    checkIndicesOf({ op: "take", count: 3, negative: true }),
    [view(Float64Array.of(2, -3, 0))],
    [3],
    "float32",
  ],
  ["draw", drawOf({ kind: "normal", mean: 1, std: 2 }), [view(Float64Array.of(0, 42))], [3, 11], "float32"],
  ["foldIn", foldInOf, [view(Float64Array.of(0, 42)), view(Float64Array.of(7), [])], [2]],
  ["cast", cast, [turned(2, 3)], [2, 3], "float32"],
  ["cast to its own dtype", cast, [turned(2, 3)], [2, 3]],
];

for (const [name, operator, inputs, shape, dtype = "float64"] of CASES) {
  Deno.test(`${name}: an operator runs on arrays as it does in a program`, () => {
    const result: ValueType = { dtype, shape }, parameters = inputs.map(({ dtype, shape }) => ({ dtype, shape }));
    const operation = operator.place(parameters.map((type, value) => ({ ...type, value })), result);
    const program: Program = {
      parameters,
      constants: [],
      instructions: [{ results: [result], operation }],
      results: [
        inputs.length,
      ],
    };
    const [expected] = interpret(program, inputs, reference), actual = operator.run(reference, inputs, result);
    assertEquals([actual.dtype, actual.shape, elementsOf(actual)], [dtype, shape, elementsOf(expected!)]);
  });
}

Deno.test("mapsOf() computes several results of the same operands", () => {
  const x = numbers(2), type: ValueType = { dtype: "float64", shape: [2] };
  const operator = mapsOf([scalar.neg(scalar.argument(0)), scalar.exp(scalar.argument(0))]);
  const operation = operator.place([{ ...type, value: 0 }], [type, type]);
  const program: Program = {
    parameters: [type],
    constants: [],
    instructions: [{ results: [type, type], operation }],
    results: [1, 2],
  };
  assertEquals(
    operator.run(reference, [x], [type, type]).map(elementsOf),
    interpret(program, [x], reference).map(elementsOf),
  );
});

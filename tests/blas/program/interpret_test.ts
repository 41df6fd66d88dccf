/**
 * Programs run plainly: each kind of instruction by numbers that can be checked by hand.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { reference } from "../../../blas/reference/mod.ts";
import { interpret } from "../../../blas/program/interpret.ts";
import { interpretedProgram } from "../../../blas/reference/program.ts";
import {
  EPILOGUE_INPUT,
  type Instruction,
  type Operand,
  type Operation,
  type Program,
} from "../../../blas/program/program.ts";
import { add, argument, mul } from "../../../blas/scalar/scalar.ts";
import { rowMajorStrides, type Shape } from "../../../blas/shape.ts";
import { view } from "../../../blas/view.ts";
import { elementsOf } from "../layouts.ts";

const matrix = view(Float64Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
const whole = (value: number, shape: Shape): Operand => ({ value, shape, stride: rowMajorStrides(shape), offset: 0 });
const turned: Operand = { value: 0, shape: [3, 2], stride: [1, 3], offset: 0 };

/** What an instruction gives for the matrix 1 2 3, 4 5 6. */
function results(shape: Shape, operation: Operation, dtype: "float32" | "float64" = "float64"): readonly number[] {
  const instruction: Instruction = { results: [{ dtype, shape }], operation };
  const program: Program = {
    parameters: [{ dtype: "float64", shape: [2, 3] }],
    constants: [],
    instructions: [instruction],
    results: [1],
  };
  const [result] = interpret(program, [matrix], reference);
  assertEquals([result!.dtype, result!.shape], [dtype, shape]);
  return elementsOf(result!);
}

Deno.test("a map computes its expression for the elements of its operands", () => {
  const loop = {
    shape: [3, 2],
    operands: [turned, { ...turned, stride: [0, 0], offset: 5 }],
    expressions: [add(argument(0), argument(1))],
  };
  assertEquals(results([3, 2], { kind: "map", loop }), [7, 10, 8, 11, 9, 12]);
});

Deno.test("a reduction reduces the values of its loop, and runs its epilogue", () => {
  const loop = { shape: [2, 3], operands: [whole(0, [2, 3])], expressions: [mul(2, argument(0))] };
  const reduce = { kind: "reduce", reduction: "sum", axes: [1], loop } as const;
  assertEquals(results([2, 1], reduce), [12, 30]);
  const epilogue = { shape: [2, 1], operands: [whole(EPILOGUE_INPUT, [2, 1])], expressions: [add(argument(0), 1)] };
  assertEquals(results([2, 1], { ...reduce, epilogue }), [13, 31]);
  assertEquals(results([1, 3], { ...reduce, axes: [0], reduction: "max" }), [8, 10, 12]);
});

Deno.test("every view change is interpreted", () => {
  const operand = whole(0, [2, 3]);
  assertEquals(results([3, 2], { kind: "view", change: { kind: "transpose", axes: [1, 0] }, operand }), [
    1,
    4,
    2,
    5,
    3,
    6,
  ]);
  assertEquals(results([6], { kind: "view", change: { kind: "reshape", shape: [6] }, operand: turned }), [
    1,
    4,
    2,
    5,
    3,
    6,
  ]);
  const ranges = [{ start: 1, step: 1, count: 1 }, { start: 2, step: -2, count: 2 }];
  assertEquals(results([1, 2], { kind: "view", change: { kind: "slice", ranges }, operand }), [6, 4]);
  const column: Operand = { value: 0, shape: [2, 1], stride: [3, 1], offset: 0 };
  assertEquals(results([2, 2], { kind: "view", change: { kind: "broadcast", shape: [2, 2] }, operand: column }), [
    1,
    1,
    4,
    4,
  ]);
});

Deno.test("products, casts and host functions", () => {
  assertEquals(results([2, 2], { kind: "gemm", a: whole(0, [2, 3]), b: turned }), [14, 32, 32, 77]);
  assertEquals(results([2, 3], { kind: "cast", operand: whole(0, [2, 3]) }, "float32"), [1, 2, 3, 4, 5, 6]);
  const run: Extract<Operation, { kind: "host" }>["run"] = ([x]) => [view(Float64Array.of(x!.get(2, 0)))];
  assertEquals(results([1], { kind: "host", name: "corner", key: undefined, operands: [turned], run }), [3]);
});

Deno.test("interpretedProgram() carries results over as an executable does", () => {
  const loop = { shape: [2], operands: [whole(0, [2])], expressions: [mul(2, argument(0))] };
  const type = { dtype: "float64", shape: [2] } as const;
  const program: Program = {
    parameters: [type],
    constants: [],
    instructions: [{ results: [type], operation: { kind: "map", loop } }],
    results: [1, 0],
  };
  const executable = interpretedProgram(program, reference, { carried: [[0, 0]] });
  executable.write(0, view(Float64Array.of(1, 2)));
  for (let i = 0; i < 3; i++) {
    executable.run();
    executable.advance();
  }
  assertEquals(elementsOf(executable.readParameter(0)), [8, 16]);
  assertEquals(elementsOf(executable.read(1)), [4, 8]);
});

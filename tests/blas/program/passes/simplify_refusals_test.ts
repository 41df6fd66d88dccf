/**
 * What only looks as if it could be simplified: values must stay what they are.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { interpret } from "../../../../blas/program/interpret.ts";
import { epilogueInput, plainOperand } from "../../../../blas/program/operand.ts";
import { copying } from "../../../../blas/program/operands.ts";
import type { IndexRange } from "../../../../blas/program/operations/check_indices.ts";
import type { Instruction, Loop, Operation, Program, ValueType } from "../../../../blas/program/program.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import * as s from "../../../../blas/scalar/scalar.ts";
import type { Shape } from "../../../../blas/shape.ts";
import { filled } from "../random_programs.ts";
import { elementsOf } from "../../layouts.ts";
import { type Traced, type Tracer, tracer } from "../tracing.ts";
import { foldViews, removeDeadCode, simplify } from "./on_programs.ts";

/** Checks that a program computes the same bits when it is simplified. */
function keepsValues(program: Program): void {
  const given = program.parameters.map(({ dtype, shape }) => filled(dtype, shape, (k) => k * 5 % 7 - 3));
  const [found, wanted] = [simplify(program), program].map((one) =>
    interpret(one, given, reference).map((y) => [y.shape, elementsOf(y)])
  );
  assertEquals(found, wanted);
}

/** Builds a program whose loops read through views. */
const built = (build: (t: Tracer) => readonly Traced[]): Program => {
  const t = tracer();
  return removeDeadCode(foldViews(t.program(...build(t))));
};

const float = (...shape: number[]): ValueType => ({ dtype: "float32", shape });

/** A program of instructions that read parameters of some types, and the results before them; all of these are its results. */
const listed = (parameters: readonly ValueType[], ...instructions: Instruction[]): Program => ({
  parameters,
  constants: [],
  instructions,
  results: instructions.flatMap(({ results }) => results).map((_, k) => parameters.length + k),
});

const after = (shape: Shape, ...expressions: s.Scalar[]): Loop => ({
  shape,
  operands: [epilogueInput(shape)],
  expressions,
});

Deno.test("simplify() adds up nothing along an axis of length 0, whatever is repeated there", () => {
  const infinite = built((t) => {
    const x = t.parameter("float32", [3, 1]), empty = t.broadcast(t.map(s.div, x, 0), [3, 0]);
    return [t.reduceKept("sum", empty, [1]), t.reduceKept("max", empty, [1])];
  });
  keepsValues(infinite);
});

Deno.test("simplify() reduces in two goes what lies between in another order, in part, in other rows, or changed", () => {
  keepsValues(built((t) => {
    const inner = t.reduceKept("sum", t.parameter("float32", [4, 5, 4]), [1]); // [4, 1, 4]
    return [t.reduceKept("sum", t.transpose(inner), [0])];
  }));
  keepsValues(built((t) => {
    const inner = t.reduceKept("sum", t.parameter("float32", [4, 5, 4]), [1]);
    return [t.reduceKept("sum", t.slice(inner, [[0, 1, 2], [0, 1, 1], [0, 1, 4]]), [0])];
  }));
  keepsValues(built((t) => {
    const inner = t.reduceKept("sum", t.parameter("float32", [4, 5, 6]), [1]);
    return [t.reduceKept("sum", t.reshape(inner, [3, 8]), [1])];
  }));
  keepsValues(built((t) => [t.reduceKept("max", t.reduceKept("sum", t.parameter("float32", [4, 5]), [1]), [0])]));
  const reduce = (operand: number, shape: Shape, axis: number, epilogue?: Loop): Instruction => ({
    results: [float(...shape.with(axis, 1))],
    operation: {
      kind: "reduce",
      reduction: "sum",
      axes: [axis],
      loop: copying(plainOperand(operand, shape)),
      ...epilogue && { epilogue },
    },
  });
  keepsValues(listed(
    [float(4, 5)],
    reduce(0, [4, 5], 1, after([4, 1], s.mul(s.argument(0), s.argument(0)))),
    reduce(1, [4, 1], 0),
  ));
});

Deno.test("simplify() keeps the loop after a product of a column and a row, and loops that copy something else", () => {
  const product = (epilogue: Loop): Operation => ({
    kind: "gemm",
    a: plainOperand(0, [4, 1]),
    b: plainOperand(1, [1, 4]),
    epilogue,
  });
  const parameters = [float(4, 1), float(1, 4), float(4, 4)], shape = [4, 4];
  keepsValues(listed(parameters, { results: [float(4, 4)], operation: product(after(shape, s.neg(s.argument(0)))) }));
  const deep: Operation = { kind: "gemm", a: plainOperand(2, shape), b: plainOperand(2, shape) };
  const other: Loop = { shape, operands: [plainOperand(2, shape), epilogueInput(shape)], expressions: [s.argument(0)] };
  keepsValues(listed(parameters, { results: [float(4, 4)], operation: { ...deep, epilogue: other } }));
  keepsValues(listed(parameters, {
    results: [float(4, 4), float(4, 4)],
    operation: { ...deep, epilogue: after(shape, s.argument(0), s.neg(s.argument(0))) },
  }));
});

Deno.test("simplify() asks relu's result only where it is that of the same element, and for nothing else", () => {
  const relu = (x: s.Scalar) => s.max(x, 0), positive = (x: s.Scalar) => s.greater(x, 0);
  for (
    const part of [
      (t: Tracer, x: Traced) => t.transpose(x),
      (t: Tracer, x: Traced) => t.slice(x, [[0, 1, 2], [0, 1, 4]]),
    ]
  ) {
    keepsValues(built((t) => {
      const x = t.parameter("float32", [4, 4]);
      return [t.map(relu, part(t, x)), t.map(positive, x)];
    }));
  }
  const x = plainOperand(0, [4]),
    loop = (expression: s.Scalar): Instruction => ({
      results: [float(4)],
      operation: { kind: "map", loop: { shape: [4], operands: [x], expressions: [expression] } },
    });
  keepsValues(listed([float(4)], loop(relu(s.argument(0))), loop(s.argument(0))));
});

Deno.test("simplify() checks indices again that may be others, and marks none as checked that may lie outside", () => {
  const range: IndexRange = { op: "take", count: 4, negative: false };
  const check = (operand: number, own: Partial<IndexRange>): Instruction => ({
    results: [float(3)],
    operation: { kind: "checkIndices", operand: plainOperand(operand, [3]), range: { ...range, ...own } },
  });
  const gather: Instruction = {
    results: [float(3)],
    operation: { kind: "gather", axis: 0, operand: plainOperand(1, [4]), indices: plainOperand(2, [3]) },
  };
  const parameters = [float(3), float(4)];
  const kept = [
    listed(parameters, check(0, { exception: -1 }), check(2, {})),
    listed(parameters, check(0, { count: 5 }), check(2, {})),
    listed(parameters, check(0, { count: 5 }), gather),
    listed(parameters, check(0, { exception: -1 }), gather),
  ];
  for (const program of kept) assertEquals(simplify(program), program);
  const known = listed(parameters, check(0, {}), check(2, { count: 5 }), { ...gather });
  assertEquals(simplify(known).instructions.map(({ operation }) => operation.kind), ["checkIndices", "map", "gather"]);
});

/**
 * Programs run plainly, instruction by instruction, on arrays of their own: what compiled programs are held to, and what
 * runs where they cannot be compiled.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import { reference } from "../reference/mod.ts";
import { reducedShape, rowMajorStrides, sizeOf } from "../shape.ts";
import { allocate, isContiguous, type MutableView, unsafeView, type View } from "../view.ts";
import { EPILOGUE_INPUT, type Instruction, type Loop, type Operand, type Program, type ValueType } from "./program.ts";
import { changeView } from "./view_change.ts";

/**
 * Runs a program.
 *
 * @param program The program.
 * @param given A view for each parameter.
 * @param engine What computes. Default: the reference engine.
 * @returns A row-major array for each result.
 */
export function interpret(program: Program, given: readonly View[], engine: Engine = reference): readonly View[] {
  const values: View[] = [...given, ...program.constants].map((x) => dense(engine, x));
  for (const instruction of program.instructions) {
    values.push(...runInstruction(engine, instruction, (operand) => operandView(values[operand.value]!, operand)));
  }
  return program.results.map((value) => values[value]!);
}

/** A value as an operand sees it; the value is row-major. */
export function operandView({ data, offset }: View, operand: Operand): View {
  return unsafeView(data, operand.shape, operand.stride, offset + operand.offset);
}

/** Computes the results of one instruction. */
export function runInstruction(
  engine: Engine,
  { results, operation }: Instruction,
  view: (operand: Operand) => View,
): readonly View[] {
  const [first] = results as readonly [ValueType], { dtype } = first;
  const loopOver = (loop: Loop, computed?: View): readonly View[] => {
    const inputs = loop.operands.map((operand) =>
      operand.value === EPILOGUE_INPUT ? operandView(computed!, operand) : view(operand)
    );
    return loop.expressions.map((expression) => {
      const output = allocate(dtype, loop.shape);
      engine.map(expression, inputs, output);
      return output as View;
    });
  };
  const declared = (x: View, k: number): View =>
    unsafeView(x.data, results[k]!.shape, rowMajorStrides(results[k]!.shape), x.offset);
  const finish = (computed: View, epilogue: Loop | undefined) =>
    (epilogue === undefined ? [computed] : loopOver(epilogue, computed)).map(declared);
  const filled = (fill: (output: MutableView) => void, shape = first.shape): View => {
    const output = allocate(dtype, shape);
    fill(output);
    return output as View;
  };
  switch (operation.kind) {
    case "view":
      return [dense(engine, changeView(view(operation.operand), operation.change, (x) => copied(engine, x)))];
    case "map":
      return loopOver(operation.loop).map(declared);
    case "reduce": {
      const { loop, axes, reduction, epilogue } = operation;
      return finish(
        filled((y) => engine.reduce(reduction, loopOver(loop)[0]!, y), reducedShape(loop.shape, axes)),
        epilogue,
      );
    }
    case "gemm":
      return finish(filled((c) => multiplyInto(engine, view(operation.a), view(operation.b), c)), operation.epilogue);
    case "convolution":
      return finish(filled((y) => convolveInto(engine, operation, view, y)), operation.epilogue);
    case "cast": {
      const x = copied(engine, view(operation.operand));
      return [filled(({ data, offset }) => {
        for (let i = 0; i < x.size; i++) data[offset + i] = x.data[x.offset + i]!;
      })];
    }
    case "host":
      return [dense(engine, operation.run(operation.operands.map(view)))];
  }
}

/** The product of two stacks of matrices, into a row-major array. */
export function multiplyInto(engine: Engine, a: View, b: View, c: MutableView): void {
  const rank = c.shape.length;
  const stack = (x: View): View => {
    const [rows, columns] = x.shape.slice(-2) as [number, number],
      size = sizeOf(x.shape.slice(0, -2));
    return x.shape.length === 2
      ? x
      : changeView(x, { kind: "reshape", shape: [size, rows, columns] }, (y) => copied(engine, y));
  };
  if (c.size === 0) return;
  const operands = { alpha: 1, a: stack(a), b: stack(b), beta: 0, c: stack(c as View) as MutableView };
  if (rank === 2) engine.gemm(operands);
  else engine.gemmBatched(operands);
}

type Convolution = Extract<Instruction["operation"], { kind: "convolution" }>;

/** Computes a convolution into a row-major array. */
export function convolveInto(
  engine: Engine,
  { form, geometry, operands }: Convolution,
  view: (operand: Operand) => View,
  output: MutableView,
): void {
  const [p, q] = operands.map(view) as [View, View];
  switch (form) {
    case "conv2d":
      return engine.conv2d({ geometry, x: p, w: q, y: output });
    case "conv2dInput":
      return engine.conv2dInput({ geometry, y: p, w: q, x: output });
    case "conv2dWeight":
      return engine.conv2dWeight({ geometry, x: p, y: q, w: output });
  }
}

function copied(engine: Engine, x: View): View {
  const y = allocate(x.dtype, x.shape);
  engine.copy({ x, y });
  return y as View;
}

/** A row-major array of the elements; the view itself where it is one. */
function dense(engine: Engine, x: View): View {
  return isContiguous(x) ? unsafeView(x.data, x.shape, rowMajorStrides(x.shape), x.offset) as View : copied(engine, x);
}

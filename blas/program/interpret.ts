/**
 * Programs run plainly, instruction by instruction, on arrays of their own.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import { reference } from "../reference/mod.ts";
import { rowMajorStrides, type Shape } from "../shape.ts";
import {
  allocate,
  broadcastView,
  type MutableView,
  reshapeView,
  sliceView,
  transposeView,
  unsafeView,
  type View,
} from "../view.ts";
import { COMPUTED, type Instruction, type Loop, type Operand, type Program, type ViewChange } from "./program.ts";

/**
 * Runs a program.
 *
 * @param program The program.
 * @param given A view for each parameter.
 * @param engine What computes; the reference engine if left out.
 * @returns A row-major array for each result.
 */
export function interpret(program: Program, given: readonly View[], engine: Engine = reference): readonly View[] {
  const values = [...given, ...program.constants].map((v) => copied(engine, v));
  for (const instruction of program.instructions) {
    values.push(...runInstruction(engine, instruction, (operand) => operandView(values[operand.value]!, operand)));
  }
  return program.results.map((value) => values[value]!);
}

/** A row-major value as an operand shows it. */
export function operandView({ data, offset }: View, operand: Operand): View {
  return unsafeView(data, operand.shape, operand.stride, offset + operand.offset);
}

/** Computes the results of one instruction, row-major. */
export function runInstruction(
  engine: Engine,
  { results, operation }: Instruction,
  view: (operand: Operand) => View,
): readonly View[] {
  const { dtype } = results[0]!;
  const typed = (v: View, k: number): View =>
    unsafeView(v.data, results[k]!.shape, rowMajorStrides(results[k]!.shape), v.offset);
  const runLoop = (loop: Loop, computed?: View): readonly View[] =>
    loop.expressions.map((expression) => {
      const output = allocate(dtype, loop.shape);
      engine.map(
        expression,
        loop.operands.map((o) => o.value === COMPUTED ? operandView(computed!, o) : view(o)),
        output,
      );
      return output as View;
    });
  const finish = (computed: View, after: Loop | undefined): readonly View[] =>
    (after === undefined ? [computed] : runLoop(after, computed)).map(typed);
  switch (operation.kind) {
    case "view":
      return [changed(engine, view(operation.operand), operation.change)];
    case "map":
      return runLoop(operation.loop).map(typed);
    case "reduce": {
      const { loop, axes, reduction, after } = operation;
      const output = allocate(dtype, reducedShape(loop.shape, axes));
      engine.reduce(reduction, runLoop(loop)[0]!, output);
      return finish(output as View, after);
    }
    case "gemm":
      return finish(multiply(engine, view(operation.a), view(operation.b)), operation.after);
    case "convolution": {
      const { form, geometry, operands, after } = operation, [p, q] = operands.map(view) as [View, View];
      const output = allocate(dtype, after?.shape ?? results[0]!.shape);
      if (form === "conv2d") engine.conv2d({ geometry, x: p, w: q, y: output });
      else if (form === "conv2dInput") engine.conv2dInput({ geometry, y: p, w: q, x: output });
      else engine.conv2dWeight({ geometry, x: p, y: q, w: output });
      return finish(output as View, after);
    }
    case "cast": {
      const x = copied(engine, view(operation.operand)), output = allocate(dtype, x.shape);
      for (let i = 0; i < x.size; i++) output.data[output.offset + i] = x.data[x.offset + i]!;
      return [output as View];
    }
    case "host":
      return [copied(engine, operation.run(operation.operands.map(view)))];
  }
}

/** The shape left when the axes are reduced to length 1. */
export function reducedShape(shape: Shape, axes: readonly number[]): Shape {
  return shape.map((length, axis) => axes.includes(axis) ? 1 : length);
}

function multiply(engine: Engine, a: View, b: View): View {
  const m = a.shape.at(-2)!, n = b.shape.at(-1)!, c = allocate(a.dtype, [...a.shape.slice(0, -2), m, n]);
  if (c.size === 0) return c as View;
  if (c.shape.length === 2) {
    engine.gemm({ alpha: 1, a, b, beta: 0, c });
    return c as View;
  }
  const stack = (v: View): View => {
    const shape = [v.shape.slice(0, -2).reduce((size, length) => size * length, 1), ...v.shape.slice(-2)];
    return reshapeView(v, shape) ?? reshapeView(copied(engine, v), shape)!;
  };
  engine.gemmBatched({ alpha: 1, a: stack(a), b: stack(b), beta: 0, c: stack(c as View) as MutableView });
  return c as View;
}

function changed(engine: Engine, v: View, change: ViewChange): View {
  switch (change.kind) {
    case "reshape":
      return reshapeView(copied(engine, v), change.shape)!;
    case "transpose":
      return copied(engine, transposeView(v, change.axes));
    case "broadcast":
      return copied(engine, broadcastView(v, change.shape));
    case "slice":
      return copied(engine, sliceView(v, change.ranges));
  }
}

function copied(engine: Engine, x: View): View {
  const y = allocate(x.dtype, x.shape);
  engine.copy({ x, y });
  return y as View;
}

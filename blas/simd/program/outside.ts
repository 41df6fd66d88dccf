/**
 * Instructions that are computed outside WebAssembly, on views over a program's memory.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import type { Engine } from "../../engine.ts";
import { fillMemoryArray, type MemoryArray, memoryArrayAt } from "../../program/memory/memory_array.ts";
import type { MemoryPlan } from "../../program/memory/memory_plan.ts";
import { convolveInto } from "../../program/operations/convolution.ts";
import { multiplyInto } from "../../program/operations/gemm.ts";
import { firstResults, lastLoop } from "../../program/operands.ts";
import type { Loop, Operand, Program, ValueType } from "../../program/program.ts";
import { rowMajorStrides } from "../../shape.ts";
import { type MutableView, unsafeView, type View } from "../../view.ts";

/** A step outside WebAssembly, and its epilogue, which reads the result of the step at an address. */
export type OutsideStep = {
  readonly run: () => void;
  readonly epilogue: { readonly loop: Loop; readonly computed: number } | undefined;
};

/** The surroundings of a running program's instructions. */
export type Surroundings = {
  readonly memory: WebAssembly.Memory;
  readonly plan: MemoryPlan;
  /** The array of each value, by number. */
  readonly arrays: readonly MemoryArray[];
  /** The engine that computes. */
  readonly engine: Engine;
};

/** Returns the step of an instruction without emitted code. */
export function outsideStep(
  program: Program,
  i: number,
  { memory, plan, arrays, engine }: Surroundings,
): OutsideStep {
  const { operation, results } = program.instructions[i]!, [type] = results as readonly [ValueType];
  const viewOf = ({ value, shape, stride, offset }: Operand): View =>
    unsafeView(arrays[value]!.data as View<DType>["data"], shape, stride, offset) as View;
  const { loop } = lastLoop(operation), first = firstResults(program)[i]!;
  const target = loop === undefined ? arrays[first]! : memoryArrayAt(memory.buffer, type, plan.workspaces[i]!);
  const to = unsafeView(target.data as View["data"], type.shape, rowMajorStrides(type.shape), 0) as MutableView;
  const epilogue = loop && { loop, computed: plan.workspaces[i]! };
  switch (operation.kind) {
    case "host": {
      const inputs = operation.operands.map(viewOf);
      const fill = (x: View, k: number): void => fillMemoryArray(arrays[first + k]!, x);
      return { run: () => operation.run(inputs, engine).forEach(fill), epilogue };
    }
    case "gemm": {
      const a = viewOf(operation.a), b = viewOf(operation.b);
      return { run: () => multiplyInto(engine, a, b, to), epilogue };
    }
    case "convolution": {
      const { form, geometry } = operation, inputs = operation.operands.map(viewOf);
      return { run: () => convolveInto(engine, form, geometry, inputs, to), epilogue };
    }
    default:
      throw new TypeError(
        `Cannot run a ${operation.kind} outside WebAssembly: it must be gemm, convolution or host; lower it`,
      );
  }
}

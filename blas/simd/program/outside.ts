/**
 * Instructions that are computed outside WebAssembly, on views over a program's memory.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import type { Engine } from "../../engine.ts";
import { convolveInto, multiplyInto } from "../../program/interpret.ts";
import { fillMemoryArray, type MemoryArray, memoryArrayAt } from "../../program/memory/memory_array.ts";
import type { MemoryPlan } from "../../program/memory/memory_plan.ts";
import { firstResults, lastLoop } from "../../program/operands.ts";
import type { Loop, Operand, Program, ValueType } from "../../program/program.ts";
import { rowMajorStrides } from "../../shape.ts";
import { type MutableView, unsafeView, type View } from "../../view.ts";

/** What happens outside WebAssembly, and the loop that comes after it, where what was computed is at an address. */
export type OutsideStep = {
  readonly run: () => void;
  readonly epilogue: { readonly loop: Loop; readonly computed: number } | undefined;
};

/** What surrounds the instructions of a program that runs. */
export type Surroundings = {
  readonly memory: WebAssembly.Memory;
  readonly plan: MemoryPlan;
  /** The array of each value. */
  readonly arrays: readonly MemoryArray[];
  /** What computes. */
  readonly engine: Engine;
};

/** Returns the step of an instruction that no code is emitted for. */
export function outsideStep(
  program: Program,
  i: number,
  { memory, plan, arrays, engine }: Surroundings,
): OutsideStep {
  const { operation, results } = program.instructions[i]!, [type] = results as readonly [ValueType];
  const viewOf = ({ value, shape, stride, offset }: Operand): View =>
    unsafeView(arrays[value]!.data as View<DType>["data"], shape, stride, offset) as View;
  const { loop } = lastLoop(operation);
  const target = loop === undefined
    ? arrays[firstResults(program)[i]!]!
    : memoryArrayAt(memory.buffer, type, plan.workspaces[i]!);
  const to = unsafeView(target.data as View["data"], type.shape, rowMajorStrides(type.shape), 0) as MutableView;
  const epilogue = loop && { loop, computed: plan.workspaces[i]! };
  switch (operation.kind) {
    case "host": {
      const inputs = operation.operands.map(viewOf);
      return { run: () => fillMemoryArray(target, operation.run(inputs, engine)), epilogue };
    }
    case "gemm": {
      const a = viewOf(operation.a), b = viewOf(operation.b);
      return { run: () => multiplyInto(engine, a, b, to), epilogue };
    }
    case "convolution": {
      const views = new Map(operation.operands.map((operand) => [operand, viewOf(operand)]));
      return { run: () => convolveInto(engine, operation, (operand) => views.get(operand)!, to), epilogue };
    }
    default:
      throw new TypeError(
        `Cannot run a ${operation.kind} outside WebAssembly: only gemm, convolution and host are; lower it`,
      );
  }
}

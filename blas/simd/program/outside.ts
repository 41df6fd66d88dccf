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
import type { Executable } from "../../program/target.ts";
import { kindOf } from "../../program/operations/mod.ts";
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
  /** Compiles a program that an instruction holds. */
  readonly compile: (program: Program) => Executable;
};

/** Returns the step of an instruction that no code is emitted for. */
export function outsideStep(
  program: Program,
  i: number,
  { memory, plan, arrays, engine, compile }: Surroundings,
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
    case "scan":
    case "while":
    case "branch": {
      const interpret = runnerOf(compile);
      const compute = () => kindOf(operation).compute(operation, { engine, results, view: viewOf, interpret });
      return { run: () => compute().forEach((x, k) => fillMemoryArray(arrays[first + k]!, x)), epilogue };
    }
    default:
      throw new TypeError(
        `Cannot run a ${operation.kind} outside WebAssembly: only products, loops, choices and host operations are; lower it`,
      );
  }
}

/** Runs programs that are compiled when they are first run; what a program is given again stays where it is. */
function runnerOf(compile: (program: Program) => Executable) {
  const made = new Map<Program, { readonly executable: Executable; readonly written: View[] }>();
  return (inner: Program, given: readonly View[]): readonly View[] => {
    if (!made.has(inner)) made.set(inner, { executable: compile(inner), written: [] });
    const { executable, written } = made.get(inner)!;
    given.forEach((x, k) => {
      if (written[k] !== x) executable.write(k, x);
      written[k] = x;
    });
    executable.run();
    return inner.results.map((_, k) => executable.read(k));
  };
}

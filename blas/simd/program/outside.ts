/**
 * Instructions that are computed outside WebAssembly, on views over a program's memory.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import type { Engine } from "../../engine.ts";
import { fillMemoryArray, type MemoryArray, memoryArrayAt } from "../../program/memory/memory_array.ts";
import { plainOperand } from "../../program/operand.ts";
import { lastLoop } from "../../program/operands.ts";
import { kindOf } from "../../program/operations/mod.ts";
import type { Instruction, Loop, Operand, ValueType } from "../../program/program.ts";
import { type MutableView, unsafeView, type View } from "../../view.ts";

/** A step outside WebAssembly, and its epilogue, which reads the result of the step at an address. */
export type OutsideStep = {
  readonly run: () => void;
  readonly epilogue: { readonly loop: Loop; readonly computed: number } | undefined;
};

/** The memory of a program, and the engine that computes in it. */
export type ProgramMemory = {
  readonly memory: WebAssembly.Memory;
  /** The array of each value, by number. */
  readonly arrays: readonly MemoryArray[];
  /** The engine that computes the instructions without emitted code. */
  readonly engine: Engine;
};

/**
 * Returns the step of an instruction without emitted code.
 *
 * @param instruction The instruction.
 * @param first The number of its first result.
 * @param workspace The byte address of its workspace, which holds the input of its epilogue, if it has one.
 */
export function outsideStep(
  { operation, results }: Instruction,
  first: number,
  workspace: number,
  { memory, arrays, engine }: ProgramMemory,
): OutsideStep {
  const kind = kindOf(operation), { loop } = lastLoop(operation), [type] = results as readonly [ValueType];
  const targets = loop === undefined
    ? results.map((_, k) => arrays[first + k]!)
    : [memoryArrayAt(memory.buffer, type, workspace)];
  const views = new Map(kind.operands(operation).map((operand) => [operand, viewOf(arrays[operand.value]!, operand)]));
  const surroundings = { engine, results, view: (operand: Operand) => views.get(operand)! };
  const output = viewOf(targets[0]!, plainOperand(first, type.shape)) as MutableView;
  const run = kind.computeInto === undefined
    ? () => kind.compute(operation, surroundings).forEach((x, k) => fillMemoryArray(targets[k]!, x))
    : () => kind.computeInto!(operation, surroundings, output);
  return { run, epilogue: loop && { loop, computed: workspace } };
}

/** Returns the view of a value's array that an operand shows. */
function viewOf({ data }: MemoryArray, { shape, stride, offset }: Operand): View {
  return unsafeView(data as View<DType>["data"], shape, stride, offset) as View;
}

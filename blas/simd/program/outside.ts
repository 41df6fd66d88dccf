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

/** What happens outside WebAssembly, and the loop that comes after it, where what was computed is at an address. */
export type OutsideStep = {
  readonly run: () => void;
  readonly epilogue: { readonly loop: Loop; readonly computed: number } | undefined;
};

/** The memory of a program, and what computes in it. */
export type ProgramMemory = {
  readonly memory: WebAssembly.Memory;
  /** The array of each value. */
  readonly arrays: readonly MemoryArray[];
  /** What computes what no code is emitted for. */
  readonly engine: Engine;
};

/**
 * Returns the step of an instruction that no code is emitted for.
 *
 * @param instruction What to compute.
 * @param first The number of its first result.
 * @param workspace The byte address of its workspace: where there is an epilogue, what it reads is put there.
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

/** A value's array as an operand sees it. */
function viewOf({ data }: MemoryArray, { shape, stride, offset }: Operand): View {
  return unsafeView(data as View<DType>["data"], shape, stride, offset) as View;
}

/**
 * Instructions that are computed outside WebAssembly, on views over a program's memory.
 *
 * @module
 */
import { BYTES_PER_ELEMENT } from "../../dtype.ts";
import type { Engine } from "../../engine.ts";
import { fillMemoryArray, type MemoryArray, memoryArrayAt } from "../../program/memory/memory_array.ts";
import { plainOperand } from "../../program/operand.ts";
import { isWhole, lastLoop, operandsOf } from "../../program/operands.ts";
import { blockOf } from "../../program/operations/exchange.ts";
import { kindOf } from "../../program/operations/mod.ts";
import type { Instruction, Loop, Operand, Program, ValueType } from "../../program/program.ts";
import type { Executable } from "../../program/target.ts";
import { type MutableView, unsafeView, type View } from "../../view.ts";

/** A step outside WebAssembly, and its epilogue, which reads the step's result at an address. */
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
  /** Compiles a program that an instruction holds. */
  readonly compile: (program: Program) => Executable;
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
  { memory, arrays, engine, compile }: ProgramMemory,
): OutsideStep {
  const kind = kindOf(operation);
  if (kind.replace !== undefined) return { run: replacing({ operation, results }, first, arrays), epilogue: undefined };
  // It has one result.
  const { loop } = lastLoop(operation), [type] = results as readonly [ValueType];
  const targets = loop === undefined
    ? results.map((_, k) => arrays[first + k]!)
    : [memoryArrayAt(memory.buffer, type, workspace)];
  const views = new Map(kind.operands(operation).map((operand) => [operand, viewOf(arrays[operand.value]!, operand)]));
  const view = (operand: Operand) => views.get(operand)!, runner = runnerOf(compile);
  const surroundings = () => ({ engine, results, view, interpret: runner() });
  // The memory of its results.
  const outputs = results.map(({ shape }, k) => viewOf(targets[k]!, plainOperand(first + k, shape)) as MutableView);
  const computeInto = kind.computeInto?.(operation),
    run = computeInto === undefined
      ? () => kind.compute(operation, surroundings()).forEach((x, k) => fillMemoryArray(targets[k]!, x))
      : () => computeInto(surroundings(), outputs);
  return { run, epilogue: loop && { loop, computed: workspace } };
}

/** Returns what replaces operands by results in the block of the results: operands that lie elsewhere are copied there. */
function replacing(
  { operation, results }: Instruction,
  first: number,
  arrays: readonly MemoryArray[],
): () => void {
  const kind = kindOf(operation), targets = results.map((_, k) => arrays[first + k]!);
  const copies = operandsOf(operation).slice(0, results.length).flatMap((operand, k) => {
    const from = arrays[operand.value]!, to = targets[k]!;
    const lies = from.data.byteOffset === to.data.byteOffset && isWhole(operand, from.data.length);
    return lies ? [] : [() => fillMemoryArray(to, viewOf(from, operand))];
  });
  const { positions, bytes } = blockOf(results), k = Math.max(0, targets.findIndex(({ data }) => data.length > 0));
  const { dtype, data: { buffer, byteOffset } } = targets[k]!, shape = [bytes / BYTES_PER_ELEMENT[dtype]];
  const block = memoryArrayAt(buffer, { dtype, shape }, byteOffset - positions[k]!).data;
  return () => {
    for (const copy of copies) copy();
    kind.replace!(operation, block);
  };
}

/** Returns the view of a value's array that an operand shows. */
function viewOf({ data }: MemoryArray, { shape, stride, offset }: Operand): View {
  return unsafeView(data, shape, stride, offset);
}

/**
 * Runs programs that an instruction holds: they are compiled when they are first run. An argument that a program
 * receives again during one run of the instruction is not copied again.
 */
function runnerOf(compile: (program: Program) => Executable) {
  const executables = new Map<Program, Executable>();
  return () => {
    const written = new Map<Program, readonly View[]>();
    return (inner: Program, given: readonly View[]): readonly View[] => {
      const executable = executables.get(inner) ?? compile(inner), before = written.get(inner) ?? [];
      executables.set(inner, executable);
      given.forEach((x, k) => before[k] !== x && executable.write(k, x));
      written.set(inner, given);
      executable.run();
      return inner.results.map((_, k) => executable.read(k));
    };
  };
}

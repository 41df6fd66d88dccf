/**
 * Loops after products and convolutions: on what has been computed into the workspace, block by block while it is in the
 * caches, or all of it.
 *
 * @module
 */
import { toLines } from "../../alignment.ts";
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import { isPlain } from "../../program/operand.ts";
import { EPILOGUE_INPUT, type Loop } from "../../program/program.ts";
import { sizeOf } from "../../shape.ts";
import type { Bits } from "../assembler/registers.ts";
import type { Code } from "../code/code.ts";
import type { Counter } from "../code/regions.ts";
import type { MachineLowered, Regions } from "../program/lowering.ts";
import { emitLoop, finalLoop, type LoopPlan, planLoop } from "./loop.ts";

/** Some elements of the results: so many from one on, which may depend on a counter. */
export type Block = {
  readonly first: number;
  readonly count: number;
  readonly counter?: Counter;
  /** The elements that a step of the counter is. */
  readonly step?: number;
};

/** An epilogue: who runs it, and its code, if it has any. */
export type Epilogue = {
  /** What the lowered instruction says about it. */
  readonly lowered: Pick<MachineLowered, "epilogue" | "inPlace" | "mayRefuse">;
  /** Bytes at the start of the workspace into which the operation computes: for a block, or for everything; 0 without epilogue. */
  readonly staged: number;
  /** Whether it must be written after each block, which is computed at the start of the workspace. */
  readonly inBlocks: boolean;
  /** Writes it for a block. */
  readonly emitBlock: (code: Code, regions: Regions, block: Block) => void;
  /** Writes it for everything; nothing if there is none, if it runs block by block, or if WebAssembly runs it. */
  readonly emit: (code: Code, regions: Regions) => void;
};

/** The options of {@link epilogueOf}. */
export type EpilogueOptions = {
  readonly dtype: DType;
  readonly bits: Bits;
  /** The elements of the blocks in which the operation could be computed. Default: it computes everything first. */
  readonly block?: number;
  /** The general-purpose registers that are in use where blocks end. Default: 0. */
  readonly held?: number;
};

/** Prepares the loop, if there is one, after an operation. */
export function epilogueOf(
  loop: Loop | undefined,
  { dtype, bits, block: elements, held = 0 }: EpilogueOptions,
): Epilogue {
  const nothing = () => {};
  if (loop === undefined) {
    return { lowered: { inPlace: false }, staged: 0, inBlocks: false, emitBlock: nothing, emit: nothing };
  }
  const bytes = BYTES_PER_ELEMENT[dtype], size = sizeOf(loop.shape), inner = size / (loop.shape[0] ?? 1);
  const input = (operand: Loop["operands"][number]) => operand.value === EPILOGUE_INPUT;
  const emitWith =
    (plan: LoopPlan): Epilogue["emitBlock"] =>
    (code, { value, results, workspace }, { first, count, counter, step = 0 }) => {
      const indices = step / inner, start = first / inner, computed = { ...workspace, name: "what was computed" };
      emitLoop(code, {
        loop,
        plan,
        dtype,
        length: count / inner,
        operand: (k) => {
          const operand = loop.operands[k]!, { value: number, offset, stride } = operand, along = stride[0] ?? 0;
          if (input(operand)) return code.pointer({ ...computed, bytes: count * bytes }, offset * bytes);
          const from = (offset + start * along) * bytes;
          if (counter === undefined) return code.pointer(value(number), from);
          return code.pointerAlong(value(number), from, counter, indices * along * bytes);
        },
        result: (k) => {
          const from = first * bytes;
          return counter === undefined
            ? code.pointer(results[k]!, from)
            : code.pointerAlong(results[k]!, from, counter, step * bytes);
        },
      });
    };
  // Blocks begin and end at indices of the first axis, and the loop reads what was computed in order.
  const isDivisible = elements !== undefined && elements < size && elements % inner === 0 &&
    loop.operands.every((operand) => !input(operand) || isPlain(operand));
  const forBlocks = isDivisible ? planLoop(loop, dtype, bits, { length: elements / inner, held }) : undefined;
  if (forBlocks !== undefined) {
    const emitBlock = emitWith(forBlocks);
    const blocks = { staged: toLines(elements! * bytes), inBlocks: true, emitBlock };
    return { lowered: finalLoop(forBlocks), ...blocks, emit: nothing };
  }
  const staged = toLines(size * bytes),
    plan = planLoop(loop, dtype, bits),
    rest = { staged, inBlocks: false, emitBlock: nothing };
  if (plan === undefined) return { lowered: { inPlace: true, epilogue: loop }, ...rest, emit: nothing };
  return {
    lowered: finalLoop(plan),
    ...rest,
    emit: (code, regions) => emitWith(plan)(code, regions, { first: 0, count: size }),
  };
}

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
  /** The elements of the blocks in which the operation could be computed: all numbers that occur. Default: everything at once. */
  readonly blocks?: readonly number[] | undefined;
  /** Whether each block is computed in a place of its own. Default: all at the start of the workspace. */
  readonly apart?: boolean | undefined;
  /** The general-purpose registers that are in use where blocks end. Default: 0. */
  readonly held?: number | undefined;
};

/** Prepares the loop, if there is one, after an operation. */
export function epilogueOf(
  loop: Loop | undefined,
  { dtype, bits, blocks = [], apart = false, held = 0 }: EpilogueOptions,
): Epilogue {
  const nothing = () => {};
  if (loop === undefined) {
    return { lowered: { inPlace: false }, staged: 0, inBlocks: false, emitBlock: nothing, emit: nothing };
  }
  const bytes = BYTES_PER_ELEMENT[dtype], size = sizeOf(loop.shape), inner = size / (loop.shape[0] ?? 1);
  const input = (operand: Loop["operands"][number]) => operand.value === EPILOGUE_INPUT;
  const emitWith =
    (plans: ReadonlyMap<number, LoopPlan>): Epilogue["emitBlock"] =>
    (code, { value, results, workspace }, { first, count, counter, step = 0 }) => {
      const indices = step / inner, start = first / inner, computed = { ...workspace, name: "what was computed" };
      emitLoop(code, {
        loop,
        plan: plans.get(count)!, // for every number of elements that occurs
        dtype,
        length: count / inner,
        operand: (k) => {
          const operand = loop.operands[k]!, { value: number, offset, stride } = operand, along = stride[0] ?? 0;
          if (input(operand) && !apart) return code.pointer({ ...computed, bytes: count * bytes }, offset * bytes);
          const from = (offset + start * along) * bytes, region = input(operand) ? computed : value(number);
          if (counter === undefined) return code.pointer(region, from);
          return code.pointerAlong(region, from, counter, indices * along * bytes);
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
  const isDivisible = blocks.length > 0 && blocks.every((count) => count < size && count % inner === 0) &&
    loop.operands.every((operand) => !input(operand) || isPlain(operand));
  const planned = (counts: readonly number[], registers: number) => {
    const plans = new Map<number, LoopPlan>();
    for (const count of counts) {
      const plan = planLoop(loop, dtype, bits, { length: count / inner, held: registers });
      if (plan === undefined) return undefined;
      plans.set(count, plan);
    }
    return plans;
  };
  const lastOf = (plans: ReadonlyMap<number, LoopPlan>) => finalLoop([...plans.values()]);
  const forBlocks = isDivisible ? planned(blocks, held) : undefined, everything = toLines(size * bytes);
  if (forBlocks !== undefined) {
    const staged = apart ? everything : toLines(Math.max(...blocks) * bytes);
    return { lowered: lastOf(forBlocks), staged, inBlocks: true, emitBlock: emitWith(forBlocks), emit: nothing };
  }
  const plans = planned([size], 0), rest = { staged: everything, inBlocks: false, emitBlock: nothing };
  if (plans === undefined) return { lowered: { inPlace: true, epilogue: loop }, ...rest, emit: nothing };
  const emitAll = emitWith(plans);
  return {
    lowered: lastOf(plans),
    ...rest,
    emit: (code, regions) => emitAll(code, regions, { first: 0, count: size }),
  };
}

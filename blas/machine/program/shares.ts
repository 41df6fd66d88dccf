/**
 * How threads divide instructions in machine code: each computes the same operation on a part of the results.
 *
 * @module
 */
import type { Instruction } from "../../program/program.ts";
import type { Region } from "../code/regions.ts";
import type { LowerInstruction, MachineLowered, MachinePart, MachineShares } from "./lowering.ts";
import { divisible } from "./parts.ts";

/**
 * Returns how an instruction is divided along the first axis of its results; `undefined` if it is not.
 *
 * @param lower Lowers an instruction, whole or part.
 */
export function sharesOf(
  instruction: Instruction,
  whole: MachineLowered,
  lower: LowerInstruction,
): MachineShares | undefined {
  const cut = divisible(instruction);
  if (cut === undefined) return undefined;
  const { units, least, before } = cut;
  return {
    units,
    least,
    part: (from, to): MachinePart | undefined => {
      const own = lower(cut.part(from, to), instruction);
      if (own === undefined || own.epilogue !== undefined) return undefined;
      if (own.mayRefuse === true && whole.mayRefuse !== true) return undefined;
      return ofResults(own, (k) => [before(from)[k]!, before(to)[k]!]);
    },
  };
}

/**
 * Returns an instruction as the part of another one that computes some bytes of each of its results.
 *
 * @param range Returns the first of the bytes of a result, and the first behind them.
 */
export function ofResults(
  { workspace, emit }: MachineLowered,
  range: (result: number) => readonly [from: number, to: number],
): MachinePart {
  return {
    workspace,
    // A part cannot write outside its own results: an access that does is refused when its code is written.
    emit: (code, { results, ...regions }) =>
      emit(code, {
        ...regions,
        results: results.map((result, k): Region => {
          const [from, to] = range(k);
          return { ...result, address: result.address + from, bytes: to - from };
        }),
      }),
  };
}

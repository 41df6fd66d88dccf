/**
 * What lowers operations, and with which code: the tools that programs are compiled with.
 *
 * A compiler that is given few tools brings little code into a bundle. `all_tools.ts` has every tool; the default engine
 * has those that operations have brought, see `blas/parts/program_part.ts`.
 *
 * @module
 */
import type { Instruction, Operation, ValueType } from "../../program/program.ts";
import type { VectorFunctions } from "../math/vector_functions.ts";
import { BODY_CODE, type Inside, type LowerInstruction } from "./bodies/body.ts";
import type { Lowered } from "./emitter.ts";
import type { GeneratorTools } from "./generator_tools.ts";
import type { TeamTools } from "./team/team_tools.ts";

/**
 * Lowers an operation, given the type of its first result, and what the programs inside it are lowered with.
 *
 * @returns `undefined` if no code is emitted, because the engine's functions compute the operation.
 */
export type Lowering<O extends Operation> = (
  operation: O,
  result: ValueType,
  inside: Inside,
) => Lowered | undefined;

/** What lowers each kind of operation. Functions of the engine compute the kinds that are missing. */
export type Lowerings = { readonly [K in Operation["kind"]]?: Lowering<Extract<Operation, { readonly kind: K }>> };

/** What programs are compiled with. */
export type Tools = {
  readonly lowerings: Lowerings;
  /** The vector code of the functions in expressions. */
  readonly functions: VectorFunctions;
  /** What programs need that several threads run, or that run in shares. */
  readonly team?: TeamTools;
  /** What programs need to which another code generator contributes. */
  readonly generator?: GeneratorTools;
};

/** Lowers an instruction, given what lowers the instructions of a program inside it. */
export type LowerWith = (instruction: Instruction, inner?: LowerInstruction) => Lowered | undefined;

/**
 * Returns what lowers an instruction with some tools; it returns `undefined` if no code is emitted for it. The instructions
 * of programs inside are lowered likewise, unless it is told otherwise.
 */
export function loweringWith({ lowerings, team }: Pick<Tools, "lowerings" | "team">): LowerWith {
  const lowerOne: LowerWith = ({ operation, results }, lower = lowerOne) => {
    const one = lowerings[operation.kind] as Lowering<Operation> | undefined; // the table keeps kind and operation together
    return one?.(operation, results[0]!, { lower, code: BODY_CODE, team });
  };
  return lowerOne;
}

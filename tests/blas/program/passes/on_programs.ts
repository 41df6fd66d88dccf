/**
 * The passes as functions from programs to programs; a program that a pass leaves as it is stays the same object.
 *
 * @module
 */
import { draftOf, type Pass, programOf } from "../../../../blas/program/passes/draft.ts";
import * as all from "../../../../blas/program/passes/mod.ts";
import { optimizeBodies as optimizeBodiesOf } from "../../../../blas/program/passes/optimize_bodies.ts";
import type { Program } from "../../../../blas/program/program.ts";

const onPrograms = (pass: Pass) => (program: Program): Program => {
  const before = draftOf(program), after = pass(before);
  return after === before ? program : programOf(after);
};

export const foldConstants = onPrograms(all.foldConstants);
export const simplify = onPrograms(all.simplify);
export const joinRows = onPrograms(all.joinRows);
export const joinSums = onPrograms(all.joinSums);
export const foldViews = onPrograms(all.foldViews);
export const removeDeadCode = onPrograms(all.removeDeadCode);
export const commonSubexpressions = onPrograms(all.commonSubexpressions);
export const transposeProducts = onPrograms(all.transposeProducts);
export const multiplyTables = onPrograms(all.multiplyTables);
export const compareWindows = onPrograms(all.compareWindows);
export const fuseMaps = onPrograms(all.fuseMaps);
export const separateReductions = onPrograms(all.separateReductions);
export const sumOuterProducts = onPrograms(all.sumOuterProducts);
export const fuseEpilogue = onPrograms(all.fuseEpilogue);
export const fuseRows = onPrograms(all.fuseRows);
export const fuseChecks = onPrograms(all.fuseChecks);

/** Every pass by name. */
export const passes = Object.fromEntries(
  Object.entries(all.passes).map(([name, pass]) => [name, onPrograms(pass)]),
) as { readonly [Name in all.PassName]: (program: Program) => Program }; // as many as before

/** The pass that optimizes the programs inside instructions, by these functions. */
export const optimizeBodies = (program: Program, ...by: readonly [one: One, clean?: One]): Program =>
  onPrograms((draft) => optimizeBodiesOf(draft, ...by))(program);

type One = (body: Program) => Program;

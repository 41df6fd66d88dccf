/**
 * What functions begin and end with.
 *
 * @module
 */
import type { Assembler, Label } from "../assembler/assembler.ts";
import { R12, R13, R14, R15, RAX, RBP, RBX, RSP } from "../assembler/registers.ts";
import { FRAME } from "./stack_slots.ts";

/** The registers that a function must leave as they were. */
const SAVED = [RBX, RBP, R12, R13, R14, R15] as const;

/**
 * Writes a function around a body, which may return a label: jumping there ends the function with 1 in place of 0.
 *
 * @returns Where in the code it begins.
 */
export function writeFunction(assembler: Assembler, body: () => Label | undefined): number {
  const start = assembler.size;
  for (const register of SAVED) assembler.push(register);
  assembler.arithmetic("sub", RSP, FRAME);
  const refused = body();
  const end = (result: number) => {
    assembler.vzeroupper();
    assembler.arithmetic("add", RSP, FRAME);
    for (const register of SAVED.toReversed()) assembler.pop(register);
    assembler.set(RAX, result);
    assembler.return();
  };
  end(0); // equal, says the comparison to `bsearch`
  if (refused !== undefined) {
    assembler.bind(refused);
    end(1);
  }
  return start;
}

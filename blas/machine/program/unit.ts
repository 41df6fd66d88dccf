/**
 * The machine code of a program.
 *
 * @module
 */
import type { Instruction } from "../../program/program.ts";
import type { Generated, GeneratorUnit, Place } from "../../simd/program/generator.ts";
import { Assembler } from "../assembler/assembler.ts";
import { Code } from "../code/code.ts";
import type { Region } from "../code/regions.ts";
import { addressOf, callOf } from "../memory/calls.ts";
import { codePages } from "../memory/code_pages.ts";
import type { Machine } from "../memory/machine.ts";
import type { MachineLowered } from "./lowering.ts";

/**
 * Begins the code of a program: all its functions are in the same pages, which are freed when the functions are dropped.
 *
 * @param lower Lowers an instruction.
 */
export function machineUnit(
  { libc, bits }: Machine,
  lower: (instruction: Instruction) => MachineLowered | undefined,
): GeneratorUnit {
  const assembler = new Assembler(), starts: number[] = [];
  let open: ((code: Code) => void)[] = [];
  return {
    lower: (instruction) => {
      const lowered = lower(instruction);
      if (lowered === undefined) return undefined;
      const { workspace, inPlace, epilogue, mayRefuse, emit } = lowered;
      const write: Generated["write"] = ({ value, results, workspace }) =>
        void open.push((code) =>
          emit(code, {
            value: (k) => region(`value ${k}`, value(k), false),
            results: results.map((place, k) => region(`result ${k}`, place, true)),
            workspace: region("the workspace", workspace, true),
          })
        );
      return { workspace, inPlace, ...epilogue && { epilogue }, ...mayRefuse && { mayRefuse }, write };
    },
    close: () => {
      const code = new Code(bits, assembler), own = open;
      open = [];
      return starts.push(code.function(() => own.forEach((emit) => emit(code)))) - 1;
    },
    link: ({ buffer }) => {
      if (starts.length === 0) return [];
      const pages = codePages(libc, assembler.finish());
      if (pages._tag === "Left") {
        throw new Error(`Cannot run machine code: ${pages.left}; it must be allowed, or use engines.simd`);
      }
      const base = addressOf(buffer), kept = [buffer];
      return starts.map((start) => {
        const call = callOf(libc, pages.right, start, base);
        return () => {
          void kept; // the memory, too, must be there as long as the function
          return call();
        };
      });
    },
  };
}

function region(name: string, { address, bytes, shift }: Place, writable: boolean): Region {
  return { name, address, bytes, writable, ...shift !== undefined && { shift } };
}

/**
 * The machine code of a program.
 *
 * @module
 */
import type { Generated, GeneratedShares, GeneratorUnit, Place } from "../../simd/program/generator.ts";
import { Assembler } from "../assembler/assembler.ts";
import { Code } from "../code/code.ts";
import type { Region } from "../code/regions.ts";
import { addressOf } from "../memory/calls.ts";
import { linkedTo } from "../memory/linked.ts";
import type { Machine } from "../memory/machine.ts";
import type { LowerInstruction, MachineLowered, MachineShares } from "./lowering.ts";
import { sharesOf } from "./shares.ts";

/**
 * Begins the code of a program: all its functions are in the same pages, which are freed when the functions are dropped.
 *
 * @param lower Lowers an instruction.
 */
export function machineUnit(
  { libc, bits }: Machine,
  lower: LowerInstruction,
): GeneratorUnit {
  const assembler = new Assembler(), starts: number[] = [];
  let open: ((code: Code) => void)[] = [];
  const writing = (emit: MachineLowered["emit"]): Generated["write"] => ({ value, results, workspace }) =>
    void open.push((code) =>
      emit(code, {
        value: (k) => region(`value ${k}`, value(k), false),
        results: results.map((place, k) => region(`result ${k}`, place, true)),
        workspace: region("the workspace", workspace, true),
      })
    );
  const generatedShares = (shares: MachineShares | undefined): GeneratedShares | undefined =>
    shares && {
      ...shares,
      part: (from, to) => {
        const one = shares.part(from, to);
        return one && { workspace: one.workspace, write: writing(one.emit) };
      },
    };
  return {
    lower: (instruction) => {
      const lowered = lower(instruction);
      if (lowered === undefined) return undefined;
      const { workspace, inPlace, epilogue, mayRefuse, emit } = lowered;
      const shares = () => lowered.shares ?? sharesOf(instruction, lowered, lower);
      return {
        workspace,
        inPlace,
        ...epilogue && { epilogue },
        ...mayRefuse && { mayRefuse },
        shares: () => generatedShares(shares()),
        write: writing(emit),
      };
    },
    close: () => {
      const code = new Code(bits, assembler), own = open;
      open = [];
      return starts.push(code.function(() => own.forEach((emit) => emit(code)))) - 1;
    },
    link: ({ buffer }) => {
      if (starts.length === 0) return { functions: [] };
      const { functions, native } = linkedTo(libc, assembler.finish(), starts, addressOf(buffer)), kept = [buffer];
      const keeping = functions.map((call) => () => {
        void kept; // the memory, too, must be there as long as the function
        return call();
      });
      return { functions: keeping, native };
    },
  };
}

function region(name: string, { address, bytes, shift }: Place, writable: boolean): Region {
  return { name, address, bytes, writable, ...shift !== undefined && { shift } };
}

/**
 * The steps of a program that another code generator writes: its functions exist only when all code has been written.
 *
 * @module
 */
import { BYTES_PER_ELEMENT } from "../../dtype.ts";
import type { MemoryPlan } from "../../program/memory/memory_plan.ts";
import { firstResults, valueTypes } from "../../program/operands.ts";
import type { Program } from "../../program/program.ts";
import { sizeOf } from "../../shape.ts";
import { call, type ModuleBuilder } from "../../wasm/mod.ts";
import type { CodeContext } from "./emitter.ts";
import type { Generated, GeneratorUnit, Place } from "./generator.ts";
import type { OutsideStep } from "./outside.ts";
import type { NativeCode } from "./team/team.ts";

/** Writes instructions into functions, which become steps of the program. */
export type ForeignSteps = {
  /** Writes instruction `i` into the function that is open. */
  readonly write: (instruction: Generated, i: number) => void;
  /** Closes the function that is open, if there is one, and returns its step. */
  readonly close: () => readonly (() => void)[];
  /** The same for an instruction alone, with the loop that follows it. */
  readonly step: (instruction: Generated, workspace: number) => OutsideStep;
  /**
   * The same for an instruction that may be refused: exported functions of the program's module follow it, or compute it
   * instead.
   */
  readonly refusable: (exports: { readonly then?: string | undefined; readonly instead: string }) => () => void;
  /** Imports what calls functions by their numbers from within WebAssembly; it needs `imports`. */
  readonly imported: (m: ModuleBuilder) => NonNullable<CodeContext["generated"]>;
  readonly imports: { readonly generated: (number: number) => boolean };
  /** Makes the functions callable; before that, no step can run. Returns them as other threads call them. */
  readonly link: (memory: WebAssembly.Memory, exports: WebAssembly.Exports) => NativeCode | undefined;
};

/** Collects the steps of a program. */
export function foreignSteps(program: Program, plan: MemoryPlan, unit: GeneratorUnit): ForeignSteps {
  const first = firstResults(program), types = valueTypes(program);
  const value = (k: number): Place => {
    const { dtype, shape } = types[k]!;
    return { address: plan.addresses[k]!, bytes: sizeOf(shape) * BYTES_PER_ELEMENT[dtype] };
  };
  let functions: readonly (() => boolean)[] = [], exported: WebAssembly.Exports = {}, isOpen = false;
  const close = (): readonly (() => boolean)[] => {
    if (!isOpen) return [];
    isOpen = false;
    const number = unit.close();
    return [() => functions[number]!()];
  };
  return {
    write: (instruction, i) => {
      isOpen = true;
      instruction.write({
        value,
        results: program.instructions[i]!.results.map((_, k) => value(first[i]! + k)),
        workspace: { address: plan.workspaces[i]!, bytes: instruction.workspace },
      });
    },
    close,
    step: ({ epilogue }, computed) => ({ run: close()[0]!, epilogue: epilogue && { loop: epilogue, computed } }),
    refusable: ({ then, instead }) => {
      const [run] = close(), exportedCall = (name: string) => (exported[name] as () => void)(); // functions without parameters
      return () => {
        if (!run!()) exportedCall(instead);
        else if (then !== undefined) exportedCall(then);
      };
    },
    imported: (m) => {
      const parameters = { number: "i32" } as const;
      const run = m.importFunction({ module: "engine", name: "generated" }, { parameters, result: "i32" });
      return (number) => call(run, number);
    },
    imports: { generated: (number) => functions[number]!() },
    link: (memory, exports) => {
      const linked = unit.link(memory);
      functions = linked.functions;
      exported = exports;
      return linked.native;
    },
  };
}

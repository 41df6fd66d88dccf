/**
 * Programs that run where WebAssembly has no SIMD.
 *
 * @module
 */
import { reference } from "./mod.ts";
import { allocate, type View } from "../view.ts";
import type { Executable } from "../simd/program/compile.ts";
import { interpret } from "../program/interpret.ts";
import { type Carried, planMemory } from "../program/memory/memory_plan.ts";
import type { Program } from "../program/program.ts";

/** A program that is interpretedProgram each time it runs. */
export function interpretedProgram(program: Program, carried: readonly Carried[]): Executable {
  const parameters: View[] = program.parameters.map(({ dtype, shape }) => allocate(dtype, shape) as View);
  let results: readonly View[] = [];
  const copied = (x: View): View => {
    const y = allocate(x.dtype, x.shape);
    reference.copy({ x, y });
    return y as View;
  };
  return {
    plan: planMemory(program, program.instructions.map(() => ({ workspace: 0, inPlace: false })), carried),
    write: (parameter, x) => void (parameters[parameter] = copied(x)),
    run: () => void (results = interpret(program, parameters, reference)),
    advance: () => {
      for (const [result, parameter] of carried) parameters[parameter] = results[result]!;
    },
    read: (result) => copied(results[result]!),
    readParameter: (parameter) => copied(parameters[parameter]!),
  };
}

/**
 * Programs that run where WebAssembly has no SIMD.
 *
 * @module
 */
import { reference } from "../reference/mod.ts";
import { allocate, type View } from "../view.ts";
import type { Executable } from "./executable.ts";
import { interpret } from "./interpret.ts";
import { type Carried, planMemory } from "./memory_plan.ts";
import type { Program } from "./program.ts";

/** A program that is interpreted each time it runs. */
export function interpreted(program: Program, carried: readonly Carried[]): Executable {
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
    run: () => void (results = interpret(program, parameters)),
    advance: () => {
      for (const [result, parameter] of carried) parameters[parameter] = results[result]!;
    },
    read: (result) => copied(results[result]!),
    readParameter: (parameter) => copied(parameters[parameter]!),
  };
}

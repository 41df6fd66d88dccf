/**
 * Programs that are interpreted each time they run, on the reference engine and on engines without `compile`.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import { interpret } from "../program/interpret.ts";
import { planMemory } from "../program/memory/memory_plan.ts";
import type { Program } from "../program/program.ts";
import { stopwatch } from "../program/timing.ts";
import { checkCarried, checkWritten, type CompileOptions, type Executable } from "../program/target.ts";
import { allocate, type View } from "../view.ts";

/**
 * Makes an executable that interprets its program.
 *
 * @param program The program.
 * @param engine The engine that computes each instruction.
 * @throws {TypeError} If `carried` names a result or parameter that does not exist, or a parameter twice.
 */
export function interpretedProgram(
  program: Program,
  engine: Engine,
  { carried = [], profile = false }: CompileOptions = {},
): Executable {
  checkCarried(program, carried);
  const parameters: View[] = program.parameters.map(({ dtype, shape }) => allocate(dtype, shape));
  const watches = profile ? program.instructions.map(() => stopwatch()) : undefined;
  let results: readonly View[] = [];
  const copied = (x: View): View => {
    const y = allocate(x.dtype, x.shape);
    engine.copy({ x, y });
    return y;
  };
  return {
    plan: planMemory(program, program.instructions.map(() => ({ workspace: 0, inPlace: false })), carried),
    write: (parameter, x) => {
      checkWritten(program, parameter, x);
      parameters[parameter] = copied(x);
    },
    run: () => void (results = interpret(program, parameters, engine, watches)),
    advance: () => {
      for (const [result, parameter] of carried) parameters[parameter] = results[result]!;
    },
    read: (result) => copied(results[result]!),
    readParameter: (parameter) => copied(parameters[parameter]!),
    outside: program.instructions.map(() => true),
    ...watches !== undefined && { timing: { program, instructions: watches.map(({ timing }) => timing) } },
  };
}

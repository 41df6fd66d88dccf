/**
 * The engine that programs are compiled for.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import { chosenEngine, declareDefault, type EngineFunctionName, standardFunction } from "../engine_in_use.ts";
import { plainLoops } from "../reference/plain_loops.ts";
import { interpretedProgram } from "../reference/program.ts";
import { roundingEngine } from "../reference/rounded_map.ts";
import { shared } from "../shared.ts";
import { compileWith } from "../simd/program/compile.ts";
import { standardScratch } from "./context.ts";
import { toolsInUse } from "./program_part.ts";

/** Returns the engine in use as programs see it. */
export const targetInUse = (): Engine => chosenEngine() ?? defaultTarget();

/**
 * Returns the default engine with those parts only that operations have brought: plain loops compute the rest, which no
 * program needs. `engines.simd` has all parts, and would bring them into every bundle that compiles. Without WebAssembly
 * SIMD, all parts are plain loops.
 */
const defaultTarget = (): Engine =>
  shared("target of the default engine", () => {
    const own = Object.fromEntries(
      FUNCTIONS.map((name) => [name, (...given: never[]) => functionOf(name)(...given)]),
    ) as unknown as Engine; // a function under the name of each
    return declareDefault({
      ...own,
      name: standardScratch() === undefined ? "reference" : "simd",
      compile(program, options) {
        return standardScratch() === undefined
          ? interpretedProgram(program, roundingEngine(this), options)
          : compileWith(toolsInUse(), program, this, options);
      },
    });
  });

/** The names of all functions of engines, but for `compile`. */
// deno-fmt-ignore: a list of names, several in a line
const FUNCTIONS = [
  "dot", "axpy", "scal", "nrm2", "asum", "iamax", "copy", "join", "search", "ger", "gemv", "gemm", "gemmBatched",
  "conv2d", "conv2dInput", "conv2dWeight", "map", "reduce", "rows", "gather", "scatterAdd", "allWithin", "draw",
] as const satisfies readonly EngineFunctionName[];

/** Returns a function of the default engine, or plain loops if no operation has brought it. */
function functionOf(name: (typeof FUNCTIONS)[number]): (...given: never[]) => unknown {
  const found = standardFunction(name) ?? (plainLoops as Partial<Engine>)[name]; // it has some of an engine's functions
  if (found !== undefined) return found;
  throw new Error(
    `Cannot call ${name} of the default engine: no operation has brought it; choose engines.simd, which has all`,
  );
}

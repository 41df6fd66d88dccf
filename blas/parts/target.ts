/**
 * The engine that programs are compiled for.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import { chosenEngine, declareDefault, type EngineFunctionName, standardFunction } from "../engine_in_use.ts";
import { reference } from "../reference/mod.ts";
import { shared } from "../shared.ts";
import { compileWith } from "../simd/program/compile.ts";
import { standardScratch } from "./context.ts";
import { toolsInUse } from "./program_part.ts";

/** Returns the engine in use as programs see it. */
export const targetInUse = (): Engine => chosenEngine() ?? defaultTarget();

/**
 * Returns the default engine with those parts only that operations have brought: the reference engine computes the rest,
 * which no program needs. `engines.simd` has all parts, and would bring them into every bundle that compiles.
 */
const defaultTarget = (): Engine =>
  shared("target of the default engine", () => {
    if (standardScratch() === undefined) return reference;
    const names = Object.keys(reference).filter((name) => name !== "name") as EngineFunctionName[]; // all others are functions
    const functions = names.map((name) => [name, (...given: never[]) => functionOf(name)(...given)] as const);
    const own = Object.fromEntries(functions) as unknown as Engine; // a function under the name of each
    return declareDefault({
      ...own,
      name: "simd",
      compile(program, options) {
        return compileWith(toolsInUse(), program, this, options);
      },
    });
  });

/** Returns a function of the default engine, or the reference engine's if no operation has brought it. */
const functionOf = (name: EngineFunctionName): (...given: never[]) => unknown =>
  standardFunction(name) ?? reference[name];

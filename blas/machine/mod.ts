/**
 * The machine engine: x86-64 code of our own, another engine for the rest.
 *
 * @module
 */
import type { Either } from "../../deps.ts";
import * as either from "../either.ts";
import type { Engine } from "../engine.ts";
import { compileProgram, PRODUCTS } from "../simd/program/compile.ts";
import { eagerGemm } from "./eager/gemm.ts";
import { type Machine, openMachine } from "./memory/machine.ts";
import { lowerToMachine } from "./program/lowerings.ts";
import { machineUnit } from "./program/unit.ts";

/** Makes an engine that compiles programs to machine code where it can, or says why machine code cannot run here. */
export function machineEngineOver(rest: Engine): Either<string, Engine> {
  const machine = openMachine();
  return machine._tag === "Left" ? machine : either.right(machineEngineOn(machine.right, rest));
}

/** Makes an engine for a machine. Another engine computes what it does not. */
export function machineEngineOn(machine: Machine, rest: Engine): Engine {
  const { bits } = machine;
  const own = { ...rest, gemm: eagerGemm(machine, rest.gemm), gemmBatched: eagerGemm(machine, rest.gemmBatched) };
  return {
    ...own,
    name: `machine (${bits === 512 ? "AVX-512" : "AVX2"})`,
    compile(program, options) {
      const outside = PRODUCTS.filter((name) => this[name] !== own[name]);
      const generator = () => machineUnit(machine, (instruction) => lowerToMachine(instruction, bits));
      return compileProgram(program, this, { ...options, outside, generator });
    },
  };
}

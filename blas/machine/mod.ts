/**
 * The machine engine: x86-64 code of our own, another engine for the rest.
 *
 * @module
 */
import type { Either } from "../../deps.ts";
import * as either from "../either.ts";
import type { Engine } from "../engine.ts";
import { compileProgram, type CompileProgramOptions, PRODUCTS } from "../simd/program/compile.ts";
import { eagerGemm } from "./eager/gemm.ts";
import type { Generator } from "../simd/program/generator.ts";
import { askForLargePages } from "./memory/large_pages.ts";
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
  const own = { ...rest, gemm: eagerGemm(machine, rest.gemm), gemmBatched: eagerGemm(machine, rest.gemmBatched) };
  return {
    ...own,
    name: nameOf(machine),
    compile(program, options) {
      const outside = PRODUCTS.filter((name) => this[name] !== own[name]);
      return compileProgram(program, this, { ...options, outside, ...machineOptions(machine) });
    },
  };
}

/** Returns how programs are compiled for a machine: what begins their machine code, and where their results are written. */
export function machineOptions(machine: Machine): Pick<CompileProgramOptions, "generator" | "prepareResult"> {
  return {
    generator: machineGenerator(machine),
    prepareResult: (data) => askForLargePages(machine.libc, data),
  };
}

/** Returns what begins the machine code of a program. */
export function machineGenerator(machine: Machine): Generator {
  return () => machineUnit(machine, (instruction, whole) => lowerToMachine(instruction, machine.bits, whole?.results));
}

/** Returns the name of an engine for a machine, and for a number of threads if it divides work among them. */
export function nameOf({ bits }: Machine, threads?: number): string {
  const instructions = bits === 512 ? "AVX-512" : "AVX2";
  return `machine (${threads === undefined ? instructions : `${instructions}, ${threads} threads`})`;
}

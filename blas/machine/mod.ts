/**
 * The machine engine: x86-64 code of our own, another engine for the rest.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import { compileProgram, PRODUCTS } from "../simd/program/compile.ts";
import { openMachine } from "./memory/machine.ts";
import { lowerToMachine } from "./program/lowerings.ts";
import { machineUnit } from "./program/unit.ts";

/**
 * Makes an engine that compiles programs to machine code where it can, and to WebAssembly where it cannot.
 *
 * @param rest The engine that computes everything else.
 * @throws {Error} If machine code cannot run here; the message says why.
 */
export function machineEngineOver(rest: Engine): Engine {
  const machine = openMachine();
  if (machine._tag === "Left") throw new Error(`Cannot start the machine engine: ${machine.left}`);
  const { right } = machine, own = { ...rest };
  return {
    ...own,
    name: `machine (${right.bits === 512 ? "AVX-512" : "AVX2"})`,
    compile(program, options) {
      const outside = PRODUCTS.filter((name) => this[name] !== own[name]);
      const generator = () => machineUnit(right, (instruction) => lowerToMachine(instruction, right.bits));
      return compileProgram(program, this, { ...options, outside, generator });
    },
  };
}

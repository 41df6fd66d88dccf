/**
 * How modules with a single kernel become functions.
 *
 * @module
 */
import type { Callable, ModuleBuilder } from "../wasm/mod.ts";
import type { SlowFunctions } from "./math/vector_functions.ts";

/** Calls a kernel. */
export type KernelCall = (...numbers: readonly number[]) => void;

/**
 * Makes a function of a finished module, which imports its memory and exports its kernel as `run`.
 *
 * @param run The kernel; its parameters are 32-bit integers.
 */
export type Instantiate = (builder: ModuleBuilder, run: Callable<"none">) => KernelCall;

/**
 * Returns what instantiates modules on a memory.
 *
 * @param slow The functions that they import besides.
 */
export function instantiateOn(memory: WebAssembly.Memory, slow: SlowFunctions): Instantiate {
  return (builder) => {
    const module = new WebAssembly.Module(builder.toBytes());
    return new WebAssembly.Instance(module, { engine: { memory, ...slow } }).exports.run as KernelCall; // see above
  };
}

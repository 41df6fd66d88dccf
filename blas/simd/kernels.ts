/**
 * The compiled kernels of one engine: each module is generated, compiled and instantiated on first use, then kept.
 *
 * @module
 */
import type { DType, ReadonlyDataOf } from "../dtype.ts";
import { ModuleBuilder } from "../wasm/mod.ts";
import { importEngineMemory } from "./engine_memory.ts";
import { hasRelaxedSimd } from "./features.ts";
import { type LaneInstructions, laneInstructionsOf } from "./lane_instructions.ts";
import type { Scratch } from "./scratch.ts";

/** A function exported by a kernel module. Addresses and strides are in bytes. */
export type Kernel = (...numbers: number[]) => number;

/** The exports of a kernel module. */
export type Kernels = { readonly [name: string]: Kernel };

/** A module of kernels: its unique name, and the function that adds its kernels to a WebAssembly module. */
export type KernelModule = {
  readonly name: string;
  readonly build: (m: ModuleBuilder, lanes: LaneInstructions) => void;
};

/** The options of an engine's kernels. */
export type KernelOptions = {
  /** Whether to use relaxed SIMD's multiply-add. Default: if the runtime has it. */
  readonly fused?: boolean | undefined;
};

/** Returns the kernels of a module for a dtype. */
export type KernelSource = (module: KernelModule, dtype: DType) => Kernels;

/** The memory and the kernels of an engine's operations. */
export type Context = {
  /** The memory that kernels compute in. */
  readonly scratch: Scratch;
  /** The kernels, which work on `scratch`. */
  readonly kernels: KernelSource;
  /** Present if calls of kernels are only recorded. */
  readonly recording?: Recording;
};

/** What differs where calls of kernels are recorded. */
export type Recording = {
  /** Copies a result out after the kernels have run. */
  readonly later: (copy: () => void) => void;
  /** Tells whether the same elements have been copied to the address before, so that they are still there. */
  readonly isThere: (data: ReadonlyDataOf<DType>, start: number, address: number) => boolean;
  /** Returns what was made for a key before, or makes it. */
  readonly once: <T extends object>(key: string, make: () => T) => T;
  /** A context for what must be computed at once. */
  readonly atOnce: Context;
};

/** Makes the source of kernels that work on a scratch memory. */
export function kernelSource(scratch: Scratch, { fused = hasRelaxedSimd() }: KernelOptions = {}): KernelSource {
  // By name within a dtype: every eager product comes here, and joining the two to one key takes 20 ns.
  const all: { readonly [D in DType]: Map<string, Kernels> } = { float32: new Map(), float64: new Map() };
  return (module, dtype) => {
    const known = all[dtype], found = known.get(module.name);
    if (found !== undefined) return found;
    // Kernel modules export only functions that take numbers and return a number or nothing.
    const { exports } = new WebAssembly.Instance(compiledModule(module, dtype, fused), {
      engine: { memory: scratch.memory },
    });
    const kernels = exports as Kernels; // exported under this name, with this signature
    known.set(module.name, kernels);
    return kernels;
  };
}

/** The modules compiled so far. */
const compiled = new Map<string, WebAssembly.Module>();

/**
 * Returns the compiled module of kernels for a dtype. It imports `engine.memory`, in which its kernels compute.
 *
 * @param fused Whether it uses relaxed SIMD.
 */
function compiledModule({ name, build }: KernelModule, dtype: DType, fused: boolean): WebAssembly.Module {
  const key = `${name} ${dtype} ${fused}`, found = compiled.get(key);
  if (found !== undefined) return found;
  const builder = new ModuleBuilder();
  importEngineMemory(builder);
  builder.named(`${name} ${dtype}`, () => build(builder, laneInstructionsOf(dtype, fused)));
  const made = new WebAssembly.Module(builder.toBytes());
  compiled.set(key, made);
  return made;
}

/**
 * The machine engine on several threads.
 *
 * @module
 */
import type { Either } from "../../deps.ts";
import * as either from "../either.ts";
import type { Engine } from "../engine.ts";
import { controlBytes } from "../simd/program/team/control.ts";
import { PAGE_BYTES } from "../simd/engine_memory.ts";
import { startThreads, type ThreadedEngine, threadedEngineOver } from "../threaded/engine.ts";
import type { Pool } from "../threaded/pool.ts";
import { call, ModuleBuilder } from "../wasm/mod.ts";
import { eagerGemm, type ProductThreads } from "./eager/gemm.ts";
import { type Machine, openMachine } from "./memory/machine.ts";
import { machineGenerator, nameOf } from "./mod.ts";

/** As `Team.least`, in nanoseconds of WebAssembly: machine code takes a half or a quarter of them. */
const LEAST = 8000;

/**
 * Starts threads that run machine code, or says why it cannot run here.
 *
 * @param threads As for `startThreadedEngine`.
 */
export async function startMachineThreads(rest: Engine, threads: number): Promise<Either<string, ThreadedEngine>> {
  const machine = openMachine();
  if (machine._tag === "Left") return machine;
  return either.right(threadedMachineOver(machine.right, rest, await startThreads(threads, { least: LEAST })));
}

/** Makes the engine of a machine over a pool. Another engine computes what it does not. */
export function threadedMachineOver(machine: Machine, rest: Engine, pool: Pool): ThreadedEngine {
  const threads = productThreads(pool);
  return threadedEngineOver(rest, pool, {
    name: nameOf(machine, pool.size),
    generator: machineGenerator(machine),
    functions: ({ gemm, gemmBatched }) => ({
      gemm: eagerGemm(machine, gemm, threads),
      gemmBatched: eagerGemm(machine, gemmBatched, threads),
    }),
  });
}

/** Returns what runs the parts of single products on the threads of a pool: they need no memory of a program. */
function productThreads(pool: Pool): ProductThreads {
  const m = new ModuleBuilder(), pages = Math.ceil(controlBytes(pool.size) / PAGE_BYTES);
  const generated = m.importFunction({ module: "engine", name: "generated" }, {
    parameters: { number: "i32" },
    result: "i32",
  });
  m.function({ name: "run", parameters: { thread: "i32", threads: "i32" } }, (f, { thread }) => {
    f.drop(call(generated, thread));
  });
  const module = new WebAssembly.Module(m.toBytes());
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  return {
    count: pool.size,
    prepare: (whole, { functions, native }) => {
      const first = (_: number, threads: number) => threads === 1 ? whole() : void functions[0]!();
      const code = { module, memory, control: 0, names: ["run"], segments: [first], ...native && { native } };
      const run = pool.prepare(code);
      return () => run([0]);
    },
  };
}

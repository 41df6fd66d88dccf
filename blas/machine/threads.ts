/**
 * The machine engine on several threads.
 *
 * @module
 */
import type { Either } from "../../deps.ts";
import * as either from "../either.ts";
import type { Engine } from "../engine.ts";
import { startThreads, type ThreadedEngine, threadedEngineOver } from "../threaded/engine.ts";
import type { Pool } from "../threaded/pool.ts";
import { type Machine, openMachine } from "./memory/machine.ts";
import { machineGenerator, nameOf } from "./mod.ts";

/** As `Team.least`, in the nanoseconds of WebAssembly: machine code takes a half or a quarter of them. */
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
  return threadedEngineOver(rest, pool, {
    name: nameOf(machine, pool.size),
    generator: machineGenerator(machine),
  });
}

/**
 * Puts the machine engine in place of the default one, before a test file runs: `deno task test:machine`. With
 * `MACHINE_BITS=256`, its vectors have 256 bits where the processor has 512 as well.
 *
 * @module
 */
import { engines, setEngine } from "../../../blas/mod.ts";
import { machineEngineOn } from "../../../blas/machine/mod.ts";
import { openMachine } from "../../../blas/machine/memory/machine.ts";

const opened = openMachine(), bits = Deno.env.get("MACHINE_BITS");
if (opened._tag === "Left") throw new Error(`Cannot test machine code: ${opened.left}`);
setEngine(machineEngineOn(bits === "256" ? { ...opened.right, bits: 256 } : opened.right, engines.simd));

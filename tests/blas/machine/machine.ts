/**
 * Running code that tests write.
 *
 * @module
 */
import type { Engine } from "../../../blas/engine.ts";
import { engines } from "../../../blas/mod.ts";
import { machineEngineOn } from "../../../blas/machine/mod.ts";
import { Code } from "../../../blas/machine/code/code.ts";
import type { Region } from "../../../blas/machine/code/regions.ts";
import { addressOf, callOf } from "../../../blas/machine/memory/calls.ts";
import { codePages } from "../../../blas/machine/memory/code_pages.ts";
import { type Machine, openMachine } from "../../../blas/machine/memory/machine.ts";

const granted = Deno.permissions.querySync({ name: "ffi" }).state === "granted";
const opened = granted ? openMachine() : undefined;

/** This machine, if code can run on it. */
export const machine: Machine | undefined = opened?._tag === "Right" ? opened.right : undefined;

/** The widths that code can have here. */
export const WIDTHS: readonly (256 | 512)[] = machine === undefined ? [] : machine.bits === 512 ? [256, 512] : [256];

/** The engines of this machine, by the widths that it has. */
export const machineEngines = (): readonly Engine[] =>
  WIDTHS.map((bits) => machineEngineOn({ ...machine!, bits }, engines.simd));

/** Runs a function once; its regions are counted from the start of a buffer. */
export function runOn(buffer: ArrayBufferLike, bits: 256 | 512, write: (code: Code) => void): void {
  const code = new Code(bits), start = code.function(() => write(code));
  const pages = codePages(machine!.libc, code.assembler.finish());
  if (pages._tag === "Left") throw new Error(pages.left);
  callOf(machine!.libc, pages.right, start, addressOf(buffer))();
}

/** A region of a test's buffer. */
export const region = (address: number, bytes: number, writable = true): Region => ({
  name: `bytes ${address} to ${address + bytes}`,
  address,
  bytes,
  writable,
});

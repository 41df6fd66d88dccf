/**
 * Constants of loops that stay in registers.
 *
 * @module
 */
import type { Expression } from "../../wasm/mod.ts";
import type { Bits, Vector as Register } from "../assembler/registers.ts";
import type { Code } from "../code/code.ts";

/** The sixteen bytes of a constant of WebAssembly. */
export type Bytes = Expression["immediate"];

/** Constants in registers, by their bytes, joined. */
export type KeptConstants = ReadonlyMap<string, Register>;

/** Returns bytes as often as they fit into a vector. */
export function repeated(bytes: Bytes, bits: Bits): Uint8Array {
  return Uint8Array.from({ length: bits / 8 }, (_, k) => bytes[k % bytes.length]!);
}

/** Loads constants into registers, given their bytes, joined. */
export function keepConstants(code: Code, keys: readonly string[]): KeptConstants {
  return new Map(keys.map((key) => {
    const to = code.vector(), bytes = key.split(",").map(Number);
    code.assembler.vector("unary", "vmovups", code.bits, [to, code.assembler.datum(repeated(bytes, code.bits))]);
    return [key, to];
  }));
}

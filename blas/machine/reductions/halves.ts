/**
 * Vectors of float32 as two of float64, and back.
 *
 * @module
 */
import type { Vector } from "../assembler/registers.ts";
import type { Code } from "../code/code.ts";

/** Writes the lower half of a vector of float32, as float64, to one register and the upper half to another. */
export function widen(code: Code, low: Vector, high: Vector, from: Vector): void {
  const { assembler, bits } = code;
  if (bits === 512) assembler.vector("store", "vextractf64x4", 512, [high, from], { immediate: 1 });
  else assembler.vector("store", "vextractf128", 256, [high, from], { immediate: 1 });
  assembler.vector("unary", "vcvtps2pd", bits, [low, from]);
  assembler.vector("unary", "vcvtps2pd", bits, [high, high]);
}

/** Writes two vectors of float64 as one of float32; the second is lost. */
export function narrow(code: Code, to: Vector, low: Vector, high: Vector): void {
  const { assembler, bits } = code;
  assembler.vector("unary", "vcvtpd2ps", bits, [high, high]);
  assembler.vector("unary", "vcvtpd2ps", bits, [to, low]);
  assembler.vector("binary", bits === 512 ? "vinsertf64x4" : "vinsertf128", bits, [to, to, high], { immediate: 1 });
}

/** Writes the first lane of a vector of float64, as float32, to the first lane. */
export function narrowFirst(code: Code, to: Vector, from: Vector): void {
  code.assembler.vector("unary", "vcvtpd2ps", 128, [to, from]);
}

/** Writes the first lane of a vector of float64, as float32, to all lanes. */
export function narrowEverywhere(code: Code, to: Vector, from: Vector): void {
  narrowFirst(code, to, from);
  code.assembler.vector("unary", "vbroadcastss", code.bits, [to, to]);
}

/**
 * The features of this runtime's WebAssembly.
 *
 * @module
 */
import { f32x4, ModuleBuilder, type Operand } from "../wasm/mod.ts";

/** Tells whether a module that computes this vector is valid here. */
function validates(vector: Operand<"v128">): boolean {
  const builder = new ModuleBuilder();
  builder.function({ parameters: {}, result: "v128" }, (f) => f.push(vector));
  return typeof WebAssembly === "object" && WebAssembly.validate(builder.toBytes());
}

/** Tells whether the runtime has WebAssembly with 128-bit SIMD, which the `simd` engine needs. */
export function hasSimd(): boolean {
  return validates(f32x4.const(1));
}

/** Tells whether the runtime has relaxed SIMD: multiply-add in one instruction. */
export function hasRelaxedSimd(): boolean {
  const x = f32x4.const(1);
  return validates(f32x4.relaxed_madd(x, x, x));
}

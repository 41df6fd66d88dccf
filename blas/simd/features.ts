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
  return typeof WebAssembly === "object" && WebAssembly.validate(new Uint8Array(ONE_VECTOR));
}

/** The module of a function that returns a vector: written out, so that asking takes no assembler. */
// deno-fmt-ignore: a section in a line
const ONE_VECTOR = [
  0, 97, 115, 109, 1, 0, 0, 0, // the magic number, and version 1
  1, 5, 1, 96, 0, 1, 123, // one type: () -> v128
  3, 2, 1, 0, // one function, of that type
  10, 8, 1, 6, 0, 65, 0, 253, 15, 11, // its code: i8x16.splat of 0
];

/** Tells whether the runtime has relaxed SIMD: multiply-add in one instruction. */
export function hasRelaxedSimd(): boolean {
  const x = f32x4.const(1);
  return validates(f32x4.relaxed_madd(x, x, x));
}

/** What {@link hasFusedMultiplyAdd} found out. */
let fused: boolean | undefined;

/** Tells whether relaxed SIMD's multiply-add rounds once here: the standard lets machines round the product too. */
export function hasFusedMultiplyAdd(): boolean {
  return fused ??= hasRelaxedSimd() && roundsOnce();
}

/** Computes `(1 + e)^2 - 1 - 2 e` for a power of two `e`: `e^2`, or 0 if the product is rounded. */
function roundsOnce(): boolean {
  const builder = new ModuleBuilder(), e = 2 ** -20;
  builder.function({ name: "rest", parameters: { x: "f32" }, result: "f32" }, (f, { x }) => {
    const square = f32x4.relaxed_madd(f32x4.splat(x), f32x4.splat(x), f32x4.const(-1 - 2 * e));
    f.return(f32x4.extract_lane(square, 0));
  });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(builder.toBytes()));
  return (exports.rest as (x: number) => number)(1 + e) === e * e; // exported above
}

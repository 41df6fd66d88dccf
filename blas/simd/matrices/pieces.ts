/**
 * Pieces of rows: what the kernels of matrices have in common.
 *
 * @module
 */
import { type FunctionBuilder, type Local, v128 } from "../../wasm/mod.ts";

/** The float64 columns of a piece: 4 vectors. */
export const COLUMNS = 8;

/** The bytes of a piece. */
export const PIECE_BYTES = 64;

/** Declares parameters of 32-bit integers. */
export const i32Parameters = <N extends string>(...names: readonly N[]): { readonly [K in N]: "i32" } =>
  Object.fromEntries(names.map((name) => [name, "i32"])) as { [K in N]: "i32" }; // one for each name

/** Loads a piece. */
export const loadRow = (f: FunctionBuilder, at: Local<"i32">, to: readonly Local<"v128">[]): void =>
  to.forEach((vector, k) => f.set(vector, v128.load(at, 16 * k)));

/** Stores a piece. */
export const storeRow = (f: FunctionBuilder, at: Local<"i32">, from: readonly Local<"v128">[]): void =>
  from.forEach((vector, k) => f.do(v128.store(at, vector, 16 * k)));

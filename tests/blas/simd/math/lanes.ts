/**
 * Vectorised functions on a few numbers, each compiled by itself, without the engine around it.
 *
 * @module
 */
import type { DType } from "../../../../blas/dtype.ts";
import { hasRelaxedSimd } from "../../../../blas/simd/features.ts";
import type { Vector } from "../../../../blas/simd/lane_instructions.ts";
import { ALL_FUNCTIONS } from "../../../../blas/simd/math/mod.ts";
import { SLOW_FUNCTIONS } from "../../../../blas/simd/math/slow_paths.ts";
import { constantsOf, type VectorMath, vectorMathOf } from "../../../../blas/simd/math/vector_math.ts";
import { ModuleBuilder, v128 } from "../../../../blas/wasm/mod.ts";
import { instantiate, type Run } from "../../wasm/modules.ts";

/** Both dtypes, and whether relaxed SIMD is used, where this runtime has it. */
export const VARIANTS: readonly (readonly [DType, boolean])[] = (["float32", "float64"] as const)
  .flatMap((dtype) => (hasRelaxedSimd() ? [true, false] : [false]).map((relaxed) => [dtype, relaxed] as const));

/** The distance from 1 to the next number. */
export const EPSILON: { readonly [D in DType]: number } = { float32: 2 ** -23, float64: 2 ** -52 };

/** Computes a function of every column of arguments, and returns each of the vectors that it computes as a column. */
export function inLanes(
  dtype: DType,
  relaxed: boolean,
  compute: (math: VectorMath, ...given: readonly Vector[]) => readonly Vector[],
  ...columns: readonly (readonly number[])[]
): number[][] {
  const m = new ModuleBuilder(), own = { parameters: { x: "f64" }, result: "f64" } as const;
  const slowPaths = {
    sin: m.importFunction({ module: "engine", name: "sin" }, own),
    cos: m.importFunction({ module: "engine", name: "cos" }, own),
  };
  m.memory({ minimum: 1, name: "memory" });
  let results = 0;
  m.function({ name: "run", parameters: {} }, (f) => {
    const math = vectorMathOf({ f, dtype, relaxed, constants: constantsOf(f), slowPaths, functions: ALL_FUNCTIONS });
    const vectors = compute(math, ...columns.map((_, k) => f.let(v128.load(16 * k))));
    vectors.forEach((vector, k) => f.do(v128.store(512, vector, 16 * k)));
    results = vectors.length;
  });
  const exports = instantiate(m, { engine: SLOW_FUNCTIONS }), { buffer } = exports.memory as WebAssembly.Memory;
  const data = dtype === "float32" ? new Float32Array(buffer) : new Float64Array(buffer),
    lanes = 16 / data.BYTES_PER_ELEMENT;
  const found = Array.from({ length: results }, (): number[] => []), length = columns[0]!.length;
  for (let from = 0; from < length; from += lanes) {
    const count = Math.min(lanes, length - from);
    columns.forEach((column, k) => data.set(column.slice(from, from + count), k * lanes));
    (exports.run as Run)();
    found.forEach((column, k) => {
      const at = 512 / data.BYTES_PER_ELEMENT + k * lanes;
      column.push(...data.subarray(at, at + count));
    });
  }
  return found;
}

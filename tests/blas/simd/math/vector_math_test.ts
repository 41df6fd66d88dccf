/**
 * The vectorised functions against true values, with and without relaxed SIMD.
 *
 * True values: `tests/fixtures/make_vector_math.py` (mpmath, 60 digits and more).
 *
 * @module
 */
import { assertLessOrEqual } from "@std/assert";
import { type DType, newData } from "../../../../blas/dtype.ts";
import { argument, binary, unary } from "../../../../blas/scalar/scalar.ts";
import type { BinaryFunction, UnaryFunction } from "../../../../blas/scalar/functions.ts";
import { createContext } from "../../../../blas/simd/context.ts";
import { createMap } from "../../../../blas/simd/elementwise/map.ts";
import { hasRelaxedSimd } from "../../../../blas/simd/features.ts";
import { allocate, view } from "../../../../blas/view.ts";
import truth from "../../../fixtures/vector_math.json" with { type: "json" };
import { ALL_FUNCTIONS } from "../../../../blas/simd/math/mod.ts";

const DTYPES: readonly DType[] = ["float32", "float64"];
const PATHS = hasRelaxedSimd() ? [true, false] : [false];
const maps = new Map(PATHS.map((relaxed) => [relaxed, createMap(createContext(), () => ALL_FUNCTIONS, relaxed)]));

/** Computes a function of every column of arguments. */
function compute(name: string, dtype: DType, relaxed: boolean, columns: readonly (readonly number[])[]): number[] {
  const inputs = columns.map((column) => {
    const data = newData(dtype, column.length);
    data.set(column);
    return view<DType>(data);
  });
  const output = allocate<DType>(dtype, [columns[0]!.length]);
  const x = argument(0);
  const expression = columns.length === 1
    ? unary(name as UnaryFunction, x)
    : binary(name as BinaryFunction, x, argument(1));
  maps.get(relaxed)!(expression, inputs, output);
  return Array.from({ length: columns[0]!.length }, (_, i) => output.get(i));
}

/** The unit in the last place of a number. */
function unitOf(value: number, dtype: DType): number {
  const [lowest, bits] = dtype === "float32" ? [-126, 23] : [-1022, 52];
  const size = Math.abs(value);
  let exponent = Math.max(lowest, Math.floor(Math.log2(size)));
  if (exponent > lowest && 2 ** exponent > size) exponent--;
  return 2 ** (exponent - bits);
}

for (const dtype of DTYPES) {
  for (const relaxed of PATHS) {
    for (const [name, cases] of Object.entries(truth[dtype]) as [string, number[][]][]) {
      Deno.test(`${name} is within 2 ulp in ${dtype}${relaxed ? " with relaxed SIMD" : ""}`, () => {
        const arity = name === "pow" ? 2 : 1;
        const columns = Array.from({ length: arity }, (_, k) => cases.map((row) => row[k]!));
        compute(name, dtype, relaxed, columns).forEach((value, i) => {
          const row = cases[i]!, wanted = row[arity]!, lost = row[arity + 1] ?? 0;
          const error = Math.abs((value - wanted) / unitOf(wanted, dtype) - lost);
          assertLessOrEqual(error, 2, `${name}(${row.slice(0, arity)}) = ${value}, not ${wanted}: ${error} ulp`);
        });
      });
    }
  }
}

/** Every 100,003rd float32 there is. */
function* float32Samples(): Generator<number> {
  const bits = new Uint32Array(1), number = new Float32Array(bits.buffer);
  for (let pattern = 0; pattern < 2 ** 32; pattern += 100_003) {
    bits[0] = pattern;
    yield number[0]!;
  }
}

for (const relaxed of PATHS) {
  Deno.test(`float32 functions are within 2 ulp of the float64 ones everywhere${relaxed ? " with relaxed SIMD" : ""}`, () => {
    const numbers = [...float32Samples()];
    for (const name of ["exp", "expm1", "log", "log1p", "tanh", "sigmoid", "erf"]) {
      const wide = compute(name, "float64", relaxed, [numbers]);
      compute(name, "float32", relaxed, [numbers]).forEach((value, i) => {
        const wanted = wide[i]!;
        if (Object.is(value, Math.fround(wanted))) return;
        const error = Math.abs(value - wanted) / unitOf(wanted, "float32");
        assertLessOrEqual(error, 2, `${name}(${numbers[i]}) = ${value}, not ${wanted}: ${error} ulp`);
      });
    }
  });
}

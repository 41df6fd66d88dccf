/**
 * Zeros, infinities, NaN and other exact cases of the vectorised functions, against the definitions that scalar
 * expressions have.
 *
 * @module
 */
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { type DType, newData } from "../../../../blas/dtype.ts";
import { argument, binary, pow, type Scalar, select, unary } from "../../../../blas/scalar/scalar.ts";
import {
  BINARY_FUNCTIONS,
  type BinaryFunction,
  UNARY_FUNCTIONS,
  type UnaryFunction,
} from "../../../../blas/scalar/functions.ts";
import { createContext } from "../../../../blas/simd/context.ts";
import { createMap } from "../../../../blas/simd/elementwise/map.ts";
import { hasRelaxedSimd } from "../../../../blas/simd/features.ts";
import { allocate, view } from "../../../../blas/view.ts";
import { ALL_FUNCTIONS } from "../../../../blas/simd/math/mod.ts";

const DTYPES: readonly DType[] = ["float32", "float64"];
const PATHS = hasRelaxedSimd() ? [true, false] : [false];
const maps = new Map(PATHS.map((relaxed) => [relaxed, createMap(createContext(), () => ALL_FUNCTIONS, relaxed)]));
const x = argument(0), y = argument(1);

/** Computes an expression for every column of arguments. */
function compute(
  expression: Scalar,
  dtype: DType,
  relaxed: boolean,
  ...columns: readonly (readonly number[])[]
): number[] {
  const inputs = columns.map((column) => {
    const data = newData(dtype, column.length);
    data.set(column);
    return view<DType>(data);
  });
  const output = allocate<DType>(dtype, [columns[0]!.length]);
  maps.get(relaxed)!(expression, inputs, output);
  return Array.from({ length: columns[0]!.length }, (_, i) => output.get(i));
}

const SPECIAL = [0, -0, Infinity, -Infinity, NaN];
const ORDINARY = [1, -1, 0.5, -0.5, 2, -2, 3, -3, 2.5, -2.5, 2 ** 24, -(2 ** 24), 2 ** 24 - 1, 1 - 2 ** -24];

function assertSame(actual: number, wanted: number, what: string) {
  assert(Object.is(actual, wanted), `${what} = ${actual}, not ${wanted}`);
}

for (const dtype of DTYPES) {
  for (const relaxed of PATHS) {
    const where = `in ${dtype}${relaxed ? " with relaxed SIMD" : ""}`;

    Deno.test(`every function of one argument is exact at zeros, infinities and NaN ${where}`, () => {
      const round = dtype === "float32" ? Math.fround : (v: number) => v;
      for (const name of Object.keys(UNARY_FUNCTIONS) as UnaryFunction[]) {
        compute(unary(name, x), dtype, relaxed, SPECIAL).forEach((value, i) => {
          assertSame(value, round(UNARY_FUNCTIONS[name](SPECIAL[i]!)), `${name}(${SPECIAL[i]})`);
        });
      }
    });

    Deno.test(`functions leave their range where they should ${where}`, () => {
      const max = dtype === "float32" ? 3.4028234663852886e38 : Number.MAX_VALUE;
      const top = Math.log(max), least = dtype === "float32" ? 2 ** -149 : 2 ** -1074;
      const at = (name: UnaryFunction, v: number) => compute(unary(name, x), dtype, relaxed, [v])[0]!;
      assertEquals([at("exp", top * 1.001), at("exp", -max), at("exp", max)], [Infinity, 0, Infinity]);
      assertEquals([at("expm1", top * 1.001), at("expm1", -max), at("expm1", max)], [Infinity, -1, Infinity]);
      assertEquals([at("tanh", max), at("tanh", -max), at("erf", max), at("erf", -max)], [1, -1, 1, -1]);
      assertEquals([at("sigmoid", max), at("sigmoid", -max)], [1, 0]);
      assertEquals([at("log", -least), at("log", -1), at("log1p", -1.5), at("log1p", -1)], [NaN, NaN, NaN, -Infinity]);
      assert(at("exp", Math.log(least) + 0.5) > 0);
      for (const name of ["tanh", "erf", "sin", "expm1", "log1p"] as const) {
        for (const sign of [1, -1]) assertSame(at(name, sign * least), sign * least, `${name}(${sign * least})`);
      }
    });

    Deno.test(`pow follows its definition at special values ${where}`, () => {
      const values = [...SPECIAL, ...ORDINARY];
      const pairs = values.flatMap((a) => values.map((b) => [a, b] as const))
        .filter(([a, b]) => !Number.isFinite(a * b) || a * b === 0 || Math.abs(a) === 1);
      const actual = compute(pow(x, y), dtype, relaxed, pairs.map(([a]) => a), pairs.map(([, b]) => b));
      pairs.forEach(([a, b], i) => assertSame(actual[i]!, BINARY_FUNCTIONS.pow(a, b), `pow(${a}, ${b})`));
    });

    Deno.test(`constant exponents give what pow gives ${where}`, () => {
      const values = [...SPECIAL, ...ORDINARY];
      for (const exponent of [-2, -1, -0.5, 0.5, 3, 4]) {
        compute(pow(x, exponent), dtype, relaxed, values).forEach((value, i) => {
          const wanted = BINARY_FUNCTIONS.pow(values[i]!, exponent),
            rounding = dtype === "float32" ? 2 ** -22 : 2 ** -51;
          const same = Object.is(value, wanted) || Math.abs(value - wanted) <= rounding * Math.abs(wanted);
          assert(same, `pow(${values[i]}, ${exponent}) = ${value}, not ${wanted}`);
        });
      }
    });

    Deno.test(`functions that are instructions round as their definitions do ${where}`, () => {
      const round = dtype === "float32" ? Math.fround : (v: number) => v;
      const number = (dtype === "float32" ? fc.float() : fc.double()).chain((v) =>
        fc.constantFrom(v, v, v, ...SPECIAL)
      );
      const names = Object.keys(BINARY_FUNCTIONS).filter((name) =>
        name !== "pow" && name !== "remainder"
      ) as BinaryFunction[];
      fc.assert(fc.property(fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 9 }), (pairs) => {
        const [left, right] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
        for (const name of names) {
          compute(binary(name, x, y), dtype, relaxed, left, right).forEach((value, i) => {
            const wanted = round(BINARY_FUNCTIONS[name](left[i]!, right[i]!));
            assertSame(value, wanted, `${name}(${left[i]}, ${right[i]})`);
          });
        }
        for (const name of ["neg", "abs", "sign", "sqrt", "floor", "ceil", "round", "trunc"] as const) {
          compute(unary(name, x), dtype, relaxed, left).forEach((value, i) => {
            assertSame(value, round(UNARY_FUNCTIONS[name](left[i]!)), `${name}(${left[i]})`);
          });
        }
        compute(select(x, y, 7), dtype, relaxed, left, right).forEach((value, i) => {
          assertSame(value, left[i]! !== 0 ? right[i]! : 7, `select(${left[i]}, ${right[i]}, 7)`);
        });
      }));
    });

    Deno.test(`sine and cosine call for help in their own lane only ${where}`, () => {
      const angles = [1, 2 ** 40, 0.5, -(2 ** 60), Infinity, 3, NaN, -(2 ** 22), 2];
      for (const name of ["sin", "cos"] as const) {
        const together = compute(unary(name, x), dtype, relaxed, angles);
        angles.forEach((angle, i) => {
          assertStrictEquals(together[i], compute(unary(name, x), dtype, relaxed, [angle])[0], `${name}(${angle})`);
        });
      }
    });
  }
}

/**
 * Zeros of either sign, infinities and NaN in programs: every engine computes the same, compiled or not.
 *
 * @module
 */
import { assert, assertGreater } from "@std/assert";
import fc from "fast-check";
import type { DType } from "../../../blas/dtype.ts";
import { engines } from "../../../blas/engines.ts";
import { interpret } from "../../../blas/program/interpret.ts";
import { valueTypes } from "../../../blas/program/operands.ts";
import { optimize } from "../../../blas/program/passes/mod.ts";
import { formatProgram } from "../../../blas/program/format/format_program.ts";
import type { Program } from "../../../blas/program/program.ts";
import * as s from "../../../blas/scalar/scalar.ts";
import { type Shape, sizeOf } from "../../../blas/shape.ts";
import { simdEngine } from "../../../blas/simd/mod.ts";
import type { View } from "../../../blas/view.ts";
import { choicesOf, elementsOf, filled } from "./random_programs.ts";
import { type Traced, tracer } from "./tracing.ts";

/** Sums and products of a few of these are exact, in any order. */
const NUMBERS = [0, -0, 0, -0, 1, -1, 2, -0.5, Infinity, -Infinity, NaN];

const SHAPES: readonly Shape[] = [[], [1], [2, 3], [3, 2], [3, 1], [1, 4], [4], [7], [2, 1, 3], [5, 9], [9, 5], [1, 1]];

const UNARY: readonly ((x: s.Scalar) => s.Scalar)[] = [
  s.neg,
  s.abs,
  s.sign,
  s.sqrt,
  (x) => s.max(x, 0),
  (x) => s.min(x, 0),
  (x) => s.min(x, -0),
  (x) => s.max(-0, x),
  (x) => s.pow(x, 3),
  (x) => s.pow(x, -1),
  (x) => s.select(s.greater(x, 0), x, 0),
];
const BINARY = [s.add, s.sub, s.mul, s.div, s.max, s.min];

/** A program whose instructions numbers decide on. */
function programOf(dtype: DType, codes: readonly number[]): Program {
  const t = tracer(), pool: Traced[] = SHAPES.map((shape) => t.parameter(dtype, shape));
  for (const [k, shape] of SHAPES.entries()) pool.push(t.constant(filled(dtype, shape, () => NUMBERS[k % 11]!)));
  pool.push(...[0, -0, 1, -1].map((x) => t.number(x, dtype)));
  for (const code of codes) {
    const { draw, pick } = choicesOf(code, 3);
    const kind = draw(9), x = pick(pool), rank = x.shape.length;
    const made = ((): Traced => {
      switch (kind) {
        case 0:
          return t.map(UNARY[draw(UNARY.length)]!, x);
        case 1:
        case 2: {
          const y = pick(pool.filter((y) => broadcasts(x.shape, y.shape)));
          return t.map(BINARY[draw(BINARY.length)]!, ...draw(2) === 0 ? [x, y] as const : [y, x] as const);
        }
        case 3:
          return t.map(BINARY[draw(BINARY.length)]!, x, [0, -0, 1, -1, 2, Infinity][draw(6)]!);
        case 4:
          return draw(2) === 0 ? t.transpose(x) : t.reshape(x, [sizeOf(x.shape)]);
        case 5:
          return t.broadcast(x, [[2, ...x.shape], x.shape.map((length) => length === 1 ? 3 : length)][draw(2)]!);
        case 6:
          return t.slice(x, x.shape.map((length) => length < 2 ? [0, 1, length] : [length - 1, -1, length - 1]));
        case 7: {
          const axes = rank === 0 ? [] : draw(3) === 0 ? x.shape.map((_, k) => k) : [draw(rank)];
          return t.reduceKept((["sum", "product", "max", "min"] as const)[draw(4)]!, x, axes);
        }
        default: {
          const a = pick(pool.filter(({ shape }) => shape.length === 2));
          const fitting = pool.filter(({ shape }) => shape.length === 2 && shape[0] === a.shape[1]);
          return t.gemm(a, fitting.length === 0 ? t.transpose(a) : pick(fitting));
        }
      }
    })();
    if (made.shape.length <= 3 && sizeOf(made.shape) <= 100) pool.push(made);
  }
  return t.program(...pool.slice(-4));
}

const broadcasts = (a: Shape, b: Shape): boolean =>
  Array.from({ length: Math.min(a.length, b.length) }, (_, k) => [a.at(-1 - k)!, b.at(-1 - k)!])
    .every(([x, y]) => x === y || x === 1 || y === 1);

const same = (x: number, y: number): boolean => Object.is(x, y) || (x !== 0 && x === y);

const shown = (x: number | undefined): string => Object.is(x, -0) ? "-0" : String(x);

/** Whether sums of such numbers are exact in both dtypes, in any order. */
const isShort = (x: number): boolean => !Number.isFinite(x) || (Math.abs(x) < 512 && Number.isInteger(x * 1024));

function compiled(program: Program, given: readonly View[]): readonly View[] {
  const executable = engines.simd.compile(program);
  given.forEach((x, k) => executable.write(k, x));
  executable.run();
  return program.results.map((_, k) => executable.read(k));
}

Deno.test("zeros keep their signs, and NaN and infinities stay what they are, compiled or not, on every engine", () => {
  let compared = 0;
  const unfused = simdEngine({ fused: false });
  fc.assert(
    fc.property(
      fc.constantFrom<DType>("float32", "float64"),
      fc.array(fc.nat(2 ** 31 - 1), { minLength: 1, maxLength: 9 }),
      fc.array(fc.constantFrom(...NUMBERS), { minLength: 1, maxLength: 97 }),
      (dtype, codes, numbers) => {
        const program = programOf(dtype, codes), all = valueTypes(program).map((_, value) => value);
        let next = 0;
        const given = program.parameters.map(({ dtype, shape }) =>
          filled(dtype, shape, () => numbers[next++ % numbers.length]!)
        );
        const every = interpret({ ...program, results: all }, given, engines.reference);
        if (!every.flatMap(elementsOf).every(isShort)) return;
        compared++;
        const wanted = program.results.map((value) => elementsOf(every[value]!)), optimized = optimize(program);
        const runs: Readonly<Record<string, readonly View[]>> = {
          simd: interpret(program, given, engines.simd),
          unfused: interpret(program, given, unfused),
          compiled: compiled(program, given),
          optimized: interpret(optimized, given, engines.reference),
          "optimized and compiled": compiled(optimized, given),
        };
        for (const [name, results] of Object.entries(runs)) {
          results.forEach((result, k) => {
            const found = elementsOf(result),
              at = found.findIndex((x, i) => !same(x, wanted[k]![i]!));
            assert(
              at < 0,
              `${name}, ${dtype}: element ${at} of result ${k} is ${shown(found[at])}, not ${shown(wanted[k]![at])}\n${
                formatProgram(program)
              }`,
            );
          });
        }
      },
    ),
    { numRuns: 300 },
  );
  assertGreater(compared, 200);
});

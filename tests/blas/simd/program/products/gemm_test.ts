/**
 * Matrix products of programs against plain loops.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { DType } from "../../../../../blas/dtype.ts";
import { EPILOGUE_INPUT, type Operand } from "../../../../../blas/program/program.ts";
import { evaluateScalar } from "../../../../../blas/scalar/evaluate.ts";
import { add, argument, mul } from "../../../../../blas/scalar/scalar.ts";
import { sizeOf } from "../../../../../blas/shape.ts";
import { prepare, turned, whole } from "./run_product.ts";

const EPSILON = { float32: 2 ** -23, float64: 2 ** -52 } as const;

/** The elements of an operand, in row-major order. */
function elements({ shape, stride, offset }: Operand, data: ArrayLike<number>): readonly number[] {
  const walk = (axis: number, at: number): readonly number[] =>
    axis === shape.length
      ? [data[at]!]
      : Array.from({ length: shape[axis]! }, (_, i) => walk(axis + 1, at + i * stride[axis]!)).flat();
  return walk(0, offset);
}

/** The product by three plain loops. */
function multiply(a: Operand, b: Operand, x: ArrayLike<number>, y: ArrayLike<number>): readonly number[] {
  const [m, k] = a.shape.slice(-2) as [number, number],
    n = b.shape.at(-1)!,
    left = elements(a, x),
    right = elements(b, y);
  const batch = sizeOf(a.shape.slice(0, -2));
  return Array.from({ length: batch * m * n }, (_, i) => {
    const j = i % n, row = Math.floor(i / n) % m, matrix = Math.floor(i / (n * m));
    let sum = 0;
    for (let p = 0; p < k; p++) sum += left[(matrix * m + row) * k + p]! * right[(matrix * k + p) * n + j]!;
    return sum;
  });
}

const layout = fc.record({
  turned: fc.boolean(),
  gap: fc.integer({ min: 0, max: 2 }),
  step: fc.constantFrom(1, 1, 1, 1, 2, -1, 0),
  rowSign: fc.constantFrom(1, 1, 1, -1),
});
type Layout = { readonly turned: boolean; readonly gap: number; readonly step: number; readonly rowSign: number };

/** An operand of a shape, in the value, laid out somehow; and how many elements the value has. */
function operandOf(value: number, shape: readonly number[], how: Layout): readonly [Operand, number] {
  const last = shape.length - 1, order = shape.map((_, axis) => axis);
  if (how.turned) [order[last], order[last - 1]] = [order[last - 1]!, order[last]!];
  const stride = shape.map(() => 0);
  let size = 1, offset = 0;
  [...order].reverse().forEach((axis, position) => {
    const factor = position === 0 ? how.step : position === 1 ? how.rowSign : 1;
    stride[axis] = size * factor;
    if (factor < 0) offset += size * -factor * (shape[axis]! - 1);
    size = Math.max(1, size * Math.abs(factor || 1) * shape[axis]! + (position === 0 ? how.gap : 0));
  });
  return [{ value, shape, stride, offset: Math.max(0, offset) }, Math.max(1, size)];
}

Deno.test("sums begin with 0, whatever the layout: products of -0 alone give 0", () => {
  for (const dtype of ["float32", "float64"] as const) {
    for (const k of [1, 2, 3, 4, 5, 8, 9, 33, 64, 400]) {
      for (const [m, n] of [[1, 1], [1, 8], [3, 3], [7, 5], [60, 12]] as const) {
        for (
          const [a, b] of LAYOUTS.map(([a, b]) =>
            [a(whole(0, a === turned ? [k, m] : [m, k])), b(whole(1, b === turned ? [n, k] : [k, n]))] as const
          )
        ) {
          const runnable = prepare({ kind: "gemm", a, b }, dtype, [
            new Array<number>(m * k).fill(-0),
            new Array<number>(k * n).fill(1),
          ], [[m, n]])!;
          runnable.run();
          assert(runnable.value(2).every((x: number) => Object.is(x, 0)), `${dtype} ${m} x ${k} x ${n}`);
        }
      }
    }
  }
});

const plain = (operand: Operand): Operand => operand;

/** Both matrices as they are, or transposed. */
const LAYOUTS = [[plain, plain], [plain, turned], [turned, plain], [turned, turned]] as const;

/** What the loop after a product computes, in the tests that have one, of the product and a number for its column. */
const AFTER = [add(argument(0), argument(1)), mul(argument(0), argument(0))];

type CheckOptions = { readonly relaxed?: boolean; readonly epilogue?: boolean };

function check(
  dtype: DType,
  a: Operand,
  b: Operand,
  lengths: readonly number[],
  { relaxed, epilogue = false }: CheckOptions = {},
): void {
  let seed = 1;
  const next = () => (seed = seed * 16807 % 2147483647, seed / 2147483647 - 0.5);
  const make = (length: number) =>
    dtype === "float32" ? Float32Array.from({ length }, next) : Float64Array.from({ length }, next);
  const shape = [...a.shape.slice(0, -1), b.shape.at(-1)!], last = shape.length - 1;
  const data = [...lengths, ...epilogue ? [shape[last]!] : []].map(make);
  const row = { value: 2, shape, stride: shape.map((_, axis) => axis === last ? 1 : 0), offset: 0 };
  const loop = { shape, operands: [whole(EPILOGUE_INPUT, shape), row], expressions: AFTER };
  const operation = { kind: "gemm", a, b, ...epilogue && { epilogue: loop } } as const;
  const runnable = prepare(operation, dtype, data, epilogue ? [shape, shape] : [shape], {
    ...relaxed !== undefined && { relaxed },
  })!;
  runnable.run();
  const product = multiply(a, b, data[0]!, data[1]!), k = a.shape.at(-1)!;
  const wanted = epilogue
    ? AFTER.map((x) => product.map((value, i) => evaluateScalar(x, [value, data[2]![i % shape[last]!]!])))
    : [product];
  const given = wanted.map((_, i) => runnable.value(data.length + i).slice());
  wanted.forEach((values, result) =>
    values.forEach((value, i) => {
      const error = Math.abs(given[result]![i]! - value),
        most = (k + 2) * EPSILON[dtype] * Math.max(1, Math.abs(value));
      assert(error <= (epilogue ? 4 : 1) * most, `${given[result]![i]} at ${i} of ${shape} (k ${k}), wanted ${value}`);
    })
  );
  assert(runnable.intact(), "nothing else must be written");
  runnable.run();
  given.forEach((values, i) => {
    assertEquals([...runnable.value(data.length + i)], [...values], "a second run must not find anything of the first");
  });
}

for (const dtype of ["float32", "float64"] as const) {
  Deno.test(`gemm in a program agrees with plain loops on any strides (${dtype})`, () => {
    const size = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 40 }));
    const problem = fc.record({
      batch: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 }),
      m: size,
      n: size,
      k: size,
      a: layout,
      b: layout,
      relaxed: fc.boolean(),
      epilogue: fc.boolean(),
    });
    fc.assert(
      fc.property(problem, ({ batch, m, n, k, a, b, ...options }) => {
        const [left, l] = operandOf(0, [...batch, m, k], a), [right, r] = operandOf(1, [...batch, k, n], b);
        check(dtype, left, right, [l, r], options);
      }),
      { numRuns: 400 },
    );
  });

  Deno.test(`gemm in a program agrees with plain loops on large matrices (${dtype})`, () => {
    for (
      const [m, n, k] of [[50, 70, 900], [31, 33, 1100], [130, 9, 70], [9, 130, 70], [1, 300, 300], [
        300,
        1,
        300,
      ]] as const
    ) {
      for (const a of [whole(0, [m, k]), turned(whole(0, [k, m]))]) {
        for (const b of [whole(1, [k, n]), turned(whole(1, [n, k]))]) {
          for (const epilogue of [false, true]) check(dtype, a, b, [m * k, k * n], { epilogue });
        }
      }
    }
  });

  Deno.test(`gemm in a program takes a batch times one matrix as one product (${dtype})`, () => {
    const b = { value: 1, shape: [5, 6, 7], stride: [0, 7, 1], offset: 0 };
    for (const epilogue of [false, true]) {
      check(dtype, whole(0, [5, 3, 6]), b, [90, 42], { epilogue });
      // Rows of several indices are computed before the loop after them runs.
      check(dtype, whole(0, [500, 3, 6]), { ...b, shape: [500, 6, 7] }, [9000, 42], { epilogue });
      check(dtype, whole(0, [5, 300, 6]), b, [9000, 42], { epilogue });
    }
  });
}

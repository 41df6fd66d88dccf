/**
 * `map` against the reference engine: any shapes, strides, offsets and values.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { DType } from "../../../../blas/dtype.ts";
import { map as reference } from "../../../../blas/reference/map.ts";
import * as scalar from "../../../../blas/scalar/scalar.ts";
import { createContext } from "../../../../blas/simd/context.ts";
import { createMap } from "../../../../blas/simd/elementwise/map.ts";
import {
  allocate,
  broadcastView,
  type MutableView,
  sliceView,
  transposeView,
  type View,
} from "../../../../blas/view.ts";
import { elements, moderate, numbers, shapes, viewsOf } from "../views.ts";
import { ALL_FUNCTIONS } from "../../../../blas/simd/math/mod.ts";

const { add, div, exp, greater, log, max, mul, neg, pow, select, sigmoid, sin, sub, tanh } = scalar;
const [x, y, z] = [scalar.argument(0), scalar.argument(1), scalar.argument(2)];

const context = createContext(), { scratch } = context;
const map = createMap(context, () => ALL_FUNCTIONS);
const DTYPES: readonly DType[] = ["float32", "float64"];

/** Expressions whose value is the same however it is computed: one rounding at most. */
const EXACT: readonly [name: string, expression: scalar.Scalar, operands: number][] = [
  ["add", add(x, y), 2],
  ["sub of itself", sub(x, x), 1],
  ["mul", mul(x, y), 2],
  ["div", div(x, y), 2],
  ["relu", max(x, 0), 1],
  ["select", select(greater(x, y), z, neg(x)), 3],
  ["the third operand alone", neg(z), 3],
  ["a constant", scalar.constantScalar(2.5), 1],
  ["the operand itself", y, 2],
];

/** Expressions of several roundings; the reference engine computes them in float64 throughout. */
const ROUNDED: readonly [name: string, expression: scalar.Scalar, operands: number][] = [
  ["gelu", mul(mul(0.5, x), add(1, tanh(mul(0.797, add(x, mul(0.0447, mul(x, mul(x, x)))))))), 1],
  ["a mixture", add(mul(sigmoid(x), exp(neg(mul(y, y)))), mul(z, z)), 3],
  ["waves", mul(sin(x), exp(neg(scalar.abs(x)))), 1],
  ["powers", pow(add(scalar.abs(x), 0.5), y), 2],
  ["logarithms", log(add(1, mul(x, x))), 1],
];

/** An operand for each argument and an output, all of one shape, of any strides. */
function operandsOf(dtype: DType, count: number, values: fc.Arbitrary<number>) {
  return shapes.chain((shape) =>
    fc.record({
      inputs: fc.tuple(...Array.from({ length: count }, () => viewsOf<DType>(dtype, shape, values))),
      output: viewsOf<DType>(dtype, shape, fc.constant(-77), false),
    })
  );
}

/** The same view of a copy of its data. */
function copyOf(v: MutableView): MutableView {
  const copy = sliceView(v, v.shape.map((count) => ({ start: 0, step: 1, count })));
  return Object.assign(copy, { data: v.data.slice() });
}

for (const dtype of DTYPES) {
  for (const [name, expression, count] of EXACT) {
    Deno.test(`map computes ${name} of ${dtype} exactly as the reference does`, () => {
      fc.assert(
        fc.property(operandsOf(dtype, count, numbers), ({ inputs, output }) => {
          const wanted = copyOf(output), before = inputs.map(({ data }) => data.slice());
          reference(expression, inputs, wanted);
          map(expression, inputs, output);
          // The whole buffers: what lies between and around the elements must be left alone.
          assertEquals(output.data, wanted.data);
          assertEquals(inputs.map(({ data }) => data), before);
        }),
        { numRuns: 60 },
      );
    });
  }

  for (const [name, expression, count] of ROUNDED) {
    Deno.test(`map computes ${name} of ${dtype} as the reference does, and twice the same`, () => {
      fc.assert(
        fc.property(operandsOf(dtype, count, moderate), ({ inputs, output }) => {
          const wanted = copyOf(output), again = copyOf(output);
          reference(expression, inputs, wanted);
          map(expression, inputs, output);
          map(expression, inputs, again);
          assertEquals(output.data, again.data);
          const right = elements(wanted), tolerance = dtype === "float32" ? 1e-5 : 1e-14;
          elements(output).forEach((value, i) => {
            const near = Object.is(value, right[i]) || value === right[i] ||
              Math.abs(value - right[i]!) <= tolerance * (1 + Math.abs(right[i]!));
            assert(near, `element ${i} is ${value}, not ${right[i]}`);
          });
        }),
        { numRuns: 40 },
      );
    });
  }

  Deno.test(`map of ${dtype} works through arrays of several blocks, however they lie`, () => {
    const rows = 130, columns = 301, shape = [rows, columns];
    const filled = (shape: readonly number[]): MutableView => {
      const v = allocate<DType>(dtype, shape);
      for (let i = 0; i < v.size; i++) v.data[v.offset + i] = (i * 7919) % 1000 - 500;
      return v;
    };
    const part = (v: View, start: number, step = 1): View =>
      sliceView(v, [{ start: 0, step: 1, count: rows }, { start, step, count: columns }]);
    const operands: { readonly [name: string]: View } = {
      plain: filled(shape),
      row: broadcastView(filled([columns]), shape),
      column: broadcastView(filled([rows, 1]), shape),
      "one number": broadcastView(filled([]), shape),
      transposed: transposeView(filled([columns, rows])),
      "part of wider rows": part(filled([rows, columns + 50]), 20),
      "part of far wider rows": part(filled([rows, 5 * columns]), 20),
      "every other column": part(filled([rows, 2 * columns]), 0, 2),
      "columns reversed": part(filled([rows, columns]), columns - 1, -1),
      "rows reversed": sliceView(filled([rows, columns]), [{ start: rows - 1, step: -1, count: rows }, {
        start: 0,
        step: 1,
        count: columns,
      }]) as View,
    };
    for (const [left, a] of Object.entries(operands)) {
      for (const [right, b] of Object.entries(operands)) {
        for (const [target, c] of Object.entries(operands)) {
          if (c.stride.includes(0) || (left !== right && target !== "plain" && left !== "plain")) continue;
          const output = copyOf(c as MutableView), wanted = copyOf(c as MutableView);
          reference(sub(x, y), [a, b], wanted);
          map(sub(x, y), [a, b], output);
          assertEquals(output.data, wanted.data, `${left} - ${right} into ${target}`);
        }
      }
    }
    // One axis with gaps, or backwards, of several blocks.
    for (const [start, step] of [[0, 2], [1, 3], [0, 7], [40_000, -1], [40_000, -2]] as const) {
      const line = sliceView(filled([40_001 * Math.abs(step)]), [{ start, step, count: 20_000 }]) as View;
      const output = allocate<DType>(dtype, [20_000]), wanted = allocate<DType>(dtype, [20_000]);
      reference(sub(x, y), [line, filled([20_000])], wanted);
      map(sub(x, y), [line, filled([20_000])], output);
      assertEquals(output.data, wanted.data, `from ${start} by ${step}`);
    }
    // Long rows in blocks of columns, three axes, rows of a few elements.
    for (const shape of [[3, 20000], [2, 3, 9000], [50, 40, 9], [3000, 2], [20001]]) {
      const a = filled(shape), bias = broadcastView(filled(shape.slice(-1)), shape);
      const column = broadcastView(filled([...shape.slice(0, -1), 1]), shape);
      const output = allocate<DType>(dtype, shape), wanted = allocate<DType>(dtype, shape);
      reference(add(mul(x, y), z), [a, bias, column], wanted);
      map(add(mul(x, y), z), [a, bias, column], output);
      assertEquals(output.data, wanted.data, `[${shape}]`);
    }
  });
}

Deno.test("map takes more operands than a bit mask has bits", () => {
  const count = 40, args = Array.from({ length: count }, (_, k) => scalar.argument(k));
  const sum = args.reduce((total: scalar.Scalar, a) => add(total, a), scalar.constantScalar(0));
  const inputs = args.map((_, k) => {
    const one = allocate("float32", []);
    one.data[one.offset] = k;
    return broadcastView(one as View<"float32">, [3, 5]);
  });
  const output = allocate("float32", [3, 5]);
  map(sum, inputs, output);
  assertEquals(elements(output as View), Array(15).fill(count * (count - 1) / 2));
});

Deno.test("map leaves the scratch memory as it found it", () => {
  const output = allocate("float64", [4]), mark = scratch.mark();
  map(exp(x), [output as View<"float64">], output);
  assertEquals(scratch.mark(), mark);
});

Deno.test("map works in a scratch memory of a mebibyte", () => {
  const tight = createMap(createContext({ maximumBytes: 1 << 20 }), () => ALL_FUNCTIONS), shape = [300, 200];
  const count = 40, args = Array.from({ length: count }, (_, k) => scalar.argument(k));
  const sum = args.reduce((total: scalar.Scalar, a) => add(total, a), scalar.constantScalar(0));
  const inputs = args.map((_, k): View<"float64"> => {
    const v = allocate("float64", k % 2 === 0 ? shape : shape.toReversed());
    v.data.forEach((_, i) => v.data[i] = (i * 31 + k) % 17);
    return k % 2 === 0 ? v : transposeView(v as View<"float64">);
  });
  const output = allocate("float64", shape), wanted = allocate("float64", shape);
  tight(sum, inputs, output);
  reference(sum, inputs, wanted);
  assertEquals(output.data, wanted.data);
});

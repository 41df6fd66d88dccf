/**
 * Rows computed by maps and reductions, stage after stage.
 *
 * @module
 */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { constant, l2Normalize, softmax, toArray, toList } from "../../autograd/mod.ts";
import { completeEngine, engines, setEngine } from "../../blas/engines.ts";
import { reference } from "../../blas/reference/mod.ts";
import { divisorsOf, type Rows, rowsBy, rowsShapes, stageOfArgument, stageValue } from "../../blas/rows.ts";
import { add, argument, div, exp, mul, type Scalar, sub } from "../../blas/scalar/scalar.ts";
import { allocate, broadcastView, type View, view } from "../../blas/view.ts";
import { elementsOf } from "./layouts.ts";

/** Distances from the mean times a factor, and the mean plus what each row is given. */
const ROWS: Rows = {
  axes: [1],
  stages: [{ reduction: "sum", expression: argument(0) }],
  outputs: [
    { perRow: false, expression: mul(sub(argument(0), mul(stageValue(0), 0.5)), argument(1)) },
    { perRow: true, expression: add(mul(stageValue(0), 0.5), argument(2)) },
  ],
};

/** Like softmax: the exponential is used twice; the difference inside it is in two expressions, but used once. */
const POWER = exp(sub(argument(0), mul(stageValue(0), 1.5)));
const SOFTMAX: Omit<Rows, "axes"> = {
  stages: [{ reduction: "max", expression: argument(0) }, { reduction: "sum", expression: POWER }],
  outputs: [{ perRow: false, expression: div(POWER, stageValue(1)) }],
};

const run = (rows: ReturnType<typeof rowsBy>): readonly (readonly number[])[] => {
  const x = view(new Float64Array([1, 3, 10, 30]), [2, 2]),
    outputs = rowsShapes(ROWS, [2, 2]).map((shape) => allocate("float64", shape));
  const weight = broadcastView(view(new Float64Array([1, 2]), [2]), [2, 2]);
  const perRow = broadcastView(view(new Float64Array([100, 200]), [2, 1]), [2, 2]);
  rows(ROWS, [2, 2], [x, weight, perRow], outputs);
  return outputs.map((y) => elementsOf(y as View));
};

/** Counts the maps and reductions of all elements that rows take. */
function passesOf(rows: Rows, shape: readonly [number, number]): readonly [maps: number, reductions: number] {
  let maps = 0, reductions = 0;
  const run = rowsBy({
    map: (expression, inputs, output) => {
      if (output.size === shape[0] * shape[1]) maps++;
      reference.map(expression, inputs, output);
    },
    reduce: (reduction, input, output) => (reductions++, reference.reduce(reduction, input, output)),
  });
  run(rows, shape, [allocate("float64", shape) as View<"float64">], [allocate("float64", shape)]);
  return [maps, reductions];
}

Deno.test("softmax by maps takes two passes over the elements beside its reductions: exponentials and quotients", () => {
  const { stages, outputs } = SOFTMAX;
  assertEquals(passesOf({ axes: [1], stages, outputs }, [64, 64]), [2, 2]);
});

const WANTED = [[-1, 2, -10, 20], [102, 220]];

Deno.test("rows are stages one after the other, and outputs of elements or of whole rows", () => {
  assertEquals(run(rowsBy(reference)), WANTED);
});

Deno.test("an engine without rows computes them by its own map and reduce", () => {
  let maps = 0, reductions = 0;
  const engine = completeEngine({
    name: "counting",
    map: (expression, inputs, output) => (maps++, reference.map(expression, inputs, output)),
    reduce: (reduction, input, output) => (reductions++, reference.reduce(reduction, input, output)),
  });
  assertEquals(run(engine.rows), WANTED);
  assertEquals([maps, reductions], [2, 1]); // the sum reads the operand itself, not a copy
});

Deno.test("stages are told apart from operands by their arguments", () => {
  assertEquals([stageOfArgument(0), stageOfArgument(29)], [undefined, undefined]);
  const value = stageValue(2);
  assertEquals(value.kind === "argument" && stageOfArgument(value.index), 2);
});

Deno.test("rows of many elements, whose shared parts are kept, are those of each row by itself", () => {
  const [rows, columns] = [40, 50], data = Float64Array.from({ length: rows * columns }, (_, i) => Math.sin(i * i));
  const previous = setEngine(engines.reference);
  try {
    const together = toArray(softmax(constant(data, { dtype: "float64", shape: [rows, columns] }))) as number[][];
    together.forEach((row, k) => {
      const alone = softmax(constant(data.slice(k * columns, (k + 1) * columns), { dtype: "float64" }));
      toList(alone).forEach((value, j) => assertAlmostEquals(row[j]!, value, 1e-15));
    });
  } finally {
    setEngine(previous);
  }
});

Deno.test("a sum is divided before it is rounded where all that is read of it is its quotient by one constant", () => {
  const stageIn = (x: Scalar) => x.kind === "argument" ? stageOfArgument(x.index) : undefined;
  const divisors = (...expressions: Scalar[]) => [...divisorsOf(expressions, ["sum", "max"], stageIn)];
  const [sum, most] = [stageValue(0), stageValue(1)];
  assertEquals(divisors(mul(div(sum, 3), argument(0)), div(sum, 3)), [[0, 3]]);
  assertEquals(divisors(div(sum, 3), sum), []);
  assertEquals(divisors(div(sum, 3), div(sum, 4)), []);
  assertEquals(divisors(add(div(sum, 3), sum)), []);
  assertEquals(divisors(div(3, sum)), []);
  assertEquals(divisors(div(sum, argument(0))), []);
  assertEquals(divisors(div(most, 3)), []);
});

Deno.test("the mean of numbers whose sum float32 has to round is rounded once, in small rows and in large ones", () => {
  for (const [columns, engine] of [[3, engines.simd], [3, engines.reference], [1003, engines.simd]] as const) {
    const numbers = Array.from({ length: columns }, (_, k) => k === 0 ? 2 ** 24 : 1),
      x = view(Float32Array.from(numbers));
    const means: Rows = {
      axes: [0],
      stages: [{ reduction: "sum", expression: argument(0) }],
      outputs: [{ perRow: true, expression: div(stageValue(0), columns) }],
    };
    const output = allocate("float32", [1]);
    engine.rows(means, [columns], [x], [output]);
    assertEquals(elementsOf(output), [Math.fround((2 ** 24 + columns - 1) / columns)]);
  }
});

Deno.test("the reference engine normalizes many rows of zeros, and of infinities, as few rows", () => {
  const normalized = (count: number) => {
    const rows = Array.from({ length: count }, () => [[0, 0, 0], [1, -Infinity, 0], [3e38, 0, 3e-39]]).flat();
    return toList(l2Normalize(constant(rows), { axis: 1 }));
  };
  const before = setEngine(reference);
  try {
    const few = normalized(1), many = normalized(200);
    assertEquals(few.slice(0, 3), [0, 0, 0]);
    assertEquals(many, Array.from({ length: 200 }, () => few).flat());
  } finally {
    setEngine(before);
  }
});

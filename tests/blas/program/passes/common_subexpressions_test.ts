import { assertEquals, assertNotEquals } from "@std/assert";
import type { ConvolutionGeometry } from "../../../../blas/convolution.ts";
import type { Distribution } from "../../../../blas/distribution.ts";
import type { DType } from "../../../../blas/dtype.ts";
import { epilogueInput, plainOperand } from "../../../../blas/program/operand.ts";
import type { IndexRange } from "../../../../blas/program/operations/check_indices.ts";
import { type Draft, type DraftInstruction, programOf } from "../../../../blas/program/passes/draft.ts";
import { copying } from "../../../../blas/program/operands.ts";
import type { Operand, Operation, Program } from "../../../../blas/program/program.ts";
import * as s from "../../../../blas/scalar/scalar.ts";
import type { Shape } from "../../../../blas/shape.ts";
import { transposeView, unsafeView, type View, view } from "../../../../blas/view.ts";
import { assertListing } from "../listings.ts";
import { type Traced, tracer } from "../tracing.ts";
import { commonSubexpressions, fuseEpilogue } from "./on_programs.ts";

Deno.test("commonSubexpressions() computes equal things once", () => {
  const t = tracer();
  const build = () => {
    const x = t.parameter("float32", [3]), one = () => t.map(s.add, x, 1);
    return t.program(t.map(s.mul, one(), one()), one());
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[3]  12 B  parameter
      %1  float32[]    4 B  constant 1
      %2  float32[]    4 B  constant 1
      %3  float32[]    4 B  constant 1
      %4  float32[3]  12 B  map %0 + %1<0>
      %5  float32[3]  12 B  map %0 + %2<0>
      %6  float32[3]  12 B  map %4 * %5
      %7  float32[3]  12 B  map %0 + %3<0>
      results %6 %7
  `,
  );
  assertListing(
    commonSubexpressions(before),
    `
      %0  float32[3]  12 B  parameter
      %1  float32[]    4 B  constant 1
      %2  float32[3]  12 B  map %0 + %1<0>
      %3  float32[3]  12 B  map %2 * %2
      results %3 %2
  `,
  );
});

Deno.test("commonSubexpressions() tells apart what comes after the same product, convolution or reduction", () => {
  const t = tracer(), x = t.parameter("float32", [3, 3]), image = t.parameter("float32", [1, 1, 3, 3]);
  const each = (build: () => Traced) => [s.neg, s.neg, s.exp, s.exp].map((after) => t.map(after, build()));
  const fused = fuseEpilogue(t.program(
    ...each(() => t.gemm(x, x)),
    ...each(() => t.reduceKept("sum", x, [0])),
    ...each(() => t.convolution("conv2d", [image, image], [1, 1, 1, 1])),
  ));
  assertEquals(fused.instructions.length, 12);
  const { instructions, results } = commonSubexpressions(fused);
  assertEquals(
    instructions.map(({ operation }) => operation.kind).sort().join(" "),
    "convolution convolution gemm gemm reduce reduce",
  );
  for (const first of [0, 4, 8]) {
    assertEquals([results[first + 1], results[first + 3]], [results[first], results[first + 2]]);
    assertNotEquals(results[first], results[first + 2]);
  }
});

Deno.test("commonSubexpressions() runs functions of one key once, and others as often as they are there", () => {
  const t = tracer();
  const build = () => {
    const x = t.parameter("float32", [3]);
    const run = (key: string | undefined) => t.host("draw", key, [x], x, ([v]) => v!);
    return t.program(run("a"), run("a"), run("b"), run(undefined), run(undefined));
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[3]  12 B  parameter
      %1  float32[3]  12 B  host draw %0
      %2  float32[3]  12 B  host draw %0
      %3  float32[3]  12 B  host draw %0
      %4  float32[3]  12 B  host draw %0
      %5  float32[3]  12 B  host draw %0
      results %1 %2 %3 %4 %5
  `,
  );
  assertListing(
    commonSubexpressions(before),
    `
      %0  float32[3]  12 B  parameter
      %1  float32[3]  12 B  host draw %0
      %2  float32[3]  12 B  host draw %0
      %3  float32[3]  12 B  host draw %0
      %4  float32[3]  12 B  host draw %0
      results %1 %1 %2 %3 %4
  `,
  );
});

/** A step that reads parameters 0 (`float32[4, 6]`), 1 (its indices) and 2 (a key), and its result. */
type Step = Omit<DraftInstruction, "values">;

const X = plainOperand(0, [4, 6]), INDICES = plainOperand(1, [4, 6]), KEY = plainOperand(2, [2]);
const row: Operand = { value: 0, shape: [3], stride: [1], offset: 0 };

/** An operand whose rows are six elements apart. */
const rowsOfSix = (shape: Shape): Operand => ({ value: 0, shape, stride: [6, 1], offset: 0 });

const step = (operation: Operation, shape: Shape = [4, 6], dtype: DType = "float32"): Step => ({
  operation,
  results: [{ dtype, shape }],
});

const mapOf = (operand: Operand, expression = s.neg(s.argument(0))): Step =>
  step({ kind: "map", loop: { shape: operand.shape, operands: [operand], expressions: [expression] } }, operand.shape);

const filled = (dtype: DType): Step =>
  step({ kind: "map", loop: { shape: [3], operands: [], expressions: [s.constantScalar(1)] } }, [3], dtype);

const reduced = (settings: Partial<Extract<Operation, { kind: "reduce" }>>, shape: Shape = [1, 6]): Step => {
  const loop = { shape: X.shape, operands: [X], expressions: [s.argument(0)] };
  return step({ kind: "reduce", reduction: "sum", axes: [0], loop, ...settings }, shape);
};

const rowsOf = (settings: Partial<Extract<Operation, { kind: "rows" }>>): Step => {
  const loop = { shape: [4, 6], operands: [X], expressions: [s.argument(0), s.constantScalar(2)] };
  return step({ kind: "rows", axes: [1], reductions: ["sum"], perRow: [false], loop, ...settings });
};

const convolved = (settings: Partial<ConvolutionGeometry>, form: "conv2d" | "conv2dInput" = "conv2d"): Step => {
  const geometry = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1, ...settings } as const;
  const image = plainOperand(0, [1, 2, 3, 4]), kernels = plainOperand(0, [2, 2, 2, 3]);
  return step({ kind: "convolution", form, geometry, operands: [image, kernels] }, [1, 2, 2, 2]);
};

const joinedAt = (start: number, settings: Partial<Extract<Operation, { kind: "join" }>> = {}): Step => {
  const loop = { shape: [3], operands: [row], expressions: [s.argument(0)] };
  return step(
    { kind: "join", shape: [6], fill: 0, parts: [{ loop, place: [{ start, step: 1, count: 3 }] }], ...settings },
    settings.shape ?? [6],
  );
};

const searched = (extremum: "max" | "min", start: number, offset: number): Step => {
  const numbers = { offset, stride: [6, 1] };
  const regions = [{ place: [{ start, step: 1, count: 4 }], operand: X, numbers }];
  return step({ kind: "search", extremum, shape: [6], regions }, [6]);
};

const scattered = (settings: Partial<Extract<Operation, { kind: "scatter" }>>): Step =>
  step({ kind: "scatter", axis: 0, shape: [4, 6], operand: X, indices: INDICES, ...settings });

const checked = (settings: Partial<IndexRange>): Step => {
  const range = { op: "take", count: 4, negative: false, ...settings };
  return step({ kind: "checkIndices", operand: INDICES, range });
};

const gathered = (axis: number, check?: IndexRange): Step =>
  step({ kind: "gather", axis, operand: X, indices: INDICES, ...check && { check } });

const drawn = (distribution: Distribution, shape: Shape = [3]): Step =>
  step({ kind: "draw", distribution, shape, key: KEY }, [3]);

const range: IndexRange = { op: "take", count: 4, negative: false };

/** Steps of one kind each, no two of which compute the same. */
const DIFFERENT: readonly (readonly Step[])[] = [
  [
    mapOf(row),
    mapOf({ ...row, offset: 1 }),
    mapOf({ ...row, stride: [2] }),
    mapOf({ ...row, shape: [2] }),
    mapOf({ ...row, value: 1 }),
    mapOf(row, s.exp(s.argument(0))),
  ],
  [filled("float32"), filled("float64")],
  [
    reduced({}),
    reduced({}, [6]),
    reduced({ axes: [1] }, [4, 1]),
    reduced({ reduction: "max" }),
    reduced({ epilogue: { shape: [1, 6], operands: [epilogueInput([1, 6])], expressions: [s.neg(s.argument(0))] } }),
  ],
  [[0], [1]].map((axes) => reduced({ axes, loop: copying(plainOperand(0, [4, 4])) }, [4])),
  // A loop may read nothing: its shape alone says how many ones are added.
  [4, 5].map((count) => reduced({ loop: { shape: [count, 6], operands: [], expressions: [s.constantScalar(1)] } })),
  [2, 3].map((depth) => step({ kind: "gemm", a: rowsOfSix([2, depth]), b: rowsOfSix([depth, 2]) }, [2, 2])),
  [rowsOf({}), rowsOf({ axes: [0] }), rowsOf({ reductions: ["max"] }), rowsOf({ perRow: [true] })],
  [
    convolved({}),
    convolved({ stride: [2, 1] }),
    convolved({ padding: [1, 0, 0, 0] }),
    convolved({ dilation: [2, 1] }),
    convolved({ groups: 2 }),
    convolved({}, "conv2dInput"),
  ],
  [joinedAt(0), joinedAt(1), joinedAt(0, { fill: -0 }), joinedAt(0, { fill: 1 }), joinedAt(0, { shape: [7] })],
  [searched("max", 0, 0), searched("min", 0, 0), searched("max", 1, 0), searched("max", 0, 1)],
  [gathered(0), gathered(1), gathered(0, range), gathered(0, { ...range, count: 3 })],
  [scattered({}), scattered({ axis: 1 }), scattered({ shape: [5, 6] }), scattered({ onto: X })],
  [scattered({ onto: X }), scattered({ onto: X, combine: "max" }), scattered({ onto: X, combine: "set" })],
  [
    checked({}),
    checked({ count: 3 }),
    checked({ negative: true }),
    checked({ exception: -1 }),
    checked({ op: "gather" }),
    checked({ use: "keys" }),
  ],
  [[0, false], [1, false], [0, true]].map(([axis, reverse]) =>
    step({ kind: "cumsum", axis: axis as number, reverse: reverse as boolean, operand: X }) // as they are listed
  ),
  [
    step({ kind: "running", form: "max", axis: 0, reverse: false, operands: [X] }),
    step({ kind: "running", form: "min", axis: 0, reverse: false, operands: [X] }),
    step({ kind: "running", form: "max", axis: 1, reverse: false, operands: [X] }),
    step({ kind: "running", form: "max", axis: 0, reverse: true, operands: [X] }),
  ],
  [
    step({ kind: "order", axis: 0, descending: false, count: 4, operand: X }),
    step({ kind: "order", axis: 1, descending: false, count: 4, operand: X }),
    step({ kind: "order", axis: 0, descending: true, count: 4, operand: X }),
    step({ kind: "order", axis: 0, descending: false, count: 3, operand: X }),
  ],
  [
    drawn({ kind: "uniform", low: 0, range: 1 }),
    drawn({ kind: "uniform", low: 1, range: 1 }),
    drawn({ kind: "uniform", low: 0, range: 2 }),
    drawn({ kind: "normal", mean: 0, std: 1 }),
    drawn({ kind: "integer", min: 0, span: 1 }),
    drawn({ kind: "uniform", low: 0, range: 1 }, [3, 1]),
  ],
  [step({ kind: "cast", operand: INDICES }), step({ kind: "cast", operand: INDICES }, [4, 6], "float64")],
  [[0, 1], [1, 0]].map((axes) =>
    step({ kind: "view", operand: plainOperand(0, [4, 4]), change: { kind: "transpose", axes } }, [4, 4])
  ),
  [0, 1].map((start) =>
    step({ kind: "view", operand: row, change: { kind: "slice", ranges: [{ start, step: 1, count: 2 }] } }, [2])
  ),
];

Deno.test("commonSubexpressions() merges equal instructions of every kind, and none that differ in any setting", () => {
  const of = (steps: readonly Step[], constants: Draft["constants"] = []): Program =>
    programOf({
      parameters: [
        { dtype: "float32", shape: [4, 6] },
        { dtype: "float32", shape: [4, 6] },
        { dtype: "float64", shape: [2] },
      ],
      constants,
      steps: steps.map((one, k) => ({ ...one, values: [100 + k] })),
      results: steps.map((_, k) => 100 + k),
    });
  for (const steps of DIFFERENT) {
    const { kind } = steps[0]!.operation;
    for (const one of steps) assertEquals(commonSubexpressions(of([one, one])).instructions.length, 1, kind);
    for (const [k, one] of steps.entries()) {
      for (const other of steps.slice(k + 1)) {
        const { instructions } = commonSubexpressions(of([one, other]));
        assertEquals(instructions.length, 2, JSON.stringify([one, other]));
      }
    }
  }
});

Deno.test("commonSubexpressions() merges equal constants, and none of another dtype, shape, order or sign of zero", () => {
  const many = new Float32Array(200).map((_, k) => k);
  const constants: readonly View[] = [
    view(new Float32Array([0, 1, 2, 3]), [4]),
    view(new Float64Array([0, 1, 2, 3]), [4]),
    view(new Float32Array([0, 1, 2, 3]), [2, 2]),
    view(new Float32Array([-0, 1, 2, 3]), [4]),
    transposeView(view(new Float32Array([0, 1, 2, 3]), [2, 2])),
    unsafeView(many, [70], [1], 0),
    unsafeView(many, [70], [1], 1),
    unsafeView(many, [70], [2], 0),
    unsafeView(many, [10, 7], [7, 1], 0),
    unsafeView(new Float32Array(many), [70], [1], 0),
  ];
  const t = tracer(), twice = [...constants, ...constants].map((one) => t.constant(one));
  const { results } = commonSubexpressions(t.program(...twice));
  assertEquals(new Set(results).size, constants.length);
  assertEquals(results.slice(constants.length), results.slice(0, constants.length));
});

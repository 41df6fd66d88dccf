import { assertEquals } from "@std/assert";
import { MULTI_PRIMITIVES, PRIMITIVES } from "../../../autograd/ops/primitives.ts";
import type { MultiPrimitive } from "../../../autograd/multi_primitive.ts";
import type { Primitive, SampleInput } from "../../../autograd/primitive.ts";
import { drawPrimitives } from "../../../autograd/random/draw.ts";
import { keyPrimitives } from "../../../autograd/random/key_tensor.ts";
import { indexPrimitives } from "../../../autograd/values/indices.ts";
import type { DType } from "../../../blas/dtype.ts";
import * as programs from "../../../blas/parts/programs.ts";
import { ALL_KINDS } from "../../../blas/program/operations/all.ts";
import { BASE_KINDS } from "../../../blas/program/operations/mod.ts";
import type { TypedValue } from "../../../blas/program/operations/operator.ts";
import { unwrap } from "../../../blas/shape.ts";
import { ALL_LOWERINGS, BASE_LOWERINGS } from "../../../blas/simd/program/lowerings.ts";

const given = (inputs: readonly SampleInput[]): readonly TypedValue[] =>
  inputs.map(({ shape }, value): TypedValue => ({ dtype: "float64", shape, value }));

/** The kinds of operations that the samples of a primitive are in programs; none if programs call it outside. */
const kindsOf = (primitive: Primitive<unknown>): readonly string[] =>
  primitive.samples().flatMap(({ attributes, inputs }) => {
    if (primitive.operator === undefined) return [];
    const shape = unwrap(primitive.shape(inputs.map(({ shape }) => shape), attributes));
    const dtype: DType = primitive.resultDType?.(attributes) ?? "float64";
    return [primitive.operator(attributes).place(given(inputs), { dtype, shape }).kind];
  });

/** The same for a primitive with several results. */
const kindsOfMulti = (primitive: MultiPrimitive<unknown>): readonly string[] =>
  primitive.samples().flatMap(({ attributes, inputs }) => {
    if (primitive.operator === undefined) return [];
    const shapes = unwrap(primitive.shapes(inputs.map(({ shape }) => shape), attributes));
    const dtypes = primitive.resultDTypes?.(attributes) ?? shapes.map((): DType => "float64");
    const results = shapes.map((shape, k) => ({ dtype: dtypes[k]!, shape }));
    return [primitive.operator(attributes).place(given(inputs), results).kind];
  });

/** What the functions bring. */
const PARTS = new Map([
  [programs.convolutionPrograms, programs.convolutionPart],
  [programs.cumsumPrograms, programs.cumsumPart],
  [programs.runningPrograms, programs.runningPart],
  [programs.orderPrograms, programs.orderPart],
  [programs.scanPrograms, programs.scanPart],
  [programs.whilePrograms, programs.whilePart],
  [programs.branchPrograms, programs.branchPart],
]);

const lacking = (kinds: readonly string[], brings: (() => void) | undefined): readonly string[] => {
  const part = brings && PARTS.get(brings);
  return kinds.filter((kind) =>
    !Object.hasOwn({ ...BASE_LOWERINGS, ...part?.lowerings }, kind) ||
    !Object.hasOwn({ ...BASE_KINDS, ...part?.kinds }, kind)
  );
};

Deno.test("a primitive brings the kinds of its operations and what lowers them, unless every compiler has those", () => {
  const single = [...PRIMITIVES, ...drawPrimitives, ...keyPrimitives, ...indexPrimitives] as Primitive<unknown>[];
  const missing = [
    ...single.flatMap((one) => lacking(kindsOf(one), one.programs).map((kind) => `${one.name} ${kind}`)),
    ...MULTI_PRIMITIVES.flatMap((one) => lacking(kindsOfMulti(one), one.programs).map((kind) => `${one.name} ${kind}`)),
  ];
  assertEquals(missing, []);
});

Deno.test("every lowering and every kind that not all compilers have is in one part", () => {
  const brought = [...PARTS.values()].flatMap(({ lowerings }) => Object.keys(lowerings));
  assertEquals([...Object.keys(BASE_LOWERINGS), ...brought].toSorted(), Object.keys(ALL_LOWERINGS).toSorted());
  const kinds = [...PARTS.values()].flatMap(({ kinds }) => Object.keys(kinds));
  assertEquals([...Object.keys(BASE_KINDS), ...kinds].toSorted(), Object.keys(ALL_KINDS).toSorted());
});

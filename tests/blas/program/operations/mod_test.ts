import { assertEquals, assertStrictEquals } from "@std/assert";
import "../all_kinds.ts";
import { plainOperand } from "../../../../blas/program/operand.ts";
import { copied, dense } from "../../../../blas/program/operations/dense.ts";
import type { HostOperation } from "../../../../blas/program/operations/host.ts";
import { kindOf } from "../../../../blas/program/operations/mod.ts";
import type { Operation } from "../../../../blas/program/program.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import { argument, neg } from "../../../../blas/scalar/scalar.ts";
import { transposeView, view } from "../../../../blas/view.ts";
import { elementsOf } from "../../layouts.ts";

const x = plainOperand(0, [2, 2]), y = plainOperand(1, [2, 2]);
const loop = { shape: [2, 2], operands: [x], expressions: [neg(argument(0)), argument(0)] };
const host: HostOperation = {
  kind: "host",
  name: "both",
  key: "k",
  operands: [x],
  run: ([v]) => [v!, transposeView(v!)],
};
const geometry = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 } as const;

const OPERATIONS: readonly Operation[] = [
  { kind: "view", change: { kind: "transpose", axes: [1, 0] }, operand: x },
  { kind: "map", loop },
  { kind: "reduce", reduction: "sum", axes: [0], loop: { ...loop, expressions: [argument(0)] } },
  { kind: "gemm", a: x, b: y },
  { kind: "convolution", form: "conv2d", geometry, operands: [x, y] },
  { kind: "cast", operand: x },
  {
    kind: "join",
    shape: [4, 2],
    fill: 0,
    parts: [{
      loop: { shape: [2, 2], operands: [x], expressions: [argument(0)] },
      place: [{ start: 3, step: -2, count: 2 }, { start: 0, step: 1, count: 2 }],
    }],
  },
  { kind: "gather", axis: 1, operand: x, indices: y },
  { kind: "scatter", axis: 1, shape: [2, 5], operand: x, indices: y },
  { kind: "scatter", axis: 1, shape: [2, 5], operand: x, indices: y, onto: plainOperand(2, [2, 5]), combine: "max" },
  { kind: "cumsum", axis: 1, reverse: false, operand: x },
  { kind: "running", form: "product", axis: 1, reverse: false, operands: [x] },
  { kind: "running", form: "recurrence", axis: 1, reverse: true, operands: [x, y] },
  { kind: "order", axis: 1, descending: false, count: 2, operand: x },
  {
    kind: "search",
    extremum: "max",
    shape: [2],
    regions: [{
      place: [{ start: 0, step: 1, count: 2 }],
      operand: x,
      numbers: { offset: 0, stride: [0, 1] },
    }],
  },
  { kind: "checkIndices", operand: x, range: { op: "take", count: 3, negative: true } },
  host,
];

for (const operation of OPERATIONS) {
  Deno.test(`the operands of a ${operation.kind} can be replaced by as many others`, () => {
    const kind = kindOf(operation), operands = kind.operands(operation);
    const moved = operands.map((operand) => ({ ...operand, value: operand.value + 5 }));
    assertEquals(kind.operands(kind.withOperands(operation, moved)), moved);
    assertEquals(kind.withOperands(operation, operands), operation);
  });
}

Deno.test("kinds have different keys for different computations, and replace operands", () => {
  const keys = OPERATIONS.map((operation) => `${operation.kind} ${kindOf(operation).key(operation)}`);
  assertEquals(new Set(keys).size, OPERATIONS.length);
  const key = (operation: Operation) => kindOf(operation).key(operation);
  const slice = (step: number): Operation => ({
    kind: "view",
    operand: x,
    change: { kind: "slice", ranges: [{ start: 0, step, count: 1 }, { start: 0, step: 1, count: 2 }] },
  });
  assertEquals([key(slice(1)) === key(slice(1)), key(slice(1)) === key(slice(2))], [true, false]);
  assertEquals(key({ ...host, key: undefined }), undefined);
});

Deno.test("host functions and maps drop results that nothing needs; operations with one result cannot", () => {
  const shorter = kindOf(host).withResults(host, [false, true])!, v = view(Float64Array.of(1, 2, 3, 4), [2, 2]);
  assertEquals(shorter.run([v], reference).map(elementsOf), [[1, 3, 2, 4]]);
  assertEquals(shorter.key === host.key, false);
  assertEquals(
    kindOf({ ...host, key: undefined }).withResults({ ...host, key: undefined }, [true, false])!.key,
    undefined,
  );
  const [, map, , gemm] = OPERATIONS as readonly [Operation, Operation, Operation, Operation];
  assertEquals(kindOf(map).withResults(map, [true, false]), {
    kind: "map",
    loop: { ...loop, expressions: [neg(argument(0))] },
  });
  assertEquals(kindOf(gemm).withResults(gemm, [true]), undefined);
});

Deno.test("dense() copies views that are not row-major, and no others", () => {
  const v = view(Float64Array.of(1, 2, 3, 4), [2, 2]), turned = dense(reference, transposeView(v));
  assertStrictEquals(dense(reference, v), v);
  assertEquals([turned.stride, elementsOf(turned)], [[2, 1], [1, 3, 2, 4]]);
  assertEquals(copied(reference, v).data === v.data, false);
});

import { assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import "./all_kinds.ts";
import { epilogueInput, isPlain, plainOperand, sameOperand } from "../../../blas/program/operand.ts";
import { loopsOf, mapLoops, mapOperands, operandsOf } from "../../../blas/program/operands.ts";
import type { Operand, Operation } from "../../../blas/program/program.ts";
import { argument } from "../../../blas/scalar/scalar.ts";

const loop = { shape: [2], operands: [epilogueInput([2]), plainOperand(3, [2])], expressions: [argument(1)] };
const geometry = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 } as const;
const x = plainOperand(1, [2]), y = plainOperand(2, [2]);

const OPERATIONS: readonly Operation[] = [
  { kind: "view", change: { kind: "reshape", shape: [2] }, operand: x },
  { kind: "map", loop: { ...loop, operands: [x, y] } },
  { kind: "reduce", reduction: "sum", axes: [0], loop: { ...loop, operands: [x, y] }, epilogue: loop },
  { kind: "gemm", a: x, b: y },
  { kind: "gemm", a: x, b: y, epilogue: loop },
  { kind: "convolution", form: "conv2d", geometry, operands: [x, y], epilogue: loop },
  { kind: "cast", operand: x },
  { kind: "host", name: "f", key: undefined, operands: [x, y], run: (views) => views },
];

for (const operation of OPERATIONS) {
  const name = "epilogue" in operation ? `${operation.kind} and what comes after` : operation.kind;

  Deno.test(`mapOperands() reaches what operandsOf() lists, of ${name}`, () => {
    const moved = mapOperands(operation, (operand) => ({ ...operand, value: operand.value + 10 }));
    assertEquals(operandsOf(moved).map(({ value }) => value), operandsOf(operation).map(({ value }) => value + 10));
    assertEquals(operandsOf(operation).some(({ value }) => value < 0), false);
  });

  Deno.test(`mapOperands() and mapLoops() give the very operation where nothing changes, of ${name}`, () => {
    assertStrictEquals(mapOperands(operation, (operand) => operand), operation);
    assertStrictEquals(mapLoops(operation, (own) => own), operation);
    if (loopsOf(operation).length === 0) return;
    assertNotStrictEquals(mapLoops(operation, (own) => ({ ...own })), operation);
  });
}

Deno.test("isPlain() recognizes row-major operands; steps along axes of length 1 do not count", () => {
  const plain = (shape: readonly number[], stride: readonly number[], offset = 0) =>
    isPlain({ value: 0, shape, stride, offset });
  assertEquals([plain([2, 3], [3, 1]), plain([2, 1, 3], [3, 7, 1]), plain([0, 3], [5, 5]), plain([], [])], [
    true,
    true,
    true,
    true,
  ]);
  assertEquals([plain([2, 3], [3, 1], 1), plain([2, 3], [1, 2]), plain([2, 3], [0, 1])], [false, false, false]);
});

Deno.test("sameOperand() compares what is shown, not how it is written", () => {
  const operand = (shape: readonly number[], stride: readonly number[], value = 0): Operand => ({
    value,
    shape,
    stride,
    offset: 0,
  });
  assertEquals(sameOperand(operand([2, 1], [1, 0]), operand([2, 1], [1, 9])), true);
  assertEquals(sameOperand(operand([2, 1], [1, 0]), operand([2, 1], [0, 0])), false);
  assertEquals(sameOperand(operand([2], [1]), operand([2], [1], 1)), false);
});

/**
 * Programs inside instructions, optimized (optimize_bodies) and rid of what they are given in vain (trim_bodies).
 *
 * @module
 */
import { assertEquals, assertStrictEquals } from "@std/assert";
import "../all_kinds.ts";
import { bodiesOf } from "../../../../blas/program/bodies.ts";
import { interpret } from "../../../../blas/program/interpret.ts";
import { draftOf } from "../../../../blas/program/passes/draft.ts";
import { renumbered, trimBodies } from "../../../../blas/program/passes/trim_bodies.ts";
import type { BranchOperation } from "../../../../blas/program/operations/branch.ts";
import type { ScanOperation } from "../../../../blas/program/operations/scan.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import { add, mul } from "../../../../blas/scalar/scalar.ts";
import { elementsOf } from "../../layouts.ts";
import { floats, type, whole } from "../../simd/program/small_programs.ts";
import { branch, CASES, PAIR, pairs, programOf, scan, x, y } from "../held_programs.ts";
import { optimizeBodies } from "./on_programs.ts";

Deno.test("a scan loses the parts of its carry and the operands that no result depends on", () => {
  // Carries c and d; d' = d + unused; only c's last value and nothing yielded is wanted.
  const body = pairs(4, [[mul(x, y), 0, 2], [add(x, y), 1, 3]], [4, 5]);
  const operation: ScanOperation = {
    ...scan,
    body,
    carries: 2,
    finals: [0],
    sequences: 0,
    operands: [0, 1, 2, 3].map((value) => whole(value, PAIR)),
  };
  const trimmed = trimBodies(operation) as ScanOperation;
  assertEquals(trimmed.operands.map(({ value }) => value), [0, 2]);
  assertEquals([trimmed.carries, trimmed.finals, trimmed.body.parameters.length], [1, [0], 2]);
  assertEquals([trimmed.body.instructions.length, trimmed.body.results], [1, [2]]);
  // Once it feeds the other, it stays.
  const fed = { ...operation, body: pairs(4, [[mul(x, y), 0, 1], [add(x, y), 1, 3]], [4, 5]) };
  assertEquals((trimBodies(fed) as ScanOperation).operands.map(({ value }) => value), [0, 1, 3]);
  assertStrictEquals(trimBodies(scan), scan);
});

Deno.test("a branch keeps what either of its programs reads", () => {
  const either: BranchOperation = {
    ...branch,
    branches: [pairs(3, [[add(x, x), 0]], [3]), pairs(3, [[mul(x, x), 2]], [3])],
    operands: [...branch.operands, whole(3, PAIR)],
  };
  const trimmed = trimBodies(either) as BranchOperation;
  assertEquals(trimmed.operands.map(({ value }) => value), [2, 0, 3]);
  assertEquals(trimmed.branches.map(({ parameters }) => parameters.length), [2, 2]);
  const program = { parameters: [0, 1, 2, 3].map(() => type(PAIR)), constants: [], results: [4] };
  for (const number of [0, 1]) {
    const given = [floats(2, 3), floats(9, 9), floats(number, 0), floats(5, 6)];
    const run = (operation: BranchOperation) =>
      interpret({ ...program, instructions: [{ operation, results: [type(PAIR)] }] }, given, reference).map(elementsOf);
    assertEquals(run(trimmed), run(either));
  }
});

Deno.test("constants inside become operands, so that all runs share them, and results stay", () => {
  const [one] = CASES.filter(({ name }) => name === "a scan");
  const body = pairs(3, [[mul(x, y), 0, 3], [add(x, y), 4, 1]], [5, 0], [floats(10, -1)]);
  const program = programOf({ ...one!, operation: { ...scan, body } }), next = optimizeBodies(program, (body) => body);
  const [inner] = bodiesOf(next.instructions[0]!.operation);
  assertEquals([inner!.constants.length, next.constants.map(elementsOf)], [0, [[10, -1]]]);
  assertEquals(interpret(next, one!.given, reference).map(elementsOf), one!.wanted);
});

Deno.test("each program inside is optimized once, and a program without any is the same one", () => {
  const [one] = CASES, seen: unknown[] = [];
  const optimize = (body: typeof scan.body) => {
    seen.push(body);
    return { ...body };
  };
  const once = optimizeBodies(programOf(one!), optimize), twice = optimizeBodies(once, optimize);
  assertEquals(seen.length, 1);
  assertEquals(interpret(twice, one!.given, reference).map(elementsOf), one!.wanted);
  const plain = pairs(2, [[add(x, y), 0, 1]], [2]);
  assertStrictEquals(optimizeBodies(plain, optimize), plain);
});

Deno.test("renumbered() changes every number of a value", () => {
  const draft = renumbered(draftOf(pairs(1, [[add(x, y), 0, 1]], [2], [floats(1, 2)])), (value) => 10 + value);
  assertEquals([draft.constants[0]!.value, draft.results, draft.steps[0]!.values], [11, [12], [12]]);
});

/**
 * Operations that hold programs (scan, while, branch): what they compute, and how the programs in them are found and
 * exchanged.
 *
 * @module
 */
import { assertEquals, assertStrictEquals } from "@std/assert";
import "../all_kinds.ts";
import { allLoops, bodiesOf, withBodies } from "../../../../blas/program/bodies.ts";
import { interpret } from "../../../../blas/program/interpret.ts";
import { branchKind } from "../../../../blas/program/operations/branch.ts";
import { scanKind } from "../../../../blas/program/operations/scan.ts";
import { whileKind } from "../../../../blas/program/operations/while.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import { add, mul } from "../../../../blas/scalar/scalar.ts";
import { elementsOf } from "../../layouts.ts";
import { map, whole } from "../../simd/program/small_programs.ts";
import { branch, CASES, loop, PAIR, pairs, programOf, scan, x, y } from "../held_programs.ts";

for (const one of CASES) {
  Deno.test(`${one.name} computes what plain arithmetic gives`, () => {
    assertEquals(interpret(programOf(one), one.given, reference).map(elementsOf), one.wanted);
  });
}

Deno.test("bodiesOf() lists the programs that an operation holds, and withBodies() puts others in their places", () => {
  assertEquals([scan, loop, branch].map((operation) => bodiesOf(operation).length), [1, 2, 2]);
  const { operation } = map(PAIR, x, 0);
  assertEquals(bodiesOf(operation), []);
  assertStrictEquals(withBodies(operation, [], []), operation);
  const further = [whole(9, PAIR)];
  for (const operation of [scan, loop, branch]) {
    const bodies = bodiesOf(operation).map((body) => ({ ...body })), next = withBodies(operation, bodies, further);
    bodiesOf(next).forEach((body, k) => assertStrictEquals(body, bodies[k]));
    assertEquals((next as typeof operation).operands, [...operation.operands, ...further]);
  }
});

Deno.test("allLoops() finds the loops of programs inside programs", () => {
  const inside = {
    ...scan,
    body: { ...scan.body, instructions: [...scan.body.instructions, { operation: branch, results: [] }] },
  };
  const program = {
    ...pairs(2, [[mul(x, 3), 0]], []),
    instructions: [map(PAIR, mul(x, 3), 0), { operation: inside, results: [] }],
  };
  const expressions = allLoops(program).flatMap((one) => one.expressions);
  assertEquals(expressions, [mul(x, 3), mul(x, y), add(x, y), add(x, y), mul(x, y)]);
});

Deno.test("results that nobody wants are left out of scans and branches, and loops keep all of theirs", () => {
  const yields = scanKind.withResults(scan, [false, true])!, finals = scanKind.withResults(scan, [true, false])!;
  assertEquals([yields.finals, yields.body.results], [[], [4, 0]]);
  assertEquals([finals.finals, finals.body.results], [[0], [4]]);
  assertEquals(branchKind.withResults(branch, [false])!.branches.map(({ results }) => results), [[], []]);
  assertEquals(whileKind.withResults(loop, [false]), undefined);
});

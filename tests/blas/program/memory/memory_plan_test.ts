/**
 * Plans: what may lie in one place, and how much memory they take.
 *
 * @module
 */
import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import "../all_kinds.ts";
import { BYTES_PER_ELEMENT } from "../../../../blas/dtype.ts";
import { type Carried, type Needs, planMemory } from "../../../../blas/program/memory/memory_plan.ts";
import { firstResults, isWhole, lastLoop, operandsOf, valueTypes } from "../../../../blas/program/operands.ts";
import { placeSpans } from "../../../../blas/program/memory/place_spans.ts";
import type { Instruction, Operand, Program, ValueType } from "../../../../blas/program/program.ts";
import { add, argument, mul } from "../../../../blas/scalar/scalar.ts";
import { rowMajorStrides, type Shape, sizeOf } from "../../../../blas/shape.ts";
import { halfAndOne } from "../exchanges.ts";
import { programOf, randomOf } from "../programs.ts";

const type = (shape: Shape): ValueType => ({ dtype: "float32", shape });
const whole = (value: number, shape: Shape): Operand => ({ value, shape, stride: rowMajorStrides(shape), offset: 0 });
const turned = (value: number, shape: Shape): Operand => ({
  value,
  shape,
  stride: rowMajorStrides(shape).toReversed(),
  offset: 0,
});

function map(shape: Shape, operands: readonly Operand[], results = 1): Instruction {
  const sum = operands.map((_, k) => argument(k)).reduce(add);
  const expressions = Array.from({ length: results }, (_, k) => mul(k + 2, sum));
  return {
    results: expressions.map(() => type(shape)),
    operation: { kind: "map", loop: { shape, operands, expressions } },
  };
}

const IN_PLACE: Needs = { workspace: 0, inPlace: true };
const plan = (program: Program, carried: readonly Carried[] = []) =>
  planMemory(program, program.instructions.map(() => IN_PLACE), carried);

const bytesOf = ({ dtype, shape }: ValueType) => sizeOf(shape) * BYTES_PER_ELEMENT[dtype];
const overlap = (a: number, m: number, b: number, n: number) => m > 0 && n > 0 && a < b + n && b < a + m;

Deno.test("no two values that are needed at one time overlap, nor does a workspace", () => {
  fc.assert(
    fc.property(fc.nat(2 ** 30), fc.integer({ min: 1, max: 30 }), (seed, count) => {
      const random = randomOf(seed), program = programOf(random, count, ["float32", "float64"]);
      const needs = program.instructions.map(({ operation }): Needs => ({
        workspace: random.pick([0, 0, 100, 5000]),
        inPlace: operation.kind === "map",
      }));
      const { addresses, workspaces, peak, lowerBound } = planMemory(program, needs);
      const types = valueTypes(program), fixed = program.parameters.length + program.constants.length;
      const born = types.map((_, v) => v < fixed ? -1 : firstResults(program).findLastIndex((first) => first <= v));
      const lastRead = types.map((_, v) => {
        if (v < fixed || program.results.includes(v)) return Infinity;
        const reads = program.instructions.map(({ operation }) =>
          operandsOf(operation).some(({ value }) => value === v)
        );
        return Math.max(born[v]!, reads.lastIndexOf(true));
      });
      for (let v = 0; v < types.length; v++) {
        assertEquals(addresses[v]! % 64, 0);
        assert(addresses[v]! + bytesOf(types[v]!) <= peak + 64);
        for (let w = v + 1; w < types.length; w++) {
          if (!overlap(addresses[v]!, bytesOf(types[v]!), addresses[w]!, bytesOf(types[w]!))) continue;
          // The later one begins when the earlier one is over, or in its very place where it is read for the last time.
          assert(lastRead[v]! <= born[w]!, `values ${v} and ${w} overlap`);
          if (lastRead[v]! < born[w]!) continue;
          const { operation, results } = program.instructions[born[w]!]!;
          assert(needs[born[w]!]!.inPlace && addresses[v] === addresses[w], `values ${v} and ${w} overlap partly`);
          const reads = lastLoop(operation).loop!.operands.filter(({ value }) => value === v);
          assert(reads.every((operand) => isWhole(operand, sizeOf(results[0]!.shape))), `${v} is read elsewhere`);
        }
        program.instructions.forEach((_, i) => {
          if (born[v]! > i || lastRead[v]! < i) return;
          assert(!overlap(addresses[v]!, bytesOf(types[v]!), workspaces[i]!, needs[i]!.workspace), `workspace ${i}`);
        });
      }
      assertLessOrEqual(lowerBound, peak);
      assertLessOrEqual(peak, 1.6 * lowerBound); // seldom above 1.1; no order of placing is the best for all
    }),
    { numRuns: 300 },
  );
});

Deno.test("placeSpans() stays within 1.3 times what is needed at one time", () => {
  const rooms = fc.array(
    fc.record({ bytes: fc.nat(100).map((n) => 64 * n), from: fc.nat(60), length: fc.nat(12) })
      .map(({ bytes, from, length }) => ({ bytes, from, to: from + length })),
    { minLength: 20, maxLength: 120 },
  );
  let worst = 1;
  fc.assert(
    fc.property(rooms, (all) => {
      const places = placeSpans(all),
        peak = Math.max(...all.map(({ bytes }, k) => bytes === 0 ? 0 : places[k]! + bytes));
      const at = (time: number) => all.reduce((sum, r) => sum + (r.from <= time && time <= r.to ? r.bytes : 0), 0);
      const bound = Math.max(...Array.from({ length: 73 }, (_, time) => at(time)));
      if (bound > 0) worst = Math.max(worst, peak / bound);
      assertLessOrEqual(peak, 1.3 * bound);
    }),
    { seed: 7, numRuns: 200 },
  );
  assert(worst > 1, "some are hard to place");
});

Deno.test("a chain of maps needs the memory of its parameter and one more value", () => {
  const shape = [4, 16],
    program = {
      parameters: [type(shape)],
      constants: [],
      instructions: [0, 1, 2, 3].map((value) => map(shape, [whole(value, shape)])),
      results: [4],
    };
  const { addresses, peak } = plan(program);
  assertEquals(new Set(addresses.slice(1)).size, 1);
  assertEquals(peak, 2 * 256);
});

Deno.test("a map is not computed in place of an operand that it reads in another order, or that is read again", () => {
  const shape = [4, 4],
    program = {
      parameters: [type(shape)],
      constants: [],
      instructions: [
        map(shape, [whole(0, shape)]),
        map(shape, [turned(1, shape)]), // reads another element than it writes
        map(shape, [whole(2, shape), turned(2, shape)]), // so does one of these
        map(shape, [whole(3, shape)]), // 3 is read later
        map(shape, [whole(3, shape), whole(4, shape)]),
      ],
      results: [5],
    };
  const [, a, b, c, d, e] = plan(program).addresses;
  assert(a !== b && b !== c && c !== d);
  assert(e === c || e === d);
});

Deno.test("Adam's results are computed in place of its parameters", () => {
  const shape = [100],
    program = {
      parameters: [0, 1, 2].map(() => type(shape)),
      constants: [],
      instructions: [map(shape, [0, 1, 2].map((value) => whole(value, shape)), 3)],
      results: [3, 4, 5],
    };
  const { addresses, moves } = plan(program, [[0, 0], [1, 1], [2, 2]]);
  assertEquals(addresses.slice(3), addresses.slice(0, 3));
  assertEquals(moves, []);
});

Deno.test("a carried result is copied where its parameter is read later, or given back", () => {
  const shape = [100],
    program = {
      parameters: [type(shape), type(shape)],
      constants: [],
      instructions: [map(shape, [whole(0, shape)]), map(shape, [whole(0, shape), whole(2, shape)])],
      results: [2, 3, 1],
    };
  assertEquals(plan(program, [[0, 0]]).moves.length, 1);
  assertEquals(plan(program, [[1, 1]]).moves.length, 1); // parameter 1 is a result
});

Deno.test("an exchange replaces where it lies what it reads in its own order, and a copy of what it reads in another", () => {
  const shape = [4, 4],
    exchanged = (operand: Operand): Program => ({
      parameters: [type(shape)],
      constants: [],
      instructions: [
        map(shape, [whole(0, shape)]),
        {
          results: [type(shape)],
          operation: { kind: "exchange", name: "halve", operands: [operand], run: halfAndOne },
        },
      ],
      results: [2],
    });
  const needs: readonly Needs[] = [IN_PLACE, { workspace: 0, inPlace: false, block: true }];
  const places = (operand: Operand) => new Set(planMemory(exchanged(operand), needs).addresses.slice(1)).size;
  assertEquals([places(whole(1, shape)), places(turned(1, shape))], [1, 2]);
});

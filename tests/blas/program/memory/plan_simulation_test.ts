/**
 * Plans carried out, step by step, on a memory that knows which value each byte belongs to.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import "../all_kinds.ts";
import { BYTES_PER_ELEMENT } from "../../../../blas/dtype.ts";
import { type Carried, type MemoryPlan, type Needs, planMemory } from "../../../../blas/program/memory/memory_plan.ts";
import { firstResults, isWhole, lastLoop, operandsOf, valueTypes } from "../../../../blas/program/operands.ts";
import { blockOf } from "../../../../blas/program/operations/exchange.ts";
import { plainOperand } from "../../../../blas/program/operand.ts";
import type { Instruction, Program } from "../../../../blas/program/program.ts";
import { argument, neg } from "../../../../blas/scalar/scalar.ts";
import { sizeOf } from "../../../../blas/shape.ts";
import { carriedOf, seeds } from "../../simd/program/small_programs.ts";
import { withExchanges } from "../exchanges.ts";
import { programOf, type Random, randomOf } from "../programs.ts";

/** A part of memory, and whose contents it has. */
type Held = { readonly at: number; readonly bytes: number; readonly token: string };

/** A memory in which what is written ends all that it overlaps. */
function newMemory() {
  let held: readonly Held[] = [];
  return {
    write: (at: number, bytes: number, token: string): void => {
      if (bytes === 0) return;
      held = [...held.filter((one) => at >= one.at + one.bytes || one.at >= at + bytes), { at, bytes, token }];
    },
    holds: (at: number, bytes: number, token: string): boolean =>
      bytes === 0 || held.some((one) => one.at === at && one.bytes === bytes && one.token === token),
    tokenAt: (at: number): string => held.find((one) => one.at === at)?.token ?? "nothing",
  };
}

/** Carries out two runs of a plan, and checks that every value is there where it is read. */
function simulate(program: Program, needs: readonly Needs[], carried: readonly Carried[], plan: MemoryPlan): void {
  const { addresses, workspaces, moves } = plan, types = valueTypes(program), memory = newMemory();
  const bytes = types.map(({ dtype, shape }) => sizeOf(shape) * BYTES_PER_ELEMENT[dtype]),
    first = firstResults(program);
  const fixed = program.parameters.length + program.constants.length,
    tokens = types.map((_, value) => `${value} at first`);
  const put = (value: number, token: string): void => {
    tokens[value] = token;
    memory.write(addresses[value]!, bytes[value]!, token);
  };
  const check = (value: number, when: string): void =>
    assert(memory.holds(addresses[value]!, bytes[value]!, tokens[value]!), `value ${value} is gone ${when}`);
  for (let value = 0; value < fixed; value++) put(value, tokens[value]!);
  for (const run of [1, 2]) {
    program.instructions.forEach(({ operation, results }, i) => {
      const operands = operandsOf(operation), { loop, before } = lastLoop(operation), own = needs[i]!;
      for (const { value } of operands) check(value, `before instruction ${i} of run ${run}`);
      memory.write(workspaces[i]!, own.workspace, "workspace");
      for (const { value } of operands) check(value, `while instruction ${i} works`);
      results.forEach((_, k) => {
        const result = first[i]! + k, from = addresses[result]!, to = from + bytes[result]!;
        assert(own.workspace === 0 || workspaces[i]! >= to || from >= workspaces[i]! + own.workspace);
        for (const { value } of operands) {
          const start = addresses[value]!, end = start + bytes[value]!;
          if (bytes[value] === 0 || bytes[result] === 0 || from >= end || start >= to) continue;
          // It may be computed in place of an operand: at the same address, if that is read there, and nowhere else.
          const reads = own.block === true
            ? operands[k]!.value === value ? [operands[k]!] : []
            : own.inPlace && !before.some((one) => one.value === value)
            ? loop!.operands.filter((one) => one.value === value)
            : [];
          assert(start === from && bytes[value] === bytes[result] && reads.length > 0, `${value} and ${result} meet`);
          assert(reads.every((one) => isWhole(one, sizeOf(results[0]!.shape)) || own.block === true));
          if (own.block === true) assert(isWhole(operands[k]!, sizeOf(results[k]!.shape)));
        }
      });
      results.forEach((_, k) => put(first[i]! + k, `${first[i]! + k} of run ${run}`));
      results.forEach((_, k) => check(first[i]! + k, `beside the other results of instruction ${i}`));
      keepsApart(program, needs, plan, i);
      if (own.block === true) {
        const { positions } = blockOf(results);
        results.forEach((_, k) => assertEquals(addresses[first[i]! + k], addresses[first[i]!]! + positions[k]!));
      }
    });
    for (const value of program.results) check(value, `after run ${run}`);
    const given = new Map(carried.map(([result, parameter]) => [parameter, tokens[program.results[result]!]!]));
    for (const { from, to, bytes } of moves) memory.write(to, bytes, memory.tokenAt(from));
    const isCarriedTo = (value: number): boolean =>
      carried.some(([, parameter]) => addresses[parameter] === addresses[value]);
    for (const value of program.results) if (!isCarriedTo(value)) check(value, `when run ${run} has carried over`);
    for (let value = 0; value < fixed; value++) {
      tokens[value] = given.get(value) ?? tokens[value]!;
      check(value, `after what run ${run} carries over`);
    }
  }
}

/** Checks that what nearby instructions work with does not meet the workspace of one that lasts longer. */
function keepsApart(program: Program, needs: readonly Needs[], { workspaces }: MemoryPlan, i: number): void {
  const { workspace, lasts = 0 } = needs[i]!;
  needs.forEach(({ workspace: other }, j) => {
    if (j === i || workspace === 0 || other === 0 || Math.abs(i - j) > lasts) return;
    const from = workspaces[i]!, to = workspaces[j]!;
    assert(
      from >= to + other || to >= from + workspace,
      `workspaces ${i} and ${j} of ${program.instructions.length} meet`,
    );
  });
}

const needsOf = ({ pick }: Random, { instructions }: Program): readonly Needs[] =>
  instructions.map(({ operation }) => ({
    workspace: pick([0, 0, 100, 5000]),
    lasts: pick([0, 0, 2]),
    inPlace: lastLoop(operation).loop !== undefined && pick([true, true, false]),
    ...operation.kind === "exchange" && { inPlace: false, block: true },
  }));

const withMore = (program: Program, more: readonly number[]): Program => ({
  ...program,
  results: [...program.results, ...more],
});

Deno.test("a plan keeps every value until it was read, run after run, whatever is carried over or exchanged", () => {
  let inPlace = 0, moved = 0;
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 16 }), fc.boolean(), (seed, count, exchanges) => {
      const random = randomOf(seed), plain = programOf(random, count, ["float32", "float64"]);
      const given = plain.parameters.map((_, k) => k), more = random.pick([[], given.toReversed()]); // these may change places
      const program = withMore(exchanges ? withExchanges(random, plain) : plain, more),
        needs = needsOf(random, program);
      const carried = carriedOf(random, program), plan = planMemory(program, needs, carried);
      simulate(program, needs, carried, plan);
      inPlace += new Set(plan.addresses).size < plan.addresses.length ? 1 : 0;
      moved += plan.moves.length;
    }),
    { numRuns: 300 },
  );
  assert(inPlace > 100 && moved > 5, "most share memory, and some are copied");
});

Deno.test("parameters that change places are copied aside, where nothing lies that is still needed", () => {
  const type = { dtype: "float32", shape: [32] } as const;
  const negated = (value: number): Instruction => ({
    results: [type],
    operation: {
      kind: "map",
      loop: { shape: type.shape, operands: [plainOperand(value, type.shape)], expressions: [neg(argument(0))] },
    },
  });
  const program: Program = {
    parameters: [type, type],
    constants: [],
    instructions: [negated(0), negated(1), negated(2)],
    results: [1, 0, 3, 4],
  };
  const needs = program.instructions.map(() => ({ workspace: 0, inPlace: false })), carried = [[0, 0], [1, 1]] as const;
  const plan = planMemory(program, needs, carried);
  assertEquals(plan.moves.length, 3);
  simulate(program, needs, carried, plan);
});

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import "../../../program/all_kinds.ts";
import { engines } from "../../../../../blas/engines.ts";
import { interpret } from "../../../../../blas/program/interpret.ts";
import { plainOperand } from "../../../../../blas/program/operand.ts";
import { valueTypes } from "../../../../../blas/program/operands.ts";
import type { Program } from "../../../../../blas/program/program.ts";
import { movingValues, sizesOf } from "../../../../../blas/simd/program/bodies/moving.ts";
import { compileProgram } from "../../../../../blas/simd/program/compile.ts";
import { lowerInstruction } from "../../../../../blas/simd/program/compile.ts";
import { view } from "../../../../../blas/view.ts";
import * as s from "../../../../../blas/scalar/scalar.ts";
import { tracer } from "../../../program/tracing.ts";

/** A step of a loop: from a carry and two slices to the next carry; a map, a product with its loop, a sum and a slice are yielded. */
function step(width: number): Program {
  const t = tracer(), shape = [width, width];
  const h = t.parameter("float32", shape), x = t.parameter("float32", shape), z = t.parameter("float32", shape);
  const next = t.map(s.tanh, t.map(s.add, h, x)), product = t.map(s.add, t.gemm(x, next), h);
  return t.program(next, t.map(s.mul, next, x), product, t.reduceKept("sum", z, [0]), z, next);
}

const find = (program: Program): ReadonlySet<number> => {
  const lowered = program.instructions.map((instruction) => lowerInstruction(instruction)!);
  return movingValues(program, lowered, { isSliced: (k) => k === 1 || k === 2, firstYield: 1 });
};

Deno.test("slices move unless they are carried, yielded twice or as they were given, or met by code that cannot follow", () => {
  const program = step(4), moving = find(program), [next, product, sums] = program.results.slice(0, 4);
  assert(moving.has(1) && !moving.has(2), "x is read by loops and a product; z is summed, and yielded");
  assert(!moving.has(next!) && moving.has(product!), "the carry stays");
  assertEquals(moving.has(program.results[3]!), false);
  assertEquals(sizesOf(program, [...moving]), [64]);
  assert(sums !== undefined);
});

Deno.test("a loop whose slices move gives what it gives by itself, from either end, run again", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
      (width, length, reverse) => {
        const body = step(width), types = valueTypes(body), stack = (shape: readonly number[]) => [length, ...shape];
        const carry = { dtype: "float32", shape: [width, width] } as const;
        const parameters = [carry, ...[1, 2].map(() => ({ dtype: "float32", shape: stack(carry.shape) } as const))];
        const results = body.results.map((value, k) => {
          const { dtype, shape } = types[value]!;
          return { dtype, shape: k === 0 ? shape : stack(shape) };
        });
        const whole: Program = {
          parameters,
          constants: [],
          instructions: [{
            results,
            operation: {
              kind: "scan",
              body,
              carries: 1,
              finals: [0],
              sequences: 2,
              length,
              reverse,
              operands: parameters.map(({ shape }, k) => plainOperand(k, shape)),
            },
          }],
          results: results.map((_, k) => 3 + k),
        };
        const given = parameters.map(({ shape }, seed) => {
          const size = shape.reduce((a, b) => a * b, 1);
          return view(Float32Array.from({ length: size }, (_, k) => Math.sin(seed + 1.7 * k)), shape);
        });
        const wanted = interpret(whole, given, engines.reference), executable = compileProgram(whole, engines.simd);
        for (const _ of [1, 2]) {
          given.forEach((x, k) => executable.write(k, x));
          executable.run();
          wanted.forEach((x, k) => {
            const { data, offset, size } = executable.read(k);
            for (let i = 0; i < size; i++) assertAlmostEquals(data[offset + i]!, x.data[x.offset + i]!, 1e-4);
          });
        }
      },
    ),
    { numRuns: 40 },
  );
});

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { engines } from "../../../../blas/engines.ts";
import { interpret } from "../../../../blas/program/interpret.ts";
import { plainOperand } from "../../../../blas/program/operand.ts";
import { valueTypes } from "../../../../blas/program/operands.ts";
import type { Operation, Program } from "../../../../blas/program/program.ts";
import { optimize } from "../../../../blas/program/passes/mod.ts";
import { hoistInvariants } from "../../../../blas/program/passes/hoist_invariants.ts";
import { draftOf, programOf } from "../../../../blas/program/passes/draft.ts";
import * as s from "../../../../blas/scalar/scalar.ts";
import type { View } from "../../../../blas/view.ts";
import { halfAndOne } from "../exchanges.ts";
import { numbersOf, programOf as randomProgram, randomOf } from "../programs.ts";
import { type Traced, tracer } from "../tracing.ts";

const type = { dtype: "float32", shape: [3] } as const;

/** `h + exp(w)`, and whether `h < w`. */
function step(): { readonly body: Program; readonly condition: Program } {
  const both = (make: (t: ReturnType<typeof tracer>, h: Traced, w: Traced) => Traced): Program => {
    const t = tracer(), h = t.parameter("float32", [3]), w = t.parameter("float32", [3]);
    return t.program(make(t, h, w));
  };
  return {
    body: both((t, h, w) => t.map(s.add, h, t.map(s.exp, w))),
    condition: both((t, h, w) => t.map(s.less, h, t.map(s.log, w))),
  };
}

const operands = [plainOperand(0, [3]), plainOperand(1, [3])];
const scan = (body: Program, length: number): Operation => {
  return { kind: "scan", body, carries: 1, finals: [0], sequences: 0, length, reverse: false, operands };
};
const around = (operation: Operation): Program => {
  return { parameters: [type, type], constants: [], instructions: [{ results: [type], operation }], results: [2] };
};

Deno.test("hoistInvariants() takes what depends on the captured operands alone out of a loop", () => {
  let next = 10;
  const { bodies: [body], steps, operands } = hoistInvariants(scan(step().body, 4), () => next++);
  assertEquals([body!.instructions.length, body!.parameters.length, steps.length, operands.length], [1, 3, 2, 1]);
  assertEquals(operands[0]!.value, steps[1]!.values[0]);
});

Deno.test("hoistInvariants() leaves loops of one step and choices as they are", () => {
  const { body } = step(), branch: Operation = { kind: "branch", branches: [body], operands };
  for (const operation of [scan(body, 1), branch]) {
    const { bodies, steps } = hoistInvariants(operation, () => 0);
    assertEquals([bodies[0] === body, steps], [true, []]);
  }
});

Deno.test("hoistInvariants() leaves exchanges in the loop: other processes make as many", () => {
  const { body } = step(), draft = draftOf(body), [first, ...rest] = draft.steps;
  const exchange: Operation = { kind: "exchange", name: "halve", operands: [operands[1]!], run: halfAndOne };
  const exchanging = programOf({ ...draft, steps: [{ ...first!, operation: exchange }, ...rest] });
  assertEquals(hoistInvariants(scan(exchanging, 4), () => 10).steps, []);
});

Deno.test("hoistInvariants() leaves what may fail in the body of a loop that may make no step, not in its condition", () => {
  const { body, condition } = step(),
    host = (program: Program): Program => {
      const draft = draftOf(program), [first, ...rest] = draft.steps;
      const operation: Operation = { kind: "host", name: "f", key: "f", operands: [operands[1]!], run: ([x]) => [x!] };
      return programOf({ ...draft, steps: [{ ...first!, operation }, ...rest] });
    };
  const loop: Operation = {
    kind: "while",
    condition: host(condition),
    body: host(body),
    carries: 1,
    maxSteps: 9,
    operands,
  };
  let next = 10;
  const { bodies } = hoistInvariants(loop, () => next++);
  assertEquals(bodies.map(({ instructions }) => instructions.length), [1, 2]);
});

Deno.test("a loop computes what is invariant before it, also in loops of unknown length", () => {
  const { body, condition } = step(),
    loop: Operation = { kind: "while", condition, body, carries: 1, maxSteps: 9, operands };
  for (const operation of [scan(body, 4), loop]) {
    const kinds = optimize(around(operation)).instructions.map(({ operation }) => operation.kind);
    assertEquals(kinds, ["map", operation.kind]);
  }
});

const elements = ({ data, offset, size }: View): number[] => Array.from({ length: size }, (_, k) => data[offset + k]!);

Deno.test("loops around random programs are the same with what is invariant before them", () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31), fc.integer({ min: 1, max: 6 }), fc.nat(3), (seed, count, slices) => {
      const random = randomOf(seed), body = randomProgram(random, count, ["float32", "float64"]), { parameters } = body;
      const sequences = Math.min(slices, parameters.length);
      const given = parameters.map(({ dtype, shape }, k) => ({ dtype, shape: k < sequences ? [2, ...shape] : shape }));
      const results = body.results.map((value) => valueTypes(body)[value]!);
      const operation: Operation = {
        kind: "scan",
        body,
        carries: 0,
        finals: [],
        sequences,
        length: 2,
        reverse: false,
        operands: given.map(({ shape }, k) => plainOperand(k, shape)),
      };
      const whole: Program = {
        parameters: given,
        constants: [],
        instructions: [{ results: results.map(({ dtype, shape }) => ({ dtype, shape: [2, ...shape] })), operation }],
        results: results.map((_, k) => given.length + k),
      };
      const numbers = given.map((type) => numbersOf(random, type));
      const [wanted, found] = [whole, optimize(whole)].map((program) =>
        interpret(program, numbers, engines.reference).flatMap(elements)
      );
      found!.forEach((x, k) => {
        const y = wanted![k]!;
        assert(Object.is(x, y) || Math.abs(x - y) <= 1e-3 * (1 + Math.abs(y)) || (x !== x && y !== y), `${x} ${y}`);
      });
    }),
    { numRuns: 100 },
  );
});

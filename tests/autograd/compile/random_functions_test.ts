import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { compile, type Tensor, toList, valueAndGradient } from "../../../autograd/mod.ts";
import { engines } from "../../../blas/engines.ts";
import { optimize, passes, type PassName } from "../../../blas/program/passes/mod.ts";
import { programOf } from "../../../blas/program/passes/draft.ts";
import { signatureOfArguments } from "../../../autograd/compile/signature.ts";
import { trace } from "../../../autograd/compile/tracing.ts";
import { unflatten } from "../../../autograd/compile/specialization.ts";
import { cases, inputsOf, lossOf, randomFunction } from "./random_functions.ts";

/** Tells whether results are equal up to rounding: sums may be added up in another order. */
function assertClose(got: readonly Tensor[], wanted: readonly Tensor[]): void {
  assertEquals(got.map(({ dtype, shape }) => [dtype, shape]), wanted.map(({ dtype, shape }) => [dtype, shape]));
  got.forEach((t, k) => {
    const values = toList(t), expected = toList(wanted[k]!), tolerance = t.dtype === "float32" ? 1e-4 : 1e-11;
    const scale = expected.reduce((most, v) => Number.isFinite(v) ? Math.max(most, Math.abs(v)) : most, 1);
    values.forEach((v, i) =>
      assert(
        Object.is(v, expected[i]) || v === expected[i] || Math.abs(v - expected[i]!) <= tolerance * scale,
        `result ${k}, element ${i}: ${v}, plainly ${expected[i]}`,
      )
    );
  });
}

Deno.test("random functions draw the same numbers compiled and plain", () => {
  fc.assert(
    fc.property(cases, (c) => {
      const f = randomFunction(c.numbers), inputs = inputsOf(c);
      assertClose(compile(f)(inputs), f(inputs));
    }),
    { numRuns: 150 },
  );
});

const PASSES = Object.keys(passes) as readonly PassName[];

Deno.test("random functions give the same with each pass left out, and with all", () => {
  fc.assert(
    fc.property(cases, fc.constantFrom(PASSES, ...PASSES.map((name) => [name])), (c, without) => {
      const f = randomFunction(c.numbers), inputs = inputsOf(c);
      const { draft, result } = trace(f as never, signatureOfArguments([inputs]), false), program = programOf(draft);
      const executable = engines.simd.compile(optimize(program, { without }));
      inputs.forEach((t, k) => executable.write(k, t.view));
      executable.run();
      let next = 0;
      assertClose(unflatten(result, () => executable.read(next++)) as readonly Tensor[], f(inputs));
    }),
    { numRuns: 150 },
  );
});

Deno.test("gradients of random functions are the same compiled and plain", () => {
  fc.assert(
    fc.property(cases, (c) => {
      const f = valueAndGradient((inputs: readonly Tensor[]) => lossOf(c.numbers)(inputs)), inputs = inputsOf(c);
      const got = compile(f)(inputs), wanted = f(inputs);
      assertClose([got.value, ...got.gradients], [wanted.value, ...wanted.gradients]);
    }),
    { numRuns: 100 },
  );
});

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { compile, gradient, stack, sum, type Tensor, toList, vmap } from "../../../autograd/mod.ts";
import { unstack } from "../../../autograd/transforms/unstack.ts";
import { cases, inputsOf, lossOf, randomFunction } from "../compile/random_functions.ts";

/** A random function, the inputs of some examples, and which inputs differ between them. */
const batches = fc.tuple(cases, fc.integer({ min: 1, max: 3 }), fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }))
  .map(([c, size, choice]) => {
    const drawn = Array.from({ length: size }, (_, i) => inputsOf({ ...c, seed: c.seed + i })), [first] = drawn;
    // The first is batched in any case.
    const isBatched = first!.map((_, k) => k === 0 || choice[k]!);
    return {
      numbers: c.numbers,
      axes: isBatched.map((is, k) => is ? k % (first![k]!.shape.length + 1) : null),
      inputs: isBatched.map((is, k) =>
        is ? stack(drawn.map((own) => own[k]!), k % (first![k]!.shape.length + 1)) : first![k]!
      ),
      examples: drawn.map((own) => own.map((t, k) => isBatched[k] ? t : first![k]!)),
    };
  });

function assertClose(got: readonly Tensor[], wanted: readonly Tensor[]): void {
  assertEquals(got.map(({ dtype, shape }) => [dtype, shape]), wanted.map(({ dtype, shape }) => [dtype, shape]));
  got.forEach((t, k) => {
    const values = toList(t), expected = toList(wanted[k]!), tolerance = t.dtype === "float32" ? 1e-4 : 1e-11;
    const scale = expected.reduce((most, v) => Number.isFinite(v) ? Math.max(most, Math.abs(v)) : most, 1);
    values.forEach((v, i) =>
      assert(
        Object.is(v, expected[i]) || v === expected[i] || Math.abs(v - expected[i]!) <= tolerance * scale,
        `result ${k}, element ${i}: ${v}, one by one ${expected[i]}`,
      )
    );
  });
}

/** The results of each example, stacked. */
const stacked = (each: readonly (readonly Tensor[])[]): readonly Tensor[] =>
  each[0]!.map((_, k) => stack(each.map((own) => own[k]!)));

Deno.test("vmap of random functions gives what they give one by one, plainly and compiled", () => {
  fc.assert(
    fc.property(batches, ({ numbers, axes, inputs, examples }) => {
      const f = randomFunction(numbers), mapped = vmap(f, { in: [axes] }), wanted = examples.map(f);
      if (wanted[0]!.length === 0) return;
      assertClose(mapped(inputs), stacked(wanted));
      assertClose(compile(mapped)(inputs), stacked(wanted));
    }),
    { numRuns: 150 },
  );
});

Deno.test("vmap of gradients of random functions gives the gradient of each", () => {
  fc.assert(
    fc.property(batches, ({ numbers, axes, inputs, examples }) => {
      const f = gradient(lossOf(numbers)), mapped = vmap(f, { in: [axes] }), wanted = stacked(examples.map(f));
      assertClose(mapped(inputs), wanted);
      assertClose(compile(mapped)(inputs), wanted);
    }),
    { numRuns: 100 },
  );
});

Deno.test("gradients of vmap of random functions are those of each, summed where inputs are shared", () => {
  fc.assert(
    fc.property(batches, ({ numbers, axes, inputs, examples }) => {
      const mapped = vmap(lossOf(numbers), { in: [axes] }), each = examples.map(gradient(lossOf(numbers)));
      const wanted = axes.map((axis, k) => {
        const own = each.map((g) => g[k]!);
        return axis === null ? sum(stack(own), { axes: 0 }) : stack(own, axis);
      });
      const total = gradient((inputs: readonly Tensor[]) => sum(mapped(inputs)));
      assertClose(total(inputs), wanted);
      assertClose(compile(total)(inputs), wanted);
    }),
    { numRuns: 100 },
  );
});

Deno.test("vmap of vmap of random functions gives what they give one by one", () => {
  fc.assert(
    fc.property(batches, ({ numbers, axes, inputs, examples }) => {
      const f = lossOf(numbers),
        once = vmap(f, { in: [axes] }),
        twice = vmap(once, { in: [axes.map((a) => a === null ? null : 0)] });
      const double = inputs.map((t, k) => axes[k] === null ? t : stack([t, t])), own = stack(examples.map(f));
      assertClose(unstack(twice(double), 0), [own, own]);
    }),
    { numRuns: 60 },
  );
});

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { checkGradient } from "../../../autograd/transforms/check_gradient.ts";
import { constant } from "../../../autograd/values/constructors.ts";
import { key } from "../../../autograd/random/key.ts";
import { add, mul } from "../../../autograd/ops/arithmetic.ts";
import { LINALG_MULTI_PRIMITIVES, LINALG_PRIMITIVES } from "../../../autograd/linalg/primitives.ts";
import { MULTI_PRIMITIVES, PRIMITIVES } from "../../../autograd/ops/primitives.ts";
import { sum } from "../../../autograd/ops/sum.ts";
import type { Sample } from "../../../autograd/primitive.ts";
import { randomNormal } from "../../../autograd/random/random.ts";
import { constantOf, type Tensor } from "../../../autograd/tensor.ts";
import { gradient } from "../../../autograd/transforms/gradient.ts";
import type { DType } from "../../../blas/dtype.ts";
import type { Engine } from "../../../blas/engine.ts";
import { engines, setEngine } from "../../../blas/engines.ts";
import type { Shape } from "../../../blas/shape.ts";
import type { View } from "../../../blas/view.ts";
import { type Case, CASES, operandsOf } from "../every_primitive.ts";
import { elementsOf, type Layout, layOut, LAYOUTS } from "../../blas/layouts.ts";

const ENGINES: readonly Engine[] = Object.values(engines);
const DTYPES: readonly DType[] = ["float32", "float64"];

/** Differences that come from another order of summation. */
const ROUNDING: { readonly [D in DType]: number } = { float32: 1e-5, float64: 1e-13 };

/** The same numbers in a view of the tensor's shape and that layout (where a step is 0, fewer different numbers). */
const withLayout = (t: Tensor, layout: (shape: Shape) => Layout): Tensor =>
  constantOf(layOut(t.dtype, t.shape, elementsOf(t.view), layout(t.shape)) as View);

const contiguousCopy = (t: Tensor): Tensor => constant(elementsOf(t.view), { dtype: t.dtype, shape: t.shape });

function assertClose(actual: Tensor, expected: Tensor): void {
  assertEquals(actual.shape, expected.shape);
  assertEquals(actual.dtype, expected.dtype);
  const wanted = elementsOf(expected.view);
  elementsOf(actual.view).forEach((x, i) => {
    if (!Object.is(x, wanted[i]!)) {
      assertAlmostEquals(x, wanted[i]!, ROUNDING[actual.dtype] * Math.max(1, Math.abs(wanted[i]!)));
    }
  });
}

/** The gradient with respect to one operand of the inner product of the result and a cotangent. */
function gradientAt(p: Case, attributes: unknown, index: number, xs: readonly Tensor[], c: Tensor): Tensor {
  return gradient((x: Tensor) => sum(mul(p.apply(attributes, xs.map((own, k) => k === index ? x : own)), c)))(
    xs[index]!,
  );
}

/** {@link gradientAt} of every operand. */
const gradientsOf = (p: Case, { attributes }: Sample<unknown>, xs: readonly Tensor[], c: Tensor): readonly Tensor[] =>
  xs.map((_, k) => gradientAt(p, attributes, k, xs, c));

const cotangentFor = (output: Tensor): Tensor => randomNormal(key(8), output.shape, { dtype: output.dtype });

/** Registers a test that runs on every sample in both dtypes with one engine in use. */
function testSamples(
  claim: (name: string) => string,
  check: (p: Case, sample: Sample<unknown>, inputs: readonly Tensor[], dtype: DType) => void,
  engineList: readonly Engine[] = ENGINES,
): void {
  for (const engine of engineList) {
    for (const p of CASES) {
      Deno.test(`${claim(p.name)} (${engine.name} engine)`, async (t) => {
        for (const dtype of DTYPES) {
          for (const sample of p.samples) {
            const shapes = sample.inputs.map(({ shape }) => `[${shape}]`).join(" ");
            await t.step(`${dtype} ${shapes} ${JSON.stringify(sample.attributes)}`, () => {
              const previous = setEngine(engine);
              try {
                check(p, sample, operandsOf(sample, dtype), dtype);
              } finally {
                setEngine(previous);
              }
            });
          }
        }
      });
    }
  }
}

Deno.test("every primitive has a name of its own and samples to be checked on", () => {
  assertEquals(new Set(CASES.map(({ name }) => name)).size, CASES.length);
  for (const { name, samples } of CASES) assert(samples.length > 0, name);
});

Deno.test({
  name: "every primitive that a file of operations makes is in a list",
  ignore: Deno.permissions.querySync({ name: "read" }).state !== "granted",
  fn: async () => {
    const listed = [...PRIMITIVES, ...MULTI_PRIMITIVES, ...LINALG_PRIMITIVES, ...LINALG_MULTI_PRIMITIVES]
      .map(({ name }) => name);
    for (const part of ["ops", "linalg"]) {
      const folder = new URL(`../../../autograd/${part}/`, import.meta.url);
      for await (const { name } of Deno.readDir(folder)) {
        const source = await Deno.readTextFile(new URL(name, folder));
        // `const reluPrimitive = elementwise("relu", …` and `const sumPrimitive: Primitive<…> = {`, not functions of them.
        for (const [, made] of source.matchAll(/(?:const|,) (\w+)Primitive(?:: [^=]+)? = (?!\()/g)) {
          assert(listed.includes(made!), `${name} makes ${made}, which is not in the list`);
        }
      }
    }
  },
});

testSamples((name) => `${name}: the shape rule says what shape the result has`, (p, sample, inputs, dtype) => {
  const { attributes } = sample, output = p.apply(attributes, inputs);
  assertEquals(output.shape, p.shape(inputs.map(({ shape }) => shape), attributes));
  const { dtype: wanted = dtype } = attributes as { readonly dtype?: DType }; // where the result has a dtype of its own
  assertEquals([output.tag, output.dtype], ["constant", wanted]);
});

testSamples((name) => `${name}: the gradient agrees with central differences`, (p, sample, inputs) => {
  if (p.isDifferentiable(sample)) checkGradient((...xs) => p.apply(sample.attributes, xs), ...inputs);
});

testSamples((name) => `${name}: the second derivatives agree with central differences`, (p, sample, inputs) => {
  if (!p.isDifferentiable(sample)) return;
  const { attributes } = sample, cotangent = cotangentFor(p.apply(attributes, inputs));
  inputs.forEach((_, index) =>
    checkGradient((...args) => gradientAt(p, attributes, index, args.slice(0, -1), args.at(-1)!), ...inputs, cotangent)
  );
});

testSamples((name) => `${name}: strides change neither result nor gradients`, (p, sample, inputs) => {
  const { attributes } = sample;
  for (const layout of Object.values(LAYOUTS)) {
    // All operands laid out so, and each of them alone beside contiguous ones.
    for (const only of [undefined, ...inputs.length > 1 ? inputs.keys() : []]) {
      const viewed = inputs.map((t, k) => only === undefined || only === k ? withLayout(t, layout) : t);
      const copies = viewed.map(contiguousCopy), expected = p.apply(attributes, copies);
      assertClose(p.apply(attributes, viewed), expected);
      if (!p.isDifferentiable(sample)) continue;
      const cotangent = cotangentFor(expected), strided = withLayout(cotangent, LAYOUTS["transposed views"]!);
      const wanted = gradientsOf(p, sample, copies, cotangent);
      gradientsOf(p, sample, viewed, strided).forEach((found, k) => assertClose(found, wanted[k]!));
    }
  }
});

testSamples((name) => `${name}: operands are left as they were`, (p, sample, inputs) => {
  for (const layout of Object.values(LAYOUTS)) {
    const viewed = inputs.map((t) => withLayout(t, layout)), before = viewed.map(({ view }) => view.data.slice());
    const cotangent = cotangentFor(p.apply(sample.attributes, viewed));
    if (p.isDifferentiable(sample)) gradientsOf(p, sample, viewed, cotangent);
    assertEquals(viewed.map(({ view }) => view.data), before);
  }
});

testSamples((name) => `${name}: the result is the same every time, to the last bit`, (p, { attributes }, inputs) => {
  const first = elementsOf(p.apply(attributes, inputs).view);
  add(inputs[0]!, 1); // whatever happens in between
  assertEquals(elementsOf(p.apply(attributes, inputs).view), first);
});

testSamples(
  (name) => `${name}: result and gradients agree with the reference engine's`,
  (p, sample, inputs) => {
    const compute = (): readonly Tensor[] => {
      const output = p.apply(sample.attributes, inputs);
      return [output, ...p.isDifferentiable(sample) ? gradientsOf(p, sample, inputs, cotangentFor(output)) : []];
    };
    const own = compute(), previous = setEngine(engines.reference);
    try {
      compute().forEach((expected, k) => assertClose(own[k]!, expected));
    } finally {
      setEngine(previous);
    }
  },
  ENGINES.filter((engine) => engine !== engines.reference),
);

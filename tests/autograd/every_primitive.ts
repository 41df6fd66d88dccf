/**
 * Every primitive with its samples, as functions from tensors to a tensor, for the generic checks.
 *
 * @module
 */
import { callbackPrimitives } from "../../autograd/callback.ts";
import { applySeveral, type MultiPrimitive } from "../../autograd/multi_primitive.ts";
import { concat } from "../../autograd/ops/concat.ts";
import { LINALG_MULTI_PRIMITIVES, LINALG_PRIMITIVES } from "../../autograd/linalg/primitives.ts";
import { MULTI_PRIMITIVES, PRIMITIVES } from "../../autograd/ops/primitives.ts";
import { flatten } from "../../autograd/ops/reshape.ts";
import { apply, type Primitive, type Sample, type SampleInput } from "../../autograd/primitive.ts";
import { key, splitKey } from "../../autograd/random/key.ts";
import { drawPrimitives } from "../../autograd/random/draw.ts";
import { gammaPrimitives } from "../../autograd/random/gamma.ts";
import { poissonPrimitives } from "../../autograd/random/poisson.ts";
import { keyPrimitives } from "../../autograd/random/key_tensor.ts";
import { randomUniform } from "../../autograd/random/random.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { transformPrimitives } from "../../autograd/transforms/gradient.ts";
import { unstackPrimitives } from "../../autograd/transforms/unstack.ts";
import { constant } from "../../autograd/values/constructors.ts";
import { indexPrimitives } from "../../autograd/values/indices.ts";
import { tensorData } from "../../autograd/values/read.ts";
import type { DType } from "../../blas/dtype.ts";
import { type Shape, sizeOf, unwrap } from "../../blas/shape.ts";
import { quotientAndRemainder, sineAndCosine } from "./several_results.ts";

/** A primitive, or a primitive with several results: one of its results, or all of them joined. */
export type Case = {
  readonly name: string;
  readonly samples: readonly Sample<unknown>[];
  readonly apply: (attributes: unknown, inputs: readonly Tensor[]) => Tensor;
  /** The shape according to its rule. */
  readonly shape: (shapes: readonly Shape[], attributes: unknown) => Shape;
  /** Whether it has derivatives at a sample. */
  readonly isDifferentiable: (sample: Sample<unknown>) => boolean;
};

/** Why some primitives have no derivative. */
const NOT_DIFFERENTIABLE: { readonly [name: string]: string } = {
  reduceTensorGradient:
    "only the user knows how it depends on the elements; it is linear in the cotangent, as reduceTensor shows",
};

// There are no differences to compare with where an operand holds whole numbers.
const isDifferentiable = (name: string) => ({ inputs }: Sample<unknown>): boolean =>
  !(name in NOT_DIFFERENTIABLE) && !inputs.some(({ whole }) => whole);

const caseOf = (primitive: Primitive<unknown>): Case => ({
  name: primitive.name,
  samples: primitive.samples(),
  apply: (attributes, inputs) => apply(primitive, attributes, inputs),
  shape: (shapes, attributes) => unwrap(primitive.shape(shapes, attributes)),
  isDifferentiable: isDifferentiable(primitive.name),
});

function casesOf(primitive: MultiPrimitive<unknown>, count: number): readonly Case[] {
  const { name } = primitive;
  const results = (attributes: unknown, inputs: readonly Tensor[]) => applySeveral(primitive, attributes, inputs);
  const shapes: (...args: Parameters<typeof primitive.shapes>) => readonly Shape[] = (...args) =>
    unwrap(primitive.shapes(...args));
  const common = { samples: primitive.samples(), isDifferentiable: isDifferentiable(name) };
  const all: Case = {
    ...common,
    name: `${name}, all results`,
    apply: (attributes, inputs) => concat(results(attributes, inputs).map(flatten)),
    shape: (given, attributes) => [shapes(given, attributes).map(sizeOf).reduce((sum, size) => sum + size)],
  };
  const single = Array.from({ length: count }, (_, k): Case => ({
    ...common,
    name: `${name}, result ${k} alone`,
    apply: (attributes, inputs) => results(attributes, inputs)[k]!,
    shape: (given, attributes) => shapes(given, attributes)[k]!,
  }));
  return count === 1 ? single : [all, ...single];
}

/** The cases of a primitive whose number of results depends on its settings. */
function casesOfAny(primitive: MultiPrimitive<unknown>): readonly Case[] {
  const countOf = ({ attributes, inputs }: Sample<unknown>): number =>
    unwrap(primitive.shapes(inputs.map(({ shape }) => shape), attributes)).length;
  const counts = [...new Set(primitive.samples().map(countOf))];
  return counts.flatMap((count) => {
    const samples = primitive.samples().filter((sample) => countOf(sample) === count);
    return casesOf({ ...primitive, samples: () => samples }, count).map((one): Case => ({
      ...one,
      name: `${one.name} of ${count}`,
    }));
  });
}

/** All cases. */
export const CASES: readonly Case[] = [
  ...([
    ...PRIMITIVES,
    ...LINALG_PRIMITIVES,
    ...transformPrimitives,
    ...callbackPrimitives,
    ...keyPrimitives,
    ...drawPrimitives,
    ...gammaPrimitives,
    ...poissonPrimitives,
    ...indexPrimitives,
  ] as readonly Primitive<unknown>[]).map(caseOf),
  ...[...MULTI_PRIMITIVES, ...LINALG_MULTI_PRIMITIVES].flatMap(casesOfAny),
  ...(unstackPrimitives as readonly MultiPrimitive<unknown>[]).flatMap(casesOfAny),
  ...casesOf(sineAndCosine, 2),
  ...casesOf(quotientAndRemainder, 2),
];

/** Random operands, the same ones for the same sample and seed. */
export function operandsOf(sample: Sample<unknown>, dtype: DType, seed = 7): Tensor[] {
  const keys = splitKey(key(seed), sample.inputs.length + 1);
  return sample.inputs.map(({ shape, min = -2, max = 2, whole = false }: SampleInput, k) => {
    const t: Tensor = randomUniform(keys[k]!, shape, { dtype, min, max });
    return whole ? constant(Array.from<number>(tensorData(t)).map(Math.floor), { dtype, shape }) : t;
  });
}

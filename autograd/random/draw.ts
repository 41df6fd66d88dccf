/**
 * Draws from keys whose words may be unknown.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import type { Distribution } from "../../blas/distribution.ts";
import { type DType, DTYPES } from "../../blas/dtype.ts";
import { drawPart } from "../../blas/parts/draw.ts";
import { drawOf } from "../../blas/program/operations/draw.ts";
import type { Shape } from "../../blas/shape.ts";
import { allocate, type MutableView, type View, view } from "../../blas/view.ts";
import { apply, type Primitive } from "../primitive.ts";
import { constantOf, type Tensor } from "../tensor.ts";
import type { Key } from "./key.ts";
import { isAbstractKey, wordsOf } from "./key_tensor.ts";
import { sortedBy } from "./random_values.ts";

type DrawAttributes = { readonly distribution: Distribution; readonly shape: Shape; readonly dtype: DType };

const WORDS = { shape: [2], min: 0, max: 2 ** 24, whole: true } as const;

/** Random numbers from the words of a key. */
const drawPrimitive: Primitive<DrawAttributes> = {
  name: "draw",
  samples: () => [
    {
      attributes: { distribution: { kind: "uniform", low: 0, range: 1 }, shape: [3, 70], dtype: "float32" },
      inputs: [WORDS],
    },
    {
      attributes: { distribution: { kind: "normal", mean: 1, std: 2 }, shape: [33], dtype: "float64" },
      inputs: [WORDS],
    },
    {
      attributes: { distribution: { kind: "integer", min: -3, span: 7 }, shape: [], dtype: "float32" },
      inputs: [WORDS],
    },
    {
      attributes: { distribution: { kind: "normal", mean: 0, std: 1 }, shape: [2, 0], dtype: "float32" },
      inputs: [WORDS],
    },
  ],
  shape: (_, { shape }) => either.right(shape),
  resultDType: ({ dtype }) => dtype,
  operator: ({ distribution }) => drawOf(distribution),
  part: drawPart,
  vjp: () => null,
};

type NoAttributes = { readonly [name: string]: never };

/** Operands `[n]` of words and numbers: the numbers in the order of the words. */
const sortByPrimitive: Primitive<NoAttributes> = {
  name: "sortBy",
  samples: () => [{
    attributes: {},
    inputs: [{ shape: [9], min: 0, max: 2 ** 20, whole: true }, { shape: [9], whole: true }],
  }],
  shape: ([shape]) => either.right(shape!),
  evaluate: <D extends DType>([words, values]: readonly View<D>[]): View<D> => {
    const sorted = sortedBy(elementsOf(words!), Float64Array.from(elementsOf(values!)));
    return view(new DTYPES[words!.dtype].Data(sorted)) as View as View<D>;
  },
  vjp: () => null,
};

function elementsOf({ data, shape: [n], stride: [step], offset }: View): ArrayLike<number> {
  if (step === 1) return (data as Float64Array).subarray(offset, offset + n!);
  return Float64Array.from({ length: n! }, (_, k) => data[offset + k * step!]!);
}

/** The primitives of this file, for the generic checks. */
export const drawPrimitives = [drawPrimitive, sortByPrimitive];

/** Sorts `[n]` numbers by as many 32-bit words. */
export function sortBy(words: Tensor<"float64">, values: Tensor<"float64">): Tensor<"float64"> {
  return apply(sortByPrimitive, {}, [words, values]);
}

/** Draws a tensor, or leaves that to the key's interpreter if its words are not known. */
export function draw<D extends DType>(distribution: Distribution, key: Key, shape: Shape, dtype: D): Tensor<D> {
  if (isAbstractKey(key)) {
    return apply(drawPrimitive, { distribution, shape, dtype }, [wordsOf(key)]) as Tensor as Tensor<D>;
  }
  const y = allocate<D>(dtype, Object.freeze([...shape]));
  drawPart.inUse().draw(distribution, key.words, y);
  return constantOf(y as MutableView as View as View<D>);
}

/**
 * Draws from keys whose words may be unknown.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import type { Distribution, DistributionOf } from "../../blas/distribution.ts";
import { type DataOf, type DType, newData, type ReadonlyDataOf } from "../../blas/dtype.ts";
import { drawPart, normalDrawPart } from "../../blas/parts/draw.ts";
import { drawOf } from "../../blas/program/operations/draw.ts";
import type { Shape } from "../../blas/shape.ts";
import { allocate, type View, view } from "../../blas/view.ts";
import { batchOneByOne } from "../batch.ts";
import { cast } from "../ops/cast.ts";
import { apply, type Primitive } from "../primitive.ts";
import { constantOf, type Tensor } from "../tensor.ts";
import { foldIn, type Key } from "./key.ts";
import { isAbstractKey, wordsOf } from "./key_tensor.ts";
import { placeSorter, placesUpTo, WORDS } from "./random_values.ts";

type DrawAttributes = { readonly distribution: Distribution; readonly shape: Shape; readonly dtype: DType };

const KEY_SAMPLE = { shape: [2], min: 0, max: 0x100_0000, whole: true } as const;

/** Draws random numbers from the words of a key, by a part of the engine. */
const drawPrimitiveOf = (part: typeof drawPart): Primitive<DrawAttributes> => ({
  name: "draw",
  samples: () => [
    {
      attributes: { distribution: { kind: "uniform", low: 0, range: 1 }, shape: [3, 70], dtype: "float32" },
      inputs: [KEY_SAMPLE],
    },
    {
      attributes: { distribution: { kind: "normal", mean: 1, std: 2 }, shape: [33], dtype: "float64" },
      inputs: [KEY_SAMPLE],
    },
    {
      attributes: { distribution: { kind: "integer", min: -3, span: 7 }, shape: [], dtype: "float32" },
      inputs: [KEY_SAMPLE],
    },
    {
      attributes: { distribution: { kind: "normal", mean: 0, std: 1 }, shape: [2, 0], dtype: "float32" },
      inputs: [KEY_SAMPLE],
    },
  ],
  shape: (_, { shape }) => either.right(shape),
  resultDType: ({ dtype }) => dtype,
  operator: ({ distribution }) => drawOf(distribution),
  part,
  batch: batchOneByOne,
  vjp: () => null,
});

const drawPrimitive = /* @__PURE__ */ drawPrimitiveOf(drawPart);
const drawNormalPrimitive = /* @__PURE__ */ drawPrimitiveOf(normalDrawPart);

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
    const from = elementsOf(values!), places = placesUpTo(from.length);
    placeSorter(from.length)(elementsOf(words!), places);
    const sorted = newData(values!.dtype, from.length);
    for (let i = 0; i < from.length; i++) sorted[i] = from[places[i]!]!;
    return view(sorted as ReadonlyDataOf<D>); // the dtype of the operands
  },
  batch: batchOneByOne,
  vjp: () => null,
};

/** Returns the elements of a vector, contiguous; they must not be written to. */
function elementsOf({ data, dtype, shape: [n], stride: [step], offset }: View): DataOf<DType> {
  const elements = data as DataOf<DType>; // only read here
  if (step === 1) return elements.subarray(offset, offset + n!);
  return newData(dtype, n!).map((_, k) => data[offset + k * step!]!);
}

/** The primitives of this file, for the generic checks. */
export const drawPrimitives = [drawNormalPrimitive, sortByPrimitive];

/** Draws a tensor, or leaves that to the interpreter of the key if its words are not known. */
export function draw<D extends DType>(
  distribution: DistributionOf<"uniform" | "integer">,
  key: Key,
  shape: Shape,
  dtype: D,
): Tensor<D> {
  return drawBy(drawPrimitive, drawPart, distribution, key, shape, dtype);
}

/** Draws normal numbers likewise: only they need the inverse error function. */
export function drawNormal<D extends DType>(
  distribution: DistributionOf<"normal">,
  key: Key,
  shape: Shape,
  dtype: D,
): Tensor<D> {
  return drawBy(drawNormalPrimitive, normalDrawPart, distribution, key, shape, dtype);
}

function drawBy<D extends DType>(
  primitive: Primitive<DrawAttributes>,
  part: typeof drawPart,
  distribution: Distribution,
  key: Key,
  shape: Shape,
  dtype: D,
): Tensor<D> {
  if (isAbstractKey(key)) {
    return apply(primitive, { distribution, shape, dtype }, [wordsOf(key)]) as Tensor as Tensor<D>; // that of its attributes
  }
  const y = allocate<D>(dtype, Object.freeze([...shape]));
  part.inUse().draw(distribution, key.words, y);
  return constantOf<D>(y);
}

/** Draws a random order of the numbers from 0 to `n - 1`, by sorting them by random words in several rounds. */
export function drawOrder<D extends DType>(key: Key, n: number, rounds: number, dtype: D): Tensor<D> {
  return isAbstractKey(key) ? abstractOrder(key, n, rounds, dtype) : plainOrder(key, n, rounds, dtype);
}

// Every round splits the key: key 0 is split in the next round, key 1 is used up.

function abstractOrder<D extends DType>(key: Key, n: number, rounds: number, dtype: D): Tensor<D> {
  let order: Tensor<"float64"> = constantOf(view(new Float64Array(placesUpTo(n))));
  for (let round = 0, next = key; round < rounds; round++, next = foldIn(next, 0)) {
    order = apply(sortByPrimitive, {}, [draw(WORDS, next, [n], "float64"), order]);
  }
  return cast(order, dtype);
}

/** Does the same without tensors in between. */
function plainOrder<D extends DType>(key: Key, n: number, rounds: number, dtype: D): Tensor<D> {
  const places = placesUpTo(n), words = allocate("float64", [n]), sort = placeSorter(n), values = newData(dtype, n);
  for (let round = 0, next = key; round < rounds; round++, next = foldIn(next, 0)) {
    drawPart.inUse().draw(WORDS, next.words, words);
    sort(words.data.subarray(words.offset, words.offset + n), places);
  }
  values.set(places);
  return constantOf<D>(view(values as ReadonlyDataOf<D>)); // newData gives the array of that dtype
}

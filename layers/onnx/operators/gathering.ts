/**
 * Elements at places that indices name.
 *
 * @module
 */
import * as ops from "../../../autograd/ops/mod.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { innerShape } from "../../../autograd/tensor_record.ts";
import { toList } from "../../../autograd/values/read.ts";
import { full } from "../../../autograd/values/constructors.ts";
import { sizeOf } from "../../../blas/shape.ts";
import {
  axisIn,
  type Call,
  callError,
  input,
  isKnown,
  known,
  numberOf,
  numbersAt,
  type Operators,
  shapeAt,
  tensorAt,
  textOf,
  unary,
  type Value,
  valueOf,
} from "../value.ts";

/** Ranges that are as long as a shape, but for one axis, which stays whole. */
const corner = (shape: readonly number[], axis: number) =>
  shape.map((length, k) => k === axis ? [] as const : [0, length] as const);

/** Elements along an axis; other axes of the indices may be shorter than those of the tensor. */
function gatherElements(x: Tensor, call: Call): Tensor {
  const axis = axisIn(call, numberOf(call, "axis", 0), innerShape(x).length), indices = tensorAt(call, 1);
  return ops.takeAlong(ops.sliceAxes(x, corner(innerShape(indices), axis)), indices, axis);
}

const REDUCTIONS: Readonly<Record<string, ops.ScatterMode>> = {
  none: "set",
  add: "add",
  mul: "multiply",
  max: "max",
  min: "min",
};

function reductionOf(call: Call): ops.ScatterMode {
  const name = textOf(call, "reduction", "none");
  if (Object.hasOwn(REDUCTIONS, name)) return REDUCTIONS[name]!;
  throw callError(call, `there is no reduction ${name}`, "use none, add, mul, max or min");
}

/** Writes elements along an axis; other axes of the indices may be shorter than those of the tensor. */
function scatterElements(x: Tensor, call: Call): Tensor {
  const shape = innerShape(x), axis = axisIn(call, numberOf(call, "axis", 0), shape.length), mode = reductionOf(call);
  const indices = tensorAt(call, 1), values = tensorAt(call, 2), own = innerShape(indices);
  if (sizeOf(own) === 0) return x;
  // Indices of one axis would name slices, and those of one axis are elements here: both are the same then.
  const isWhole = own.every((length, k) => k === axis || length === shape[k]);
  if (isWhole) return ops.scatter(x, indices, values, { axis, mode });
  const changed = ops.scatter(ops.sliceAxes(x, corner(own, axis)), indices, values, { axis, mode });
  const widths = shape.map((length, k) => [0, length - innerShape(changed)[k]!] as const);
  const inside = ops.pad(full(innerShape(changed), 1, { dtype: x.dtype }), widths);
  return ops.where(inside, ops.pad(changed, widths), x);
}

/** Tuples of indices for the axes after the first `batch_dims`, which the tensor and the indices share. */
function gatherND(x: Tensor, call: Call): Tensor {
  const indices = tensorAt(call, 1), batch = numberOf(call, "batch_dims", 0);
  if (batch === 0) return ops.gatherND(x, indices);
  const shared = innerShape(x).slice(0, batch), count = sizeOf(shared), rest = innerShape(indices).slice(batch);
  const flat = ops.reshape(x, [count, ...innerShape(x).slice(batch)]);
  const tuples = ops.reshape(indices, [count, ...rest]);
  const first = Float64Array.from({ length: count }, (_, k) => k);
  const numbers = known(call.run, "int64", first, [count, ...rest.map(() => 1)]).tensor;
  const own = ops.broadcastTo(numbers, [count, ...rest.slice(0, -1), 1]);
  const found = ops.gatherND(flat, ops.concat([own, tuples], -1));
  return ops.reshape(found, [...shared, ...innerShape(found).slice(1)]);
}

function topK(call: Call): readonly Value[] {
  const { type, tensor: x } = input(call, 0), axis = axisIn(call, numberOf(call, "axis", -1), innerShape(x).length);
  const k = call.inputs.length > 1 ? numbersAt(call, 1)[0] ?? 0 : numberOf(call, "k", 0);
  const isLargest = numberOf(call, "largest", 1) === 1;
  const { values, indices } = ops.topK(isLargest ? x : ops.neg(x), k, { axis });
  return [{ type, tensor: isLargest ? values : ops.neg(values) }, valueOf(call.run, "int64", indices)];
}

/** The places of all elements that are not 0: a row for each axis. */
function nonZero(call: Call): readonly Value[] {
  const shape = shapeAt(call, 0), places = numbersAt(call, 0).flatMap((value, place) => value === 0 ? [] : [place]);
  const rows = shape.map((length, axis) => {
    const step = sizeOf(shape.slice(axis + 1));
    return places.map((place) => Math.floor(place / step) % length);
  });
  return [known(call.run, "int64", rows.flat(), [shape.length, places.length])];
}

function compress(x: Tensor, call: Call): Tensor {
  const places = numbersAt(call, 1).flatMap((value, place) => value === 0 ? [] : [place]);
  if (!call.node.attributes.has("axis")) return ops.take(ops.flatten(x), places);
  return ops.take(x, places, axisIn(call, numberOf(call, "axis", 0), innerShape(x).length));
}

/** The different slices along an axis, or the different elements: where each is first, which one each is, and how often. */
function unique(call: Call): readonly Value[] {
  const { type, tensor: given } = input(call, 0), isFlat = !call.node.attributes.has("axis");
  const x = isFlat ? ops.flatten(given) : given, shape = innerShape(x);
  const axis = isFlat ? 0 : axisIn(call, numberOf(call, "axis", 0), shape.length), count = shape[axis]!;
  const elements = numbersOf(x, call), inner = sizeOf(shape.slice(axis + 1)), outer = sizeOf(shape.slice(0, axis));
  const slices = Array.from(
    { length: count },
    (_, at) =>
      Array.from(
        { length: outer * inner },
        (_, k) => elements[(Math.floor(k / inner) * count + at) * inner + k % inner]!,
      ),
  );
  const first = new Map<string, number>(), counts: number[] = [];
  const numbers = slices.map((slice, at) => {
    const key = slice.join();
    if (!first.has(key)) first.set(key, at);
    return first.get(key)!;
  });
  const compare = (a: number, b: number): number => {
    const at = slices[a]!.findIndex((own, k) => own !== slices[b]![k]);
    return at < 0 ? 0 : slices[a]![at]! - slices[b]![at]!;
  };
  const found = [...first.values()], order = numberOf(call, "sorted", 1) === 1 ? found.toSorted(compare) : found;
  const ranks = new Map(order.map((at, rank) => [at, rank]));
  numbers.forEach((at) => counts[ranks.get(at)!] = (counts[ranks.get(at)!] ?? 0) + 1);
  const list = (values: readonly number[]): Value => known(call.run, "int64", values, [values.length]);
  return [
    { type, tensor: ops.take(x, order, axis) },
    list(order),
    list(numbers.map((at) => ranks.get(at)!)),
    list(counts),
  ];
}

/** The elements of a tensor that must be known. */
function numbersOf(x: Tensor, call: Call): readonly number[] {
  if (isKnown(x)) return toList(x);
  throw callError(call, "what is different depends on what is computed", "run the model without compile");
}

/** Reverses the first elements of each sequence. */
function reverseSequence(x: Tensor, call: Call): Tensor {
  const lengths = numbersAt(call, 1), time = numberOf(call, "time_axis", 0), batch = numberOf(call, "batch_axis", 1);
  const shape = innerShape(x), steps = shape[time]!, rows = time === 0;
  const at = (t: number, b: number): number => t < lengths[b]! ? lengths[b]! - 1 - t : t;
  const table = Array.from(
    { length: steps * lengths.length },
    (_, k) => rows ? at(Math.floor(k / lengths.length), k % lengths.length) : at(k % steps, Math.floor(k / steps)),
  );
  const own = shape.map((length, k) => k === time || k === batch ? length : 1);
  const indices = known(call.run, "int64", table, own).tensor;
  return ops.takeAlong(x, ops.broadcastTo(indices, shape), time);
}

/** The operators of this file. */
export const gatheringOperators: Operators = /* @__PURE__ */ (() => ({
  Gather: unary((x, call) =>
    ops.take(x, tensorAt(call, 1), axisIn(call, numberOf(call, "axis", 0), innerShape(x).length))
  ),
  GatherElements: unary(gatherElements),
  GatherND: unary(gatherND),
  Scatter: unary(scatterElements),
  ScatterElements: unary(scatterElements),
  ScatterND: unary((x, call) => ops.scatterND(x, tensorAt(call, 1), tensorAt(call, 2), { mode: reductionOf(call) })),
  TopK: { compute: topK, known: [1] },
  NonZero: { compute: nonZero },
  Compress: unary(compress),
  Unique: { compute: unique },
  ReverseSequence: { ...unary(reverseSequence), known: [1] },
}))();

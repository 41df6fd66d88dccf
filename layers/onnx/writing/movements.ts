/**
 * Views, joins, casts, and elements at places that indices name.
 *
 * @module
 */
import type { CastOperation } from "../../../blas/program/operations/cast.ts";
import type { CheckIndicesOperation } from "../../../blas/program/operations/check_indices.ts";
import type { CumsumOperation } from "../../../blas/program/operations/cumsum.ts";
import type { Combination, GatherOperation, ScatterOperation } from "../../../blas/program/operations/gather.ts";
import type { JoinOperation } from "../../../blas/program/operations/join.ts";
import type { ViewOperation } from "../../../blas/program/operations/view.ts";
import type { Operand, ValueType } from "../../../blas/program/program.ts";
import { isPlain } from "../../../blas/program/operand.ts";
import { rowMajorStrides, sameShape, type Shape, sizeOf } from "../../../blas/shape.ts";
import type { Range } from "../../../blas/view.ts";
import type { DType } from "../../../blas/dtype.ts";
import { ONNX_TYPES } from "../element_types.ts";
import {
  type Context,
  exactOperand,
  expandWire,
  type Loose,
  looseOperand,
  noForm,
  originOf,
  reshapeWire,
} from "./context.ts";
import type { GraphWriter, Wire } from "./graph_writer.ts";

/** Converts to a dtype. */
export const castWire = (writer: GraphWriter, wire: Wire, dtype: DType): Wire =>
  writer.one("Cast", [wire], { to: ONNX_TYPES[dtype].code });

/** Writes a view. */
export function writeView(context: Context, { change, operand }: ViewOperation): readonly Wire[] {
  const { writer } = context, wire = exactOperand(context, operand), { shape } = operand;
  switch (change.kind) {
    case "reshape":
      return [reshapeWire(context, wire, shape, change.shape)];
    case "broadcast": {
      const loose = [...new Array<number>(change.shape.length - shape.length).fill(1), ...shape];
      return [expandWire(context, reshapeWire(context, wire, shape, loose), loose, change.shape)];
    }
    case "transpose":
      return [writer.one("Transpose", [wire], { perm: change.axes })];
    case "slice":
      return [slicedWire(writer, wire, shape, change.ranges)];
  }
}

/** Takes ranges. One that runs backwards to the first element ends before it, which is written as a very small number. */
function slicedWire(writer: GraphWriter, wire: Wire, shape: Shape, ranges: readonly Range[]): Wire {
  const axes = shape.flatMap((length, axis) => {
    const { start, step, count } = ranges[axis]!;
    return start === 0 && step === 1 && count === length ? [] : [axis];
  });
  if (axes.length === 0) return wire;
  const own = axes.map((axis) => ranges[axis]!);
  const ends = own.map(({ start, step, count }, k) => {
    const end = count === 0 ? start : start + step * count;
    return end < 0 ? -shape[axes[k]!]! - 1 : end;
  });
  return writer.one("Slice", [
    wire,
    writer.list(own.map(({ start }) => start)),
    writer.list(ends),
    writer.list(axes),
    writer.list(own.map(({ step }) => step)),
  ]);
}

/** Writes a join: as a concatenation, as padding, or element by element. */
export function writeJoin(
  context: Context,
  { shape, parts, fill }: JoinOperation,
  [result]: readonly ValueType[],
): readonly Wire[] {
  const { writer } = context, { dtype } = result!;
  const pieces = parts.map(({ loop, place }) => {
    const [operand] = loop.operands;
    if (operand === undefined || loop.expressions.length !== 1 || loop.expressions[0]!.kind !== "argument") {
      throw noForm("a join", "its parts must be as they are", "report it");
    }
    return { wire: exactOperand(context, operand), place, shape: loop.shape };
  });
  if (shape.length === 0 && pieces.length === 1) return [pieces[0]!.wire];
  const axis = joinedAxis(shape, pieces.map(({ place }) => place));
  if (axis !== undefined) return [writer.one("Concat", pieces.map(({ wire }) => wire), { axis })];
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1 && only.place.every(({ step }) => step === 1)) {
    const before = only.place.map(({ start }) => start),
      after = only.place.map(({ start, count }, k) => shape[k]! - start - count);
    return [writer.one("Pad", [only.wire, writer.list([...before, ...after]), writer.constant(dtype, [], [fill])])];
  }
  // Each element of the result is one of a part, or the last one of all: the filling.
  const steps = rowMajorStrides(shape),
    table = new Float64Array(sizeOf(shape)).fill(pieces.reduce((sum, own) => sum + sizeOf(own.shape), 0));
  let first = 0;
  for (const { place, shape: own } of pieces) {
    const ownSteps = rowMajorStrides(own), size = sizeOf(own);
    for (let k = 0; k < size; k++) {
      const at = own.reduce(
        (sum, length, d) =>
          sum + (place[d]!.start + (Math.floor(k / ownSteps[d]!) % length) * place[d]!.step) * steps[d]!,
        0,
      );
      table[at] = first + k;
    }
    first += size;
  }
  const flat = pieces.map(({ wire, shape: own }) => reshapeWire(context, wire, own, [sizeOf(own)]));
  const all = writer.one("Concat", [...flat, writer.constant(dtype, [1], [fill])], { axis: 0 });
  return [writer.one("Gather", [all, writer.constant("int64", shape, table)])];
}

/** The axis along which parts follow one another, and fill the shape. */
function joinedAxis(shape: Shape, places: readonly (readonly Range[])[]): number | undefined {
  if (places.length === 0 || places.some((place) => place.some(({ step, count }) => step !== 1 && count > 1))) {
    return undefined;
  }
  const found = shape.findIndex((length, axis) => {
    let end = 0;
    const follows = places.every((place) => {
      const { start, count } = place[axis]!, isNext = start === end;
      end = start + count;
      return isNext;
    });
    const isWhole = places.every((place) =>
      place.every(({ start, count }, k) => k === axis || (start === 0 && count === shape[k]))
    );
    return follows && isWhole && end === length;
  });
  return found < 0 ? undefined : found;
}

/** Writes a cast. */
export const writeCast = (
  context: Context,
  { operand }: CastOperation,
  [result]: readonly ValueType[],
): readonly Wire[] => [
  castWire(context.writer, exactOperand(context, operand), result!.dtype),
];

/** Returns indices as integers of an axis: rounded, and clamped to it. */
export function indexWire(
  { writer, types }: Context,
  { value }: Pick<Operand, "value">,
  wire: Wire,
  length: number,
): Wire {
  const { dtype } = types[value]!, number = (x: number): Wire => writer.constant(dtype, [], [x]);
  const inside = writer.one("Clip", [writer.one("Round", [wire]), number(0), number(Math.max(0, length - 1))]);
  return writer.one("Cast", [inside], { to: ONNX_TYPES.int64.code });
}

/** Writes the elements at indices: the largest ones of a pooling as such, and whole slices where indices name them. */
export function writeGather(
  context: Context,
  operation: GatherOperation,
  [result]: readonly ValueType[],
): readonly Wire[] {
  const { axis, operand, indices } = operation, { writer, pools } = context, length = operand.shape[axis]!;
  if (operation.check !== undefined) throw noForm("a gather", "its indices are checked elsewhere", "report it");
  const pool = pools.get(originOf(context, indices.value));
  if (pool !== undefined && isPlain(operand) && isPlain(indices) && pool.x === originOf(context, operand.value)) {
    return [reshapeWire(context, pool.values, pool.shape, result!.shape)];
  }
  const x = exactOperand(context, operand), loose = looseOperand(context, indices);
  const source = repeatedFrom(context, indices) ?? loose;
  const isList = source.shape.every((own, k) => k === axis || own === 1);
  const isWhole = operand.shape.every((own, k) => k === axis || own === indices.shape[k]);
  if (isList && isWhole) {
    // The list may have fewer axes than it is said to have: in front, they are left out.
    const list = context.writer.one("Reshape", [source.wire, context.writer.list([source.shape[axis]!])]);
    const taken = writer.one("Gather", [x, indexWire(context, indices, list, length)], { axis });
    const shape = operand.shape.map((own, k) => k === axis ? source.shape[axis]! : own);
    return [reshapeWire(context, expandWire(context, taken, shape, indices.shape), indices.shape, result!.shape)];
  }
  const places = indexWire(context, indices, expandWire(context, loose.wire, loose.shape, indices.shape), length);
  return [reshapeWire(context, writer.one("GatherElements", [x, places], { axis }), indices.shape, result!.shape)];
}

/** What indices are repeated from along axes, if they are. */
function repeatedFrom(context: Context, indices: Operand): Loose | undefined {
  const operation = context.definition(indices.value);
  if (operation?.kind !== "view" || operation.change.kind !== "broadcast" || !isPlain(indices)) return undefined;
  const { operand, change } = operation, missing = change.shape.length - operand.shape.length;
  if (!sameShape(change.shape, indices.shape)) return undefined;
  return { wire: exactOperand(context, operand), shape: [...new Array<number>(missing).fill(1), ...operand.shape] };
}

/** What ONNX calls the ways to combine elements, and the first opset that has each. */
const COMBINATIONS: { readonly [C in Combination]: { readonly reduction: string; readonly since: number } } = {
  set: { reduction: "none", since: 1 },
  add: { reduction: "add", since: 16 },
  max: { reduction: "max", since: 18 },
  min: { reduction: "min", since: 18 },
};

/** Writes a scatter: elements at the places that indices name, added up or combined with what is there. */
export function writeScatter(
  context: Context,
  operation: ScatterOperation,
  [result]: readonly ValueType[],
): readonly Wire[] {
  const { axis, shape, operand, indices, onto, combine = "add" } = operation, { writer } = context;
  const { dtype, shape: wanted } = result!, { reduction, since } = COMBINATIONS[combine];
  if (writer.opset < since) {
    throw noForm(
      `a scatter that takes the ${reduction}`,
      `opset ${since} is the first that has it`,
      `pass { opset: ${since} }`,
    );
  }
  const before = onto === undefined
    ? writer.one("Expand", [writer.constant(dtype, [], [0]), writer.list(shape)])
    : exactOperand(context, onto);
  const places = indexWire(context, indices, exactOperand(context, indices), shape[axis]!);
  const made = writer.one("ScatterElements", [before, places, exactOperand(context, operand)], { axis, reduction });
  return [reshapeWire(context, made, shape, wanted)];
}

/** Writes a check of indices: negative ones count from the end. What is no index is not refused there. */
export function writeCheck(
  context: Context,
  { operand, range }: CheckIndicesOperation,
  [result]: readonly ValueType[],
): readonly Wire[] {
  const { writer, types } = context, from = types[operand.value]!.dtype, { dtype, shape } = result!;
  const wire = exactOperand(context, operand), own = from === dtype ? wire : castWire(writer, wire, dtype);
  const given = reshapeWire(context, own, operand.shape, shape);
  if (!range.negative) return [given];
  const number = (x: number): Wire => writer.constant(dtype, [], [x]),
    isNegative = writer.one("Less", [given, number(0)]);
  return [writer.one("Where", [isNegative, writer.one("Add", [given, number(range.count)]), given])];
}

/** Writes running sums. */
export function writeCumsum(
  context: Context,
  { axis, reverse, operand }: CumsumOperation,
  [result]: readonly ValueType[],
): readonly Wire[] {
  const { writer } = context, wire = exactOperand(context, operand);
  const sums = writer.one("CumSum", [wire, writer.constant("int64", [], [axis])], { reverse: reverse ? 1 : 0 });
  return [reshapeWire(context, sums, operand.shape, result!.shape)];
}

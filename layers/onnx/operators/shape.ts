/**
 * Shapes, types, and other views of the same elements.
 *
 * @module
 */
import { broadcastTo, notEqual, reshape, tile, transpose, trunc } from "../../../autograd/ops/mod.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { innerShape } from "../../../autograd/tensor_record.ts";
import { toList } from "../../../autograd/values/read.ts";
import { broadcastShapes, type Shape, sizeOf, unwrap } from "../../../blas/shape.ts";
import { isFloat, type OnnxType, typeOfCode, wrapped } from "../element_types.ts";
import {
  axisIn,
  type Call,
  callError,
  indexList,
  input,
  isKnown,
  known,
  maybeNumbersAt,
  numberOf,
  numbersAt,
  numbersOf,
  type Operators,
  shapeAt,
  unary,
  type Value,
  valueOf,
} from "../value.ts";

/** The shape wanted: 0 keeps an axis (unless the node says that it means 0), -1 takes what is left. */
function wantedShape(call: Call, shape: Shape): Shape {
  const wanted = numbersAt(call, 1), isZero = numberOf(call, "allowzero", 0) === 1;
  const lengths = wanted.map((length, k) => length === 0 && !isZero ? shape[k] ?? 0 : length);
  const rest = lengths.reduce((product, length) => length === -1 ? product : product * length, 1);
  return lengths.map((length) => length === -1 ? sizeOf(shape) / rest || 0 : length);
}

/** The axes of a node, an attribute before opset 13 and an input from then on. */
const axesOf = (call: Call): readonly number[] | undefined => numbersOf(call, "axes") ?? maybeNumbersAt(call, 1);

function squeezed(call: Call, shape: Shape): Shape {
  const axes = axesOf(call)?.map((axis) => axisIn(call, axis, shape.length));
  const wrong = axes?.find((axis) => shape[axis] !== 1);
  if (wrong !== undefined) {
    throw callError(call, `axis ${wrong} has ${shape[wrong]} elements`, "squeeze axes of length 1");
  }
  return shape.filter((length, k) => axes === undefined ? length !== 1 : !axes.includes(k));
}

function unsqueezed(call: Call, shape: Shape): Shape {
  const given = axesOf(call) ?? [], rank = shape.length + given.length;
  const axes = new Set(given.map((axis) => axisIn(call, axis, rank))), rest = [...shape];
  if (axes.size < given.length) throw callError(call, `axes ${given.join(", ")} name one twice`, "name each once");
  return Array.from({ length: rank }, (_, k) => axes.has(k) ? 1 : rest.shift() ?? 1);
}

/** Converts to another type; to integers, fractions are dropped. */
function converted(call: Call, type: OnnxType): Value {
  const { type: from, tensor } = input(call, 0);
  if (type === from) return { type, tensor };
  if (type === "bool") return valueOf(call.run, type, notEqual(tensor, 0));
  if (isFloat(type)) return valueOf(call.run, type, tensor);
  if (isKnown(tensor)) return known(call.run, type, toList(tensor).map((x) => wrapped(type, x)), innerShape(tensor));
  return valueOf(call.run, type, isFloat(from) ? trunc(tensor) : tensor);
}

function castTo(call: Call): readonly Value[] {
  const code = numberOf(call, "to", 0), type = typeOfCode(code);
  if (type === undefined) {
    throw callError(call, `there is no type number ${code} here`, "cast to numbers or booleans");
  }
  return [converted(call, type)];
}

/** The lengths from axis `start` up to `end`. */
function shapeOf(call: Call): readonly Value[] {
  const shape = shapeAt(call, 0), end = call.node.attributes.has("end") ? numberOf(call, "end", 0) : shape.length;
  return [indexList(call.run, shape.slice(numberOf(call, "start", 0), end))];
}

const reshaped = (f: (call: Call, shape: Shape) => Shape) =>
  unary((x: Tensor, call: Call) => reshape(x, f(call, innerShape(x))));

/** The operators of this file. */
export const shapeOperators: Operators = /* @__PURE__ */ (() => ({
  Shape: { compute: shapeOf },
  Size: { compute: (call) => [known(call.run, "int64", [sizeOf(shapeAt(call, 0))], [])] },
  Reshape: { ...reshaped(wantedShape), known: [1] },
  Squeeze: { ...reshaped(squeezed), known: [1] },
  Unsqueeze: { ...reshaped(unsqueezed), known: [1] },
  Flatten: reshaped((call, shape) => {
    const given = numberOf(call, "axis", 1), axis = given < 0 ? given + shape.length : given;
    return [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))];
  }),
  Transpose: unary((x, call) => transpose(x, numbersOf(call, "perm") ?? innerShape(x).map((_, k) => k).reverse())),
  Expand: {
    ...unary((x, call) => broadcastTo(x, unwrap(broadcastShapes("Expand", [innerShape(x), numbersAt(call, 1)])))),
    known: [1],
  },
  Tile: { ...unary((x, call) => tile(x, numbersAt(call, 1))), known: [1] },
  Cast: { compute: castTo },
  CastLike: { compute: (call) => [converted(call, input(call, 1).type)] },
}))();

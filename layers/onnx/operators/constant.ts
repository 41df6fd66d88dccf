/**
 * Constants, ranges and one-hot encodings.
 *
 * @module
 */
import { add, cast, equal, less, mul, reshape, sub, where } from "../../../autograd/ops/mod.ts";
import { innerShape } from "../../../autograd/tensor_record.ts";
import { arange, full } from "../../../autograd/values/constructors.ts";
import { sliceAxes } from "../../../autograd/ops/slice.ts";
import { type OnnxType, typeOfCode } from "../element_types.ts";
import type { OnnxArray, OnnxAttribute, OnnxNode } from "../graph.ts";
import {
  type Call,
  callError,
  countIn,
  heldAs,
  input,
  known,
  numberOf,
  numbersAt,
  type Operators,
  shapeAt,
  tensorAt,
  type Value,
  valueOf,
} from "../value.ts";

/** The arrays of attributes that are lists of numbers: the nodes that a function becomes share them. */
const made = /* @__PURE__ */ new WeakMap<OnnxAttribute, OnnxArray>();

/** Returns the array of a Constant node, if it has one that tensors can hold. */
export function constantOfNode({ attributes }: OnnxNode): OnnxArray | undefined {
  const [[name, attribute] = [undefined, undefined]] = attributes;
  if (attributes.size !== 1 || attribute === undefined) return undefined;
  if (attribute.kind === "array") return attribute.value;
  if (attribute.kind !== "number" && attribute.kind !== "numbers") return undefined;
  const type: OnnxType = name === "value_float" || name === "value_floats" ? "float32" : "int64";
  const found = made.get(attribute);
  if (found?.type === type) return found;
  const values = attribute.kind === "number" ? [attribute.value] : attribute.value;
  const array: OnnxArray = {
    type,
    shape: attribute.kind === "number" ? [] : [values.length],
    data: type === "float32" ? Float32Array.from(values) : Float64Array.from(values),
  };
  made.set(attribute, array);
  return array;
}

function constantOfShape(call: Call): readonly Value[] {
  const attribute = call.node.attributes.get("value"), shape = numbersAt(call, 0);
  const type: OnnxType = attribute?.kind === "array" ? attribute.value.type : "float32";
  const value = attribute?.kind === "array" ? attribute.value.data[0] ?? 0 : 0;
  return [{ type, tensor: full(shape, value, { dtype: heldAs(call.run, type) }) }];
}

function range(call: Call): readonly Value[] {
  const [start, limit, delta] = [0, 1, 2].map((k) => numbersAt(call, k)[0] ?? 0) as [number, number, number]; // of three
  const count = countIn(call, Math.max(0, Math.ceil((limit - start) / delta)));
  return [
    known(call.run, input(call, 0).type, Float64Array.from({ length: count }, (_, k) => start + k * delta), [count]),
  ];
}

/** One of two values for each class: that of the place that an index names, and that of all others. */
function oneHot(call: Call): readonly Value[] {
  const [depth = 0] = numbersAt(call, 1), { type, tensor: values } = input(call, 2), indices = tensorAt(call, 0);
  const shape = shapeAt(call, 0),
    given = numberOf(call, "axis", -1),
    axis = given < 0 ? given + shape.length + 1 : given;
  // Below 0 they count from the end; beyond the depth either way there is no class.
  const counted = where(less(indices, 0), add(indices, depth), indices);
  const column = reshape(counted, [...shape.slice(0, axis), 1, ...shape.slice(axis)]);
  const classes = reshape(arange(0, depth, 1, { dtype: indices.dtype }), [depth, ...shape.slice(axis).map(() => 1)]);
  const is = cast(equal(column, classes), heldAs(call.run, type));
  const off = sliceAxes(values, [[0, 1]]), on = sliceAxes(values, [[1, 2]]);
  return [{ type, tensor: add(mul(is, sub(on, off)), off) }];
}

function eyeLike(call: Call): readonly Value[] {
  const code = numberOf(call, "dtype", 0), type = typeOfCode(code) ?? input(call, 0).type;
  const [rows, columns] = innerShape(tensorAt(call, 0)), offset = numberOf(call, "k", 0);
  const row = reshape(arange(0, rows ?? 0, 1, { dtype: "float64" }), [rows ?? 0, 1]);
  const column = arange(0, columns ?? 0, 1, { dtype: "float64" });
  return [valueOf(call.run, type, equal(add(row, offset), column))];
}

/** The operators of this file. */
export const constantOperators: Operators = /* @__PURE__ */ (() => ({
  Constant: {
    compute: (call) => {
      const array = constantOfNode(call.node);
      if (array === undefined) throw callError(call, "it must have one tensor of numbers", "use numbers");
      return [known(call.run, array.type, array.data, array.shape)];
    },
  },
  ConstantOfShape: { compute: constantOfShape, known: [0] },
  Range: { compute: range, known: [0, 1, 2] },
  OneHot: { compute: oneHot, known: [1] },
  EyeLike: { compute: eyeLike },
}))();

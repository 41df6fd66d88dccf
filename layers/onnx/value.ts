/**
 * Values of a graph while it runs, and what operators read them with.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import type { Shape } from "../../blas/shape.ts";
import { isAbstract } from "../../autograd/abstract_view.ts";
import { cast } from "../../autograd/ops/cast.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { innerShape, innerView } from "../../autograd/tensor_record.ts";
import { constant } from "../../autograd/values/constructors.ts";
import { toList } from "../../autograd/values/read.ts";
import type { Mode } from "../mode.ts";
import { dtypeOf, isFloat, type OnnxType } from "./element_types.ts";
import { OnnxError, quoted } from "./errors.ts";
import { fullName, type OnnxGraph, type OnnxNode } from "./graph.ts";

/**
 * A value: a tensor, and the element type that the graph means. Integers and booleans are float64; those that
 * do not depend on what a compiled function is given have elements even while it is traced, so that shapes are computed
 * on the host.
 */
export type Value = { readonly type: OnnxType; readonly tensor: Tensor };

/** What all nodes of a run share. */
export type Run = {
  readonly opset: number;
  readonly mode: Mode;
  /** The dtype of what the graph calls float32: float64 if the caller gives such tensors. */
  readonly precision: DType;
  /** Records the next value of a running statistic. */
  readonly carry: (name: string, next: Tensor) => void;
  /** How many nodes have drawn random numbers so far. */
  readonly draws: { count: number };
};

/** An application of an operator: what it is given. */
export type Call = {
  readonly node: OnnxNode;
  readonly inputs: readonly (Value | undefined)[];
  readonly run: Run;
  /** Runs a graph of an attribute, with values for its inputs. */
  readonly within: (graph: OnnxGraph, inputs: readonly Value[]) => readonly Value[];
};

/** Computes the outputs of a node. */
export type Compute = (call: Call) => readonly Value[];

/** An operator. */
export type Operator = {
  readonly compute: Compute;
  /** The inputs whose elements must be known when shapes are: they decide about shapes, or are settings. */
  readonly known?: readonly number[];
};

/** Operators by name. */
export type Operators = Readonly<Record<string, Operator>>;

/** Returns an error of running a node. */
export const callError = ({ node }: Pick<Call, "node">, problem: string, remedy: string): OnnxError =>
  new OnnxError({ action: `run ${fullName(node)}`, given: `node ${quoted(node.name)}`, problem, remedy });

/** Returns an input. */
export function input(call: Call, index: number): Value {
  const value = call.inputs[index];
  if (value !== undefined) return value;
  throw callError(call, `input ${index} is missing`, "export the model again");
}

/** Returns the tensor of an input. */
export const tensorAt = (call: Call, index: number): Tensor => input(call, index).tensor;

/** Returns the tensors of all inputs. */
export const tensors = (call: Call): readonly Tensor[] => call.inputs.map((_, k) => tensorAt(call, k));

/** Tells whether a tensor has elements that can be read. */
export const isKnown = (t: Tensor): boolean => !isAbstract(innerView(t));

/** Returns the elements of an input that decides about shapes. */
export function numbersAt(call: Call, index: number): readonly number[] {
  const { tensor } = input(call, index);
  if (isKnown(tensor)) return toList(tensor);
  throw callError(
    call,
    `input ${index}, ${quoted(call.node.inputs[index]!)}, must be known before anything is computed`,
    "pass it as a constant from outside of the compiled function, or run the model without compile",
  );
}

/** Returns the elements of an input that may be left out. */
export const maybeNumbersAt = (call: Call, index: number): readonly number[] | undefined =>
  call.inputs[index] === undefined ? undefined : numbersAt(call, index);

/** What attributes hold, by their kinds. */
type AttributeValues = { readonly number: number; readonly numbers: readonly number[]; readonly text: string };

/**
 * Returns the value of an attribute; `undefined` if it is left out.
 *
 * @throws {OnnxError} If it is of another kind.
 */
function attributeOf<K extends keyof AttributeValues>(
  { node }: Pick<Call, "node">,
  name: string,
  kind: K,
): AttributeValues[K] | undefined {
  const attribute = node.attributes.get(name);
  if (attribute === undefined) return undefined;
  if (attribute.kind === kind) return attribute.value as AttributeValues[K]; // of that kind
  throw callError(
    { node },
    `attribute ${name} is of kind ${attribute.kind}, and must be ${kind}`,
    "export the model again",
  );
}

/** Returns an attribute that is a number. */
export const numberOf = (call: Pick<Call, "node">, name: string, otherwise: number): number =>
  attributeOf(call, name, "number") ?? otherwise;

/** Returns an attribute that is a list of numbers. */
export const numbersOf = (call: Pick<Call, "node">, name: string): readonly number[] | undefined =>
  attributeOf(call, name, "numbers");

/** Returns an attribute that is a string. */
export const textOf = (call: Pick<Call, "node">, name: string, otherwise: string): string =>
  attributeOf(call, name, "text") ?? otherwise;

/** Returns an attribute that is a graph. */
export function graphOf(call: Call, name: string): OnnxGraph {
  const attribute = call.node.attributes.get(name);
  if (attribute?.kind === "graph") return attribute.value;
  throw callError(call, `it must have a graph as attribute ${name}`, "export the model again");
}

/** Returns the dtype that values of an element type have in a run. */
export const heldAs = (run: Run, type: OnnxType): DType => dtypeOf(type) === "float32" ? run.precision : "float64";

/** Returns a tensor as a value of a type, converted to the dtype that it is held in. */
export function valueOf(run: Run, type: OnnxType, tensor: Tensor): Value {
  return { type, tensor: cast(tensor, heldAs(run, type)) };
}

/** Returns the value of numbers that are known. */
export function known(run: Run, type: OnnxType, numbers: ArrayLike<number>, shape: Shape): Value {
  const dtype = heldAs(run, type);
  return { type, tensor: constant(Float64Array.from(numbers), { dtype, shape }) };
}

/** Returns the value of integers along one axis, such as those of a shape. */
export const indexList = (run: Run, numbers: readonly number[]): Value =>
  known(run, "int64", numbers, [numbers.length]);

/** Returns an axis counted from the start. */
export function axisIn(call: Pick<Call, "node">, axis: number, rank: number): number {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  throw callError(call, `axis ${axis} is not one of the ${rank} axes`, "export the model again");
}

/** Makes an operator of a function of one tensor, which keeps the element type. */
export const unary = (f: (x: Tensor, call: Call) => Tensor): Operator => ({
  compute: (call) => [{ type: input(call, 0).type, tensor: f(tensorAt(call, 0), call) }],
});

/** Returns the shape of an input. */
export const shapeAt = (call: Call, index: number): Shape => innerShape(tensorAt(call, index));

/** Tells whether an input holds floating-point numbers. */
export const isFloatAt = (call: Call, index: number): boolean => isFloat(input(call, index).type);

/** The most numbers that are written out one by one. */
const MOST_NUMBERS = 2 ** 24;

/** Checks a count that the file says, before as many numbers are written out. */
export function countIn(call: Call, count: number): number {
  if (Number.isInteger(count) && count >= 0 && count <= MOST_NUMBERS) return count;
  throw callError(call, `it has ${count} elements`, "use a whole number from 0 to 2^24");
}

/**
 * Tensors: the immutable values of the graph.
 *
 * @module
 */
import type { DType } from "../blas/dtype.ts";
import type { Shape } from "../blas/shape.ts";
import { checkVersion } from "../blas/shared.ts";
import type { View } from "../blas/view.ts";
import { depthAfter } from "./long_graph.ts";
import type { MultiPrimitive } from "./multi_primitive.ts";
import type { Primitive } from "./primitive.ts";
import { hasView, TensorRecord } from "./tensor_record.ts";

/** A tensor that nothing is differentiated with respect to. */
export type Constant<D extends DType = DType> = {
  readonly tag: "constant";
  /** The element type. */
  readonly dtype: D;
  /** The lengths of the axes; `[]` for a single number. */
  readonly shape: Shape;
  /** The elements. */
  readonly view: View<D>;
  /** Whether derivatives flow to it. */
  readonly requiresGrad: false;
};

/** A leaf of the graph that `backward` gives a gradient for. */
export type Variable<D extends DType = DType> = {
  readonly tag: "variable";
  /** The element type. */
  readonly dtype: D;
  /** The lengths of the axes; `[]` for a single number. */
  readonly shape: Shape;
  /** The elements. */
  readonly view: View<D>;
  /** Whether derivatives flow to it. */
  readonly requiresGrad: true;
};

/** The result of an operation with at least one tracked operand, together with its operands. */
export type Node<D extends DType = DType> = {
  readonly tag: "node";
  /** The element type. */
  readonly dtype: D;
  /** The lengths of the axes; `[]` for a single number. */
  readonly shape: Shape;
  /** The elements. */
  readonly view: View<D>;
  /** Whether derivatives flow to it. */
  readonly requiresGrad: true;
  /** The operation's settings. */
  readonly attributes: unknown;
  /** The operands. */
  readonly inputs: readonly Tensor<D>[];
} & (OneResult | SeveralResults);

/** The additional fields of a node of an operation with one result. */
export type OneResult = {
  /** The operation. */
  readonly primitive: Primitive<unknown>;
  readonly siblings?: undefined;
};

/** The additional fields of a node of an operation with several results. */
export type SeveralResults = {
  /** The operation. */
  readonly primitive: MultiPrimitive<unknown>;
  /** All results of this application, the node itself among them. */
  readonly siblings: readonly Node[];
};

/**
 * An immutable array of numbers with, if derivatives are wanted, the record of how it was computed.
 *
 * @typeParam D The dtype; operations refuse to mix them.
 */
export type Tensor<D extends DType = DType> = Constant<D> | Variable<D> | Node<D>;

/** An operand of element-wise operations: a tensor, or a number, which takes the other operand's dtype. */
export type TensorLike<D extends DType = DType> = Tensor<D> | number;

// The class has the fields of all three kinds, and each function below fills in those of one kind: hence the casts.

/** Wraps a view that is no longer written to as a tensor that is not tracked. */
export function constantOf<D extends DType>(view: View<D>): Constant<D> {
  // TensorRecord keeps its fields private; the type of its kind is what users see.
  return new TensorRecord("constant", view, false) as unknown as Constant<D>;
}

/** Wraps a view as a new leaf: `backward` distinguishes it from every other tensor, even of the same view. */
export function variableOf<D extends DType>(view: View<D>): Variable<D> {
  // TensorRecord keeps its fields private; the type of its kind is what users see.
  return new TensorRecord("variable", view, true) as unknown as Variable<D>;
}

/** Wraps a view with the operation that computed it. */
export function nodeOf<D extends DType>(
  view: View<D>,
  primitive: Primitive<unknown>,
  attributes: unknown,
  inputs: readonly Tensor<D>[],
): Node<D> {
  return new TensorRecord(
    "node",
    view,
    true,
    primitive,
    attributes,
    Object.freeze(inputs),
    undefined,
    depthAbove(inputs),
  ) as unknown as Node<D>; // likewise
}

/** Returns the depth of a result; tensors made by hand have none, and the public type does not show it. */
function depthAbove(inputs: readonly Tensor[]): number {
  const records = inputs as readonly Partial<TensorRecord>[]; // every tensor is a TensorRecord
  let below = 0;
  for (let i = 0; i < records.length; i++) below = Math.max(below, records[i]!.depth ?? 0);
  return depthAfter(below, inputs);
}

/** Wraps the views of all results of one application. */
export function nodesOf<D extends DType>(
  views: readonly View<D>[],
  primitive: MultiPrimitive<unknown>,
  attributes: unknown,
  inputs: readonly Tensor<D>[],
): readonly Node<D>[] {
  Object.freeze(inputs);
  const depth = depthAbove(inputs), siblings: Node<D>[] = []; // each of them knows the array, which is frozen when it is complete
  for (const view of views) {
    const made = new TensorRecord("node", view, true, primitive, attributes, inputs, siblings, depth);
    siblings.push(made as unknown as Node<D>); // likewise
  }
  return Object.freeze(siblings);
}

/**
 * Tells whether a value is a tensor.
 *
 * Copies of the library in one process recognise each other's tensors, if they are of one version. A record made from a
 * tensor, `{ ...t }`, is not a tensor: getters such as `shape` are not copied.
 *
 * @throws {TypeError} If it is a tensor of another version of the library, whose graphs may be different.
 *
 * @example
 * ```ts
 * import { isTensor, tensor32 } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([isTensor(tensor32(1)), isTensor(1)], [true, false]);
 * ```
 */
export function isTensor(value: unknown): value is Tensor {
  if (value instanceof TensorRecord) return true;
  if (typeof value !== "object" || value === null) return false;
  checkVersion("tensor", value);
  return false;
}

/**
 * Tells whether a primitive can be applied to a value: to a tensor, or to a node made by hand, `{ ...node, inputs }`,
 * with which a graph with a cycle can be built. Such a node lacks fields that {@link isTensor} promises.
 */
export function isOperand(value: unknown): value is Tensor {
  return isTensor(value) || (typeof value === "object" && value !== null && hasView(value));
}

/**
 * Tells whether a value is a float32 tensor.
 *
 * @example
 * ```ts
 * import { isTensor32, tensor32, tensor64 } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([isTensor32(tensor32(1)), isTensor32(tensor64(1))], [true, false]);
 * ```
 */
export function isTensor32(value: unknown): value is Tensor<"float32"> {
  return isTensor(value) && value.dtype === "float32";
}

/**
 * Tells whether a value is a float64 tensor.
 *
 * @example
 * ```ts
 * import { isTensor64, tensor32, tensor64 } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([isTensor64(tensor32(1)), isTensor64(tensor64(1))], [false, true]);
 * ```
 */
export function isTensor64(value: unknown): value is Tensor<"float64"> {
  return isTensor(value) && value.dtype === "float64";
}

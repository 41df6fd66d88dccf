/**
 * From a recording to a program: each application of a primitive becomes one instruction.
 *
 * @module
 */
import type { ConvolutionGeometry } from "../../blas/convolution.ts";
import type { Reduction } from "../../blas/engine.ts";
import type { Instruction, Operand, Operation, Program, ValueType, ViewChange } from "../../blas/program/program.ts";
import { argument, type Scalar } from "../../blas/scalar/scalar.ts";
import { rowMajorStrides, type Shape } from "../../blas/shape.ts";
import { broadcastView, unsafeView, type View } from "../../blas/view.ts";
import type { Primitive } from "../primitive.ts";
import { type Equation, isTracedView, type Recording } from "./traced_view.ts";

/** What a primitive is to a program, where it is more than a function that runs outside. */
export type Lowering =
  /** The expression for every element; argument `k` is operand `k`, broadcast. */
  | { readonly kind: "map"; readonly expression: Scalar }
  /** The axes stay with length 1. */
  | { readonly kind: "reduce"; readonly reduction: Reduction; readonly axes: readonly number[] }
  /** The same elements, seen otherwise. */
  | { readonly kind: "view"; readonly change: ViewChange }
  /** The same elements in the result's shape. */
  | { readonly kind: "reshape" }
  /** Matrix product of the last two axes; those before broadcast. */
  | { readonly kind: "gemm" }
  | {
    readonly kind: "convolution";
    readonly form: "conv2d" | "conv2dInput" | "conv2dWeight";
    readonly geometry: ConvolutionGeometry;
  }
  /** The same numbers in another dtype. */
  | { readonly kind: "cast" };

/**
 * Makes a program of what was recorded.
 *
 * @param parameters The types of the values that each run is given.
 * @param results What it gives back: views traced, or ordinary ones, which are constants.
 */
export function programOf(recording: Recording, parameters: readonly ValueType[], results: readonly View[]): Program {
  const constants = new Map<View, number>();
  for (const view of [...recording.applications.flatMap(({ inputs }) => inputs), ...results]) {
    if (!isTracedView(view) && !constants.has(view)) constants.set(view, parameters.length + constants.size);
  }
  const first = parameters.length + constants.size;
  const numberOf = (view: View): number =>
    !isTracedView(view)
      ? constants.get(view)!
      : view.source.kind === "parameter"
      ? view.source.index
      : first + view.source.index;
  return {
    parameters,
    constants: [...constants.keys()],
    instructions: recording.applications.map((application) => instructionOf(application, numberOf)),
    results: results.map(numberOf),
  };
}

/** A value in the order in which it lies. */
const plain = (value: number, shape: Shape): Operand => ({ value, shape, stride: rowMajorStrides(shape), offset: 0 });

const NOTHING = new Float32Array(0), ELEMENT = argument(0);

/** A value seen in a shape that its own broadcasts to. */
function broadcast({ value, shape: from, stride, offset }: Operand, shape: Shape): Operand {
  const seen = broadcastView(unsafeView(NOTHING, from, stride, offset) as View, shape);
  return { value, shape, stride: [...seen.stride], offset };
}

function instructionOf(application: Equation, numberOf: (view: View) => number): Instruction {
  const { primitive, attributes, inputs, type } = application;
  const operands = inputs.map((view) => plain(numberOf(view), [...view.shape]));
  const given = primitive.lower?.(attributes);
  // To the dtype that it has already: nothing is converted.
  const lowering = given?.kind === "cast" && inputs[0]!.dtype === type.dtype ? { kind: "reshape" } as const : given;
  const operation = lowering === undefined
    ? hostOperation(application, operands)
    : operationOf(lowering, operands, type);
  return { results: [type], operation };
}

function operationOf(lowering: Lowering, operands: readonly Operand[], { shape }: ValueType): Operation {
  const [a, b] = operands as readonly [Operand, Operand];
  switch (lowering.kind) {
    case "map": {
      const loop = { shape, operands: operands.map((operand) => broadcast(operand, shape)) };
      return { kind: "map", loop: { ...loop, expressions: [lowering.expression] } };
    }
    case "reduce": {
      const { reduction, axes } = lowering;
      const loop = { shape: a.shape, operands: [a], expressions: [ELEMENT] };
      return { kind: "reduce", reduction, axes, loop };
    }
    case "gemm": {
      const batch = shape.slice(0, -2), matrix = (operand: Operand) => [...batch, ...operand.shape.slice(-2)];
      return { kind: "gemm", a: broadcast(a, matrix(a)), b: broadcast(b, matrix(b)) };
    }
    case "convolution": {
      const { stride, padding, dilation, groups } = lowering.geometry;
      const geometry = { stride, padding, dilation, groups };
      return { kind: "convolution", form: lowering.form, geometry, operands: [a, b] };
    }
    case "reshape":
      return { kind: "view", change: { kind: "reshape", shape }, operand: a };
    case "view":
      return { kind: "view", change: lowering.change, operand: a };
    case "cast":
      return { kind: "cast", operand: a };
  }
}

const identities = new WeakMap<Primitive<unknown>, number>();
let count = 0;

/** A number of the primitive's own: names may be shared. */
function identityOf(primitive: Primitive<unknown>): number {
  const known = identities.get(primitive);
  if (known !== undefined) return known;
  identities.set(primitive, ++count);
  return count;
}

function hostOperation({ primitive, attributes, type }: Equation, operands: readonly Operand[]): Operation {
  return {
    kind: "host",
    name: primitive.name,
    key: keyOf(primitive, attributes),
    operands,
    run: (inputs) => primitive.evaluate(inputs, attributes, type.shape),
  };
}

/** Equal for equal settings; none where settings are more than data. */
function keyOf(primitive: Primitive<unknown>, attributes: unknown): string | undefined {
  let data = true;
  const text = JSON.stringify(attributes, (_, part: unknown) => {
    if (typeof part === "function" || typeof part === "symbol" || typeof part === "bigint") data = false;
    if (Object.is(part, -0)) return "-0"; // JSON writes 0
    if (typeof part === "number" && !Number.isFinite(part)) return String(part);
    return typeof part === "bigint" ? 0 : part;
  });
  return data ? `${identityOf(primitive)} ${text}` : undefined;
}

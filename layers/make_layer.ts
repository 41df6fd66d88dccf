/**
 * Builds layers from their parts.
 *
 * @module
 */
import type { Either } from "../deps.ts";
import * as either from "../blas/either.ts";
import type { DType } from "../blas/dtype.ts";
import { ShapeError } from "../blas/errors.ts";
import { checkShape, sameShape, type Shape, type ShapeResult, unwrap } from "../blas/shape.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { innerShape } from "../autograd/tensor_record.ts";
import { type Activation, IDENTITY } from "./activation.ts";
import { checkInput, checkMode, checkOwnVariables } from "./check_call.ts";
import { checkKey } from "./checks.ts";
import { deepFreeze, frozenCopy } from "./config.ts";
import type { Layer, Variables } from "./layer.ts";
import { remembered } from "./made.ts";
import type { Mode } from "./mode.ts";
import { initialize, type VariableSpecs } from "./spec.ts";

/** An empty state, or empty params. */
export type NoState = readonly [];

/** The only empty state. */
export const NO_STATE: NoState = /* @__PURE__ */ Object.freeze([]);

/** The params and the state of layers that have neither. */
export const NOTHING: { readonly params: NoState; readonly state: NoState } = { params: NO_STATE, state: NO_STATE };

/** The option that layers without params have. */
export type NameOption = {
  /** The name in summaries and errors. */
  readonly name?: string | undefined;
};

/** The parts that distinguish one layer from another. */
export type LayerParts<P extends object, S extends object> =
  & Pick<Layer, "kind" | "name" | "config" | "outputShape">
  & {
    readonly inputSize?: number | null;
    readonly outputSize?: number | null;
    readonly reshapes?: true;
    readonly activation?: Activation;
    readonly specs: VariableSpecs;
    /** Returns the output before the activation, and the next state; the shape of `x` has been checked. */
    readonly compute: (variables: Variables<P, S>, x: Tensor, mode: Mode) => readonly [Tensor, S];
  };

/** Makes a layer that checks the shape of its input, computes, and applies its activation. */
export function makeLayer<P extends object, S extends object>(
  { inputSize = null, outputSize = null, activation = IDENTITY, compute, ...parts }: LayerParts<P, S>,
): Layer<P, S> {
  const { name } = parts, specs = deepFreeze(parts.specs);
  let fitting: Shape | undefined; // the last shape that was checked: most calls have the same one
  const layer = deepFreeze<Layer<P, S>>({
    ...parts,
    config: frozenCopy(parts.config),
    inputSize,
    outputSize,
    activation,
    specs,
    init: (key) => {
      checkKey(name, key);
      return initialize<P, S>(specs, key);
    },
    apply: <D extends DType>(variables: Variables<P, S>, x: Tensor<D>, mode: Mode) => {
      checkInput(name, x);
      checkOwnVariables(name, specs, variables);
      checkMode(name, mode);
      const shape = innerShape(x);
      if (fitting === undefined || !sameShape(fitting, shape)) {
        unwrap(parts.outputShape(shape));
        fitting = shape;
      }
      const [y, state] = compute(variables, x, mode);
      // Operations return the dtype of their operands, and throw if params have another.
      return [activation.forward(y) as Tensor<D>, state];
    },
    outputShape: (x) => either.chain(() => parts.outputShape(x))(tryShape(() => checkShape(name, x))),
  });
  return remembered(layer, "apply");
}

/** Returns a shape if the condition holds, otherwise the error, whose texts are made only then: every call asks. */
export function shapeIf(
  fits: boolean,
  { op, x, result, problem, remedy }: {
    readonly op: string;
    readonly x: Shape;
    readonly result: () => Shape;
    readonly problem: () => string;
    readonly remedy: () => string;
  },
): ShapeResult {
  if (fits) return either.right(result());
  return either.left(new ShapeError({ op, given: { x }, problem: problem(), remedy: remedy() }));
}

/** Returns the result of a shape rule that throws. */
export function tryShape<A>(f: () => A): Either<ShapeError, A> {
  try {
    return either.right(f());
  } catch (error) {
    if (error instanceof ShapeError) return either.left(error);
    throw error;
  }
}

/**
 * Returns the same error for the layer at `index` of a model: `Dense` becomes `Dense at "2"`, and in a model of models
 * `"1.2"`.
 */
export function atIndex(error: ShapeError, index: number): ShapeError {
  const [, name, path] = /^(.*) at "([\d.]+)"$/s.exec(error.op) ?? [];
  const op = name === undefined ? `${error.op} at "${index}"` : `${name} at "${index}.${path}"`;
  return new ShapeError({ op, given: error.given, problem: error.problem, remedy: error.remedy });
}

/** Runs a function for the layer at `index`; its shape errors say where the layer is. */
export function located<A>(index: number, f: () => A): A {
  try {
    return f();
  } catch (error) {
    throw locatedAt(index, error);
  }
}

/** Returns the error of the layer at `index`; a shape error says where the layer is. */
export const locatedAt = (index: number, error: unknown): unknown =>
  error instanceof ShapeError ? atIndex(error, index) : error;

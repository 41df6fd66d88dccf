/**
 * Calls of the functions of a layer that may not be the library's: their results are checked before they are used.
 *
 * @module
 */
import { describe } from "../blas/describe.ts";
import type { DType } from "../blas/dtype.ts";
import type { Shape, ShapeResult } from "../blas/shape.ts";
import type { Key } from "../autograd/random/key.ts";
import { isTensor, type Tensor } from "../autograd/tensor.ts";
import type { AnyLayer, Variables } from "./layer.ts";
import type { Mode } from "./mode.ts";

type AnyVariables = Variables<object, object>;

/**
 * Draws the variables of a layer.
 *
 * @throws {TypeError} If its `init` returns no variables.
 */
export function initLayer(layer: AnyLayer, key: Key): AnyVariables {
  const variables = layer.init(key);
  if (isRecord(variables) && isRecord(variables.params) && isRecord(variables.state)) return variables;
  throw wrongResult(layer, "init", variables, "{ params, state }");
}

/**
 * Applies a layer.
 *
 * @throws {TypeError} If its `apply` does not return an output and a state.
 */
export function applyLayer<D extends DType>(
  layer: AnyLayer,
  variables: AnyVariables,
  x: Tensor<D>,
  mode: Mode,
): readonly [Tensor<D>, object] {
  const result = layer.apply(variables, x, mode);
  if (Array.isArray(result) && isTensor(result[0])) return result;
  throw wrongResult(layer, "apply", result, "[output, state]");
}

/**
 * Returns the shape after a layer, or the layer's error.
 *
 * @throws {TypeError} If its shape rule returns neither.
 */
export function shapeAfter(layer: AnyLayer, x: Shape): ShapeResult {
  const result = layer.outputShape(x);
  if (isRecord(result) && (result._tag === "Left" || Array.isArray(result.right))) return result;
  throw wrongResult(layer, "outputShape", result, "Either an error or a shape, such as right([2])");
}

const isRecord = (value: unknown): boolean => typeof value === "object" && value !== null;

const wrongResult = (layer: AnyLayer, method: string, given: unknown, wanted: string): TypeError =>
  new TypeError(
    `Cannot use the layer ${layer.name}: its ${method} returned ${describe(given)}: it must return ${wanted}; ` +
      `correct that function`,
  );

/**
 * Matches gradients with parameters, or throws an error that names the path where they do not fit.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { DTypeError, formatShape } from "../../blas/errors.ts";
import { sameShape } from "../../blas/shape.ts";
import type { Gradients } from "../../autograd/backward.ts";
import { zeros } from "../../autograd/values/constructors.ts";
import { mapTensors, type ParameterTree, zipTensors } from "../../autograd/tree/parameter_tree.ts";
import { isTensor, type Tensor } from "../../autograd/tensor.ts";
import { innerShape } from "../../autograd/tensor_record.ts";
import { detached } from "../../autograd/transforms/gradient.ts";
import { entries, leaves } from "../../autograd/tree/tree.ts";

/**
 * Returns gradients in the order of the parameters, without a graph. The result of `backward` is looked up by
 * parameter; a parameter that the loss did not depend on counts as 0.
 *
 * @param name The optimizer or transform, for error messages.
 * @throws {TypeError} If the gradients are not a tree of the structure of the parameters, or differ in shape or dtype.
 */
export function gradientsFor(
  name: string,
  params: ParameterTree,
  gradients: ParameterTree | Gradients,
): readonly Tensor[] {
  const fitting = (t: Tensor, gradient: Tensor, path: string): Tensor => {
    checkGradientOf(name, t, gradient, path);
    return detached(gradient);
  };
  // It is not a map, so it is a tree.
  if (!(gradients instanceof Map)) return leaves<Tensor>(zipTensors(fitting, params, gradients as ParameterTree));
  checkAnyFound(name, params, gradients);
  return entries<Tensor>(params).map(([path, t]) =>
    fitting(t, gradients.get(t) ?? zeros<DType>(innerShape(t), { dtype: t.dtype }), path)
  );
}

const REMEDY = "pass the gradients that valueAndGradient returned for these params";

function checkGradientOf(name: string, t: Tensor, gradient: Tensor, path: string): void {
  if (!isTensor(gradient)) {
    throw new TypeError(
      `Cannot step ${name} at "${path}": found ${describe(gradient)} where the ` +
        `gradient must be a tensor; ${REMEDY}`,
    );
  }
  if (!sameShape(innerShape(t), innerShape(gradient))) {
    throw new TypeError(
      `Cannot step ${name} at "${path}": found a gradient of shape ${
        formatShape(innerShape(gradient))
      } where the parameter ` +
        `has ${formatShape(innerShape(t))}; ${REMEDY}`,
    );
  }
  if (gradient.dtype === t.dtype) return;
  throw new DTypeError({
    op: path === "" ? name : `${name} at "${path}"`,
    given: [t.dtype, gradient.dtype],
    problem: "a gradient must have the dtype of its parameter",
    remedy: `${REMEDY}, or convert it with cast`,
  });
}

/**
 * Throws if all gradients belong to other tensors, such as those of an earlier step: no parameter would ever change.
 */
function checkAnyFound(name: string, params: ParameterTree, gradients: Gradients): void {
  const tensors = leaves<Tensor>(params);
  if (tensors.length === 0 || tensors.some((t) => gradients.has(t))) return;
  throw new TypeError(
    `Cannot step ${name} with the gradients of ${gradients.size} other tensors: at least one of the ${tensors.length} ` +
      "parameters must be among them; compute the loss from state.params, not from earlier params",
  );
}

/** Throws if parameters are not tensors; `undefined` in a list is not one, as a field it counts as absent. */
export function checkParameters(name: string, params: ParameterTree): void {
  mapTensors((leaf, path) => {
    if (isTensor(leaf)) return leaf;
    throw new TypeError(
      `Cannot begin ${name} with ${leaf === null ? "null" : typeof leaf}${path === "" ? "" : ` at "${path}"`}: ` +
        "parameters must be a tree of tensors; pass the params that layer.init returned",
    );
  }, params);
}

/** Returns a tree of this structure with these leaves, in order. */
export function withLeaves<P>(tree: P, tensors: readonly Tensor[]): P {
  let next = 0;
  return mapTensors(() => tensors[next++]!, tree);
}

/**
 * The cost of applying a layer.
 *
 * @module
 */
import { BYTES_PER_ELEMENT } from "../blas/dtype.ts";
import { type Cost, costsOf } from "../blas/program/cost.ts";
import { type Shape, sizeOf } from "../blas/shape.ts";
import { programOf } from "../blas/program/passes/draft.ts";
import { AbstractValueError } from "../autograd/errors.ts";
import { dataOf, type Signature, typeOf } from "../autograd/compile/signature.ts";
import { trace } from "../autograd/compile/tracing.ts";
import { leaves, type Tree } from "../autograd/tree/tree.ts";
import type { Tensor } from "../autograd/tensor.ts";
import type { AnyLayer } from "./layer.ts";
import { applyLayer } from "./layer_calls.ts";
import { evaluate } from "./mode.ts";
import { TensorSpec } from "./spec.ts";
import { specsOf } from "./specs_of.ts";

/**
 * Returns what one run of a layer costs for an input of this shape, in evaluate mode: the additions, multiplications and
 * other functions of numbers; and the bytes of its variables, its input and its output, each of which must be read or
 * written at least once. The operations are traced: nothing is computed, and nothing is allocated.
 *
 * @returns The cost; its flops are `undefined` if the layer computes with functions outside of programs, or if an operation
 * does not know its own.
 */
export function layerCost(layer: AnyLayer, input: Shape): Cost {
  const { params, state } = specsOf(layer), own = [...leaves<TensorSpec>(params), ...leaves<TensorSpec>(state)];
  const dtype = own[0]?.dtype ?? "float32";
  const x: Signature = { kind: "tensor", dtype, shape: input, tracked: false };
  const args: Signature = { kind: "list", parts: [signatureOfSpecs(params), signatureOfSpecs(state), x] };
  const apply = (params: object, state: object, x: Tensor) => applyLayer(layer, { params, state }, x, evaluate)[0];
  try {
    const { draft, result } = trace(apply, args, false), program = programOf(draft);
    const flops = costsOf(program).reduce(
      (sum: number | undefined, cost) => sum === undefined || cost.flops === undefined ? undefined : sum + cost.flops,
      0,
    );
    const types = [...own, { dtype, shape: input }, ...dataOf(result).map(typeOf)];
    return { flops, bytes: types.reduce((sum, type) => sum + sizeOf(type.shape) * BYTES_PER_ELEMENT[type.dtype], 0) };
  } catch (error) {
    // A custom layer may read values.
    if (error instanceof AbstractValueError) return { flops: undefined, bytes: undefined };
    throw error;
  }
}

/** Returns the signature of variables of these specs. */
function signatureOfSpecs(specs: Tree<TensorSpec>): Signature {
  if (specs instanceof TensorSpec) return { kind: "tensor", dtype: specs.dtype, shape: specs.shape, tracked: false };
  const branch = specs as Readonly<Record<string, Tree<TensorSpec>>>; // not a leaf
  const names = Object.keys(branch), parts = names.map((name) => signatureOfSpecs(branch[name]!));
  return Array.isArray(specs) ? { kind: "list", parts } : { kind: "record", names, parts };
}

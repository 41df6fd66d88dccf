/**
 * Writes layers as ONNX files.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkShape, type Shape } from "../../blas/shape.ts";
import { zeros } from "../../autograd/values/constructors.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { leaves, type Tree } from "../../autograd/tree/tree.ts";
import { checkVariables } from "../check_call.ts";
import { type AnyLayer, checkLayer, type Layer, type Variables } from "../layer.ts";
import { evaluate } from "../mode.ts";
import { encodeOnnx, type EncodeOnnxOptions } from "./encode.ts";

/**
 * Writes a layer, such as a trained model, as an ONNX graph with one input, `input`, and one output, `output`, as it predicts:
 * in evaluate mode.
 *
 * @param layer Any layer or model.
 * @param variables Its variables, which become the initializers of the graph.
 * @param inputShape The shape of an input, the batch axis included.
 * @param options Those of {@link encodeOnnx}.
 * @returns The bytes of the file.
 * @throws {OnnxError} If an operation has no form in ONNX, or depends on the length of an open axis.
 *
 * @example
 * ```ts
 * import { decodeOnnx, encodeOnnxLayer } from "@nanograd/nanograd/onnx";
 * import { activations, denseLayer, forward, key, ones, sequential, toList } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const layer = sequential([denseLayer(2, 8, { activation: activations.tanh }), denseLayer(8, 1)]), variables = layer.init(key(0));
 * const bytes = encodeOnnxLayer(layer, variables, [1, 2], { dynamicBatch: true });
 * const model = decodeOnnx(bytes);
 * assert(model._tag === "Right");
 * assertEquals(model.right.inputs, [{ name: "input", dtype: "float32", shape: ["batch", 2] }]);
 * assertEquals(toList(model.right.apply(model.right, { input: ones([3, 2]) })[0].output!), toList(forward(layer, variables, ones([3, 2]))));
 * ```
 */
export function encodeOnnxLayer<P extends object, S extends object>(
  layer: Layer<P, S>,
  variables: Variables<NoInfer<P>, NoInfer<S>>,
  inputShape: Shape,
  options: EncodeOnnxOptions = {},
): Uint8Array<ArrayBuffer> {
  checkOptions("encode ONNX", options, { names: true, opset: true, dynamicBatch: "flag" });
  checkLayer("encode ONNX", layer);
  checkShape("encodeOnnxLayer", inputShape);
  checkVariables("encodeOnnxLayer", variables);
  const { params, state } = variables, own: AnyLayer = layer;
  const tensors = leaves<Tensor>(variables as unknown as Tree<Tensor>), dtype: DType = tensors[0]?.dtype ?? "float32"; // trees of tensors
  const isStateless = leaves<Tensor>(state as unknown as Tree<Tensor>).length === 0; // as above
  const names = { inputs: ["input"], outputs: ["output"], ...options.names };
  const x = zeros(inputShape, { dtype });
  // Without a state, names are those of the params alone: "0.weight" in place of "params.0.weight".
  return isStateless
    // The layer is `AnyLayer` here, whose params are any object.
    ? encodeOnnx((p: object, x: Tensor) => own.apply({ params: p, state }, x, evaluate)[0], params as object, x, {
      ...options,
      names,
    })
    : encodeOnnx(
      (v: Variables<object, object>, x: Tensor) => own.apply(v, x, evaluate)[0],
      { params, state } as Variables<object, object>, // of this very layer
      x,
      { ...options, names },
    );
}

/**
 * Microsoft's onnxruntime, which runs ONNX files in WebAssembly.
 *
 * @module
 */
import { env, InferenceSession, Tensor as RuntimeTensor } from "onnxruntime-web";
import { type Tensor, tensorData } from "../mod.ts";

/**
 * Runs a file with one input and one output.
 *
 * @returns The elements of the output.
 */
export async function runOnnx(file: Uint8Array, x: Tensor<"float32">): Promise<Float32Array> {
  env.wasm.numThreads = 1;
  const session = await InferenceSession.create(file), [input] = session.inputNames, [output] = session.outputNames;
  const given = new RuntimeTensor("float32", Float32Array.from(tensorData(x)), [...x.shape]);
  const results = await session.run({ [input!]: given });
  return results[output!]!.data as Float32Array; // the output of a network of float32
}

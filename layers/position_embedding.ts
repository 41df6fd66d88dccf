/**
 * Learned positions.
 *
 * @module
 */
import type { DType } from "../blas/dtype.ts";
import { checkOptions } from "../blas/options.ts";
import { resolveDType } from "../autograd/values/dtype_option.ts";
import { add, slice } from "../autograd/ops/mod.ts";
import { checkName, checkSize, initializerConfig } from "./checks.ts";
import { EMBEDDING_OPTIONS, type EmbeddingOptions, type EmbeddingParams } from "./embedding.ts";
import { checkInitializer, normalOf } from "./initializers.ts";
import type { Layer } from "./layer.ts";
import { makeLayer, NO_STATE, type NoState, shapeIf } from "./make_layer.ts";
import { TensorSpec } from "./spec.ts";

/** GPT-2's initial values of positions: small compared with the embeddings to which they are added. */
const USUAL = /* @__PURE__ */ normalOf(0.02);

/**
 * Makes a layer that adds to every element of a sequence a vector learned for its position. Without it, attention does
 * not know the order of the elements.
 *
 * @param length The longest sequence that it takes; shorter ones get the first vectors.
 * @param features The length of the last axis of `x`, which is `[length, features]` or `[..., length, features]`.
 * @param options `dtype`, float32 if left out; `name`, `"PositionEmbedding"`; `initializer`,
 * `initializers.normal(0.02)`.
 * @returns A layer that keeps the shape of its input; its weight is `[length, features]`.
 * @throws {RangeError} If a size is not a whole number above 0.
 * @throws {TypeError} If an option does not exist or has a wrong type.
 * @throws {DTypeError} If the dtype does not exist.
 * @see Radford et al., Language Models are Unsupervised Multitask Learners, 2019.
 *
 * @example Equal elements at different positions become different
 * ```ts
 * import { forward, initializers, key, positionEmbedding, toArray, zeros } from "@nanograd/nanograd";
 * import { assertEquals, assertNotEquals } from "@std/assert";
 *
 * const layer = positionEmbedding(16, 2), y = forward(layer, layer.init(key(0)), zeros([5, 3, 2]));
 * assertEquals(y.shape, [5, 3, 2]);
 * const [first, second] = toArray(y) as number[][][];
 * assertEquals(first, second);
 * assertNotEquals(first![0], first![1]);
 * ```
 */
export function positionEmbedding<D extends DType = "float32">(
  length: number,
  features: number,
  options: EmbeddingOptions<D> = {},
): Layer<EmbeddingParams<D>, NoState> {
  checkOptions<EmbeddingOptions>("build positionEmbedding", options, EMBEDDING_OPTIONS);
  const { dtype = "float32", name = "PositionEmbedding", initializer = USUAL }: EmbeddingOptions = options;
  checkName("build positionEmbedding", name);
  const action = `build ${name}`;
  checkSize(action, "length", length);
  checkSize(action, "features", features);
  checkInitializer(action, initializer);
  resolveDType(name, dtype);
  const layer = makeLayer<EmbeddingParams, NoState>({
    kind: "positionEmbedding",
    name,
    inputSize: features,
    outputSize: features,
    config: { length, features, dtype, ...initializerConfig(initializer, USUAL) },
    specs: { params: { weight: new TensorSpec([length, features], dtype, initializer) }, state: NO_STATE },
    outputShape: (x) =>
      shapeIf(x.length >= 2 && x.at(-1) === features && x.at(-2)! <= length, {
        op: name,
        x,
        result: () => x,
        problem: () => `x must be [length, ${features}] with a length of at most ${length}, or with batch axes before`,
        remedy: () => "pass a shorter sequence, or build the layer for its length and features",
      }),
    compute: ({ params: { weight }, state }, x) => [add(x, slice(weight, 0, x.shape.at(-2)!)), state],
  });
  return layer as Layer<EmbeddingParams<D>, NoState>; // the specs say the dtype
}

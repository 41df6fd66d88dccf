/**
 * The embedding layer.
 *
 * @module
 */
import * as either from "../blas/either.ts";
import type { DType } from "../blas/dtype.ts";
import { checkOptions, type OptionNames } from "../blas/options.ts";
import { resolveDType } from "../autograd/values/dtype_option.ts";
import { checkedIndices } from "../autograd/values/indices.ts";
import { take } from "../autograd/ops/mod.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { checkName, checkSize, initializerConfig } from "./checks.ts";
import { checkInitializer, type Initializer, normalOf } from "./initializers.ts";
import type { Layer } from "./layer.ts";
import { makeLayer, NO_STATE, type NoState } from "./make_layer.ts";
import { TensorSpec } from "./spec.ts";

/** The params of an embedding. */
export type EmbeddingParams<D extends DType = DType> = {
  /** `[count, features]` */
  readonly weight: Tensor<D>;
};

/** The options of {@link embedding} and {@link positionEmbedding}. */
export type EmbeddingOptions<D extends DType = DType> = {
  /** The dtype of the params, and of the result, float32 if left out. */
  readonly dtype?: D | undefined;
  /** `"Embedding"` or `"PositionEmbedding"` if left out. */
  readonly name?: string | undefined;
  /**
   * The initial values of the table: `initializers.normal(1)` for words, `initializers.normal(0.02)` for positions if
   * left out.
   */
  readonly initializer?: Initializer | undefined;
};

/** The names of those options. */
export const EMBEDDING_OPTIONS: OptionNames<EmbeddingOptions> = { dtype: true, name: true, initializer: true };

const USUAL = /* @__PURE__ */ normalOf(1);

/**
 * Makes a table of vectors that are looked up by number: words, characters, categories.
 *
 * @param count The number of vectors.
 * @param features The length of each.
 * @param options See {@link EmbeddingOptions}.
 * @returns A layer from whole numbers in `[0, count)`, of any shape, to that shape with an axis of length `features`
 * added. It throws a `RangeError` for other numbers.
 * @throws {RangeError} If a size is not a whole number above 0.
 * @throws {TypeError} If an option does not exist or has a wrong type.
 * @throws {DTypeError} If the dtype does not exist.
 *
 * @example
 * ```ts
 * import { constant, embedding, forward, key } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = embedding(26, 8);
 * assertEquals(forward(layer, layer.init(key(0)), constant([[0, 25, 3]])).shape, [1, 3, 8]);
 * ```
 */
export function embedding<D extends DType = "float32">(
  count: number,
  features: number,
  options: EmbeddingOptions<D> = {},
): Layer<EmbeddingParams<D>, NoState> {
  checkOptions<EmbeddingOptions>("build embedding", options, EMBEDDING_OPTIONS);
  const { dtype = "float32", name = "Embedding", initializer = USUAL }: EmbeddingOptions = options;
  checkName("build embedding", name);
  const action = `build ${name}`;
  checkSize(action, "count", count);
  checkSize(action, "features", features);
  checkInitializer(action, initializer);
  resolveDType(name, dtype);
  const layer = makeLayer<EmbeddingParams, NoState>({
    kind: "embedding",
    name,
    outputSize: features,
    reshapes: true,
    config: { count, features, dtype, ...initializerConfig(initializer, USUAL) },
    specs: { params: { weight: new TensorSpec([count, features], dtype, initializer) }, state: NO_STATE },
    outputShape: (x) => either.right([...x, features]),
    compute: ({ params: { weight }, state }, x) => {
      return [take(weight, checkedIndices(name, x, count)), state]; // take would count negative numbers from the end
    },
  });
  return layer as Layer<EmbeddingParams<D>, NoState>; // the specs say the dtype
}

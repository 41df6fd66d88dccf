/**
 * Multi-head self-attention.
 *
 * @module
 */
import type { DType } from "../blas/dtype.ts";
import { checkOptions, type OptionNames } from "../blas/options.ts";
import { resolveDType } from "../autograd/values/dtype_option.ts";
import { add, matmul, reshape, scaledDotProductAttention, transpose } from "../autograd/ops/mod.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { checkFlag, checkName, checkSize } from "./checks.ts";
import type { DenseParams } from "./dense.ts";
import { GLOROT_UNIFORM } from "./initializers.ts";
import { isOfKind, type Layer } from "./layer.ts";
import { makeLayer, NO_STATE, type NoState, shapeIf } from "./make_layer.ts";
import { TensorSpec } from "./spec.ts";

/** The params of an attention layer: four dense maps, with weights `[features, features]` and biases `[features]`. */
export type AttentionParams<D extends DType = DType, B extends boolean = boolean> = {
  /** From inputs to queries, the heads side by side. */
  readonly query: DenseParams<D, B>;
  /** From inputs to keys. */
  readonly key: DenseParams<D, B>;
  /** From inputs to values. */
  readonly value: DenseParams<D, B>;
  /** From the heads' results to the output. */
  readonly output: DenseParams<D, B>;
};

/** The options of {@link multiHeadAttention}. */
export type MultiHeadAttentionOptions<D extends DType = DType, B extends boolean = boolean> = {
  /** Whether position `i` sees only positions `0` to `i`; false if left out. */
  readonly causal?: boolean | undefined;
  /** Whether the four maps have biases; true if left out. */
  readonly bias?: B | undefined;
  /** The dtype of the params, float32 if left out. */
  readonly dtype?: D | undefined;
  /** `"MultiHeadAttention"` if left out. */
  readonly name?: string | undefined;
};

const OPTIONS: OptionNames<MultiHeadAttentionOptions> = { causal: true, bias: true, dtype: true, name: true };

/**
 * Makes a layer in which every position of a sequence attends to all positions or, with `causal`, to those up to its
 * own.
 *
 * Weights start Glorot-uniform, biases at zero.
 *
 * @param features The length of the last axis of `x`, which is `[length, features]` or `[..., length, features]`.
 * @param heads The number of attention heads, each on `features / heads` features.
 * @param options See {@link MultiHeadAttentionOptions}.
 * @throws {RangeError} If a number is not a whole number above 0, or heads do not divide features.
 * @throws {TypeError} If an option does not exist or has a wrong type.
 * @throws {DTypeError} If the dtype does not exist.
 * @see Vaswani et al., Attention Is All You Need, 2017, section 3.2.2.
 *
 * @example
 * ```ts
 * import { forward, key, multiHeadAttention, zeros } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = multiHeadAttention(64, 4, { causal: true });
 * assertEquals(forward(layer, layer.init(key(0)), zeros([2, 10, 64])).shape, [2, 10, 64]);
 * ```
 */
export function multiHeadAttention<D extends DType = "float32", B extends boolean = true>(
  features: number,
  heads: number,
  options: MultiHeadAttentionOptions<D, B> = {},
): Layer<AttentionParams<D, B>, NoState> {
  checkOptions<MultiHeadAttentionOptions>("build multiHeadAttention", options, OPTIONS);
  const { causal = false, bias = true, dtype = "float32", name = "MultiHeadAttention" }: MultiHeadAttentionOptions =
    options;
  checkName("build multiHeadAttention", name);
  const action = `build ${name}`;
  checkFlag(action, "causal", causal);
  checkFlag(action, "bias", bias);
  checkSize(action, "features", features);
  checkSize(action, "heads", heads);
  resolveDType(name, dtype);
  if (features % heads !== 0) {
    throw new RangeError(
      `Cannot ${action} with ${heads} heads of ${features} features: heads must divide features; correct either`,
    );
  }
  const map = () => {
    const weight = new TensorSpec([features, features], dtype, GLOROT_UNIFORM);
    return bias ? { weight, bias: new TensorSpec([features], dtype) } : { weight };
  };
  const layer = makeLayer<AttentionParams, NoState>({
    kind: "multiHeadAttention",
    name,
    inputSize: features,
    outputSize: features,
    config: { features, heads, causal, bias, dtype },
    specs: { params: { query: map(), key: map(), value: map(), output: map() }, state: NO_STATE },
    outputShape: (x) =>
      shapeIf(x.length >= 2 && x.at(-1) === features, {
        op: name,
        x,
        result: () => x,
        problem: () => `x must be [length, ${features}], or with batch axes before`,
        remedy: () => "reshape x, or build the layer for its features",
      }),
    compute: ({ params: { query, key, value, output }, state }, x) => {
      // One result for each of the three.
      const [q, k, v] = [query, key, value].map((params) => splitHeads(dense(x, params), heads)) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      return [dense(joinHeads(scaledDotProductAttention(q, k, v, { causal }), x), output), state];
    },
  });
  return layer as Layer<AttentionParams<D, B>, NoState>; // the specs say the dtype and whether there are biases
}

function dense(x: Tensor, { weight, bias }: DenseParams): Tensor {
  const product = matmul(x, transpose(weight));
  return bias === undefined ? product : add(product, bias);
}

/** Returns the order of axes with the second and third from the end exchanged. */
const exchanged = (rank: number): readonly number[] => [...Array(rank - 3).keys(), rank - 2, rank - 3, rank - 1];

/** Splits `[..., length, features]` into `[..., heads, length, features / heads]`. */
function splitHeads(x: Tensor, heads: number): Tensor {
  const features = x.shape.at(-1)!;
  const parts = reshape(x, [...x.shape.slice(0, -1), heads, features / heads]);
  return transpose(parts, exchanged(parts.shape.length));
}

/** Joins `[..., heads, length, features / heads]` to the shape of `x`. */
function joinHeads(parts: Tensor, x: Tensor): Tensor {
  return reshape(transpose(parts, exchanged(parts.shape.length)), x.shape);
}

/**
 * Tells whether a value is a multi-head attention.
 *
 * @example
 * ```ts
 * import { denseLayer, isMultiHeadAttention, multiHeadAttention } from "@nanograd/nanograd";
 * import { assert } from "@std/assert";
 *
 * assert(isMultiHeadAttention(multiHeadAttention(8, 2)) && !isMultiHeadAttention(denseLayer(8, 2)));
 * ```
 */
export function isMultiHeadAttention(value: unknown): value is Layer<AttentionParams, NoState> {
  return isOfKind(value, "multiHeadAttention");
}

/**
 * The usual recurrent layers, stacked any number of times.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { describe } from "../../blas/describe.ts";
import { checkOptions, type OptionNames } from "../../blas/options.ts";
import { checkFlag, checkName, checkSize } from "../checks.ts";
import type { CellParams } from "./cell.ts";
import { CELLS } from "./cells.ts";
import { type AnyCell, type DirectionParams, type RecurrentLayer, recurrentLayer } from "./recurrent.ts";

/** The options of {@link rnnLayer}, {@link lstmLayer} and {@link gruLayer}. */
export type RecurrentLayerOptions<D extends DType = DType> = {
  /** The number of stacked layers; 1 if left out. */
  readonly layers?: number | undefined;
  /** The share of each layer's outputs that is dropped before the next one, in training; 0 if left out. */
  readonly dropout?: number | undefined;
  /** Whether cells run from both ends; outputs are joined. False if left out. */
  readonly bidirectional?: boolean | undefined;
  /** Whether the outputs of all steps are returned, and not only the last one; true if left out. */
  readonly returnSequences?: boolean | undefined;
  /** Whether there are biases; true if left out. */
  readonly bias?: boolean | undefined;
  /** The dtype of the params, float32 if left out. */
  readonly dtype?: D | undefined;
  /** `"Rnn"`, `"Lstm"` or `"Gru"` if left out. */
  readonly name?: string | undefined;
};

const OPTIONS: OptionNames<RecurrentLayerOptions> = {
  layers: true,
  dropout: true,
  bidirectional: true,
  returnSequences: true,
  bias: true,
  dtype: true,
  name: true,
};

/** The params of stacked layers, those of the first one first. */
export type StackedParams<D extends DType = DType> = readonly DirectionParams<CellParams<D>>[];

/**
 * Makes stacked layers of {@link rnnCell}, over `[time, features]` or `[batch, time, features]`.
 *
 * @param inputSize The number of features.
 * @param hiddenSize The length of the last axis of the result; twice that if `bidirectional`.
 * @param options See {@link RecurrentLayerOptions}.
 * @throws {RangeError} If a size is not a whole number above 0, or dropout is not in `[0, 1)`.
 *
 * @example
 * ```ts
 * import { evaluate, key, rnnLayer, zeros } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = rnnLayer(3, 5, { layers: 2, returnSequences: false });
 * assertEquals(layer.apply(layer.init(key(0)), zeros([2, 7, 3]), evaluate)[0].shape, [2, 5]);
 * ```
 */
export function rnnLayer<D extends DType = "float32">(
  inputSize: number,
  hiddenSize: number,
  options: RecurrentLayerOptions<D> = {},
): RecurrentLayer<StackedParams<D>> {
  return stacked("rnn", "Rnn", inputSize, hiddenSize, options) as RecurrentLayer<StackedParams<D>>; // the specs say so
}

/**
 * Makes stacked layers of {@link lstmCell}, over `[time, features]` or `[batch, time, features]`.
 *
 * PyTorch's `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0` and `bias_hh_l0` are `params[0].weightInput`, `weightHidden`,
 * `biasInput` and `biasHidden`. In a bidirectional layer, they are in `params[0].forward`, and those that end in
 * `_reverse` are in `params[0].backward`.
 *
 * @param inputSize The number of features.
 * @param hiddenSize The length of the last axis of the result; twice that if `bidirectional`.
 * @param options See {@link RecurrentLayerOptions}.
 * @throws {RangeError} If a size is not a whole number above 0, or dropout is not in `[0, 1)`.
 *
 * @example
 * ```ts
 * import { evaluate, key, lstmLayer, zeros } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = lstmLayer(3, 5), variables = layer.init(key(0));
 * assertEquals(layer.apply(variables, { x: zeros([2, 7, 3]), lengths: [7, 4] }, evaluate)[0].shape, [2, 7, 5]);
 * ```
 */
export function lstmLayer<D extends DType = "float32">(
  inputSize: number,
  hiddenSize: number,
  options: RecurrentLayerOptions<D> = {},
): RecurrentLayer<StackedParams<D>> {
  return stacked("lstm", "Lstm", inputSize, hiddenSize, options) as RecurrentLayer<StackedParams<D>>; // likewise
}

/**
 * Makes stacked layers of {@link gruCell}, over `[time, features]` or `[batch, time, features]`.
 *
 * @param inputSize The number of features.
 * @param hiddenSize The length of the last axis of the result; twice that if `bidirectional`.
 * @param options See {@link RecurrentLayerOptions}.
 * @throws {RangeError} If a size is not a whole number above 0, or dropout is not in `[0, 1)`.
 *
 * @example
 * ```ts
 * import { evaluate, gruLayer, key, zeros } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = gruLayer(3, 5, { bidirectional: true });
 * assertEquals(layer.apply(layer.init(key(0)), zeros([7, 3]), evaluate)[0].shape, [7, 10]);
 * ```
 */
export function gruLayer<D extends DType = "float32">(
  inputSize: number,
  hiddenSize: number,
  options: RecurrentLayerOptions<D> = {},
): RecurrentLayer<StackedParams<D>> {
  return stacked("gru", "Gru", inputSize, hiddenSize, options) as RecurrentLayer<StackedParams<D>>; // likewise
}

/** The most stacked layers: each has its own params. */
const MOST_LAYERS = 10_000;

function stacked(
  kind: keyof typeof CELLS,
  usualName: string,
  inputSize: number,
  hiddenSize: number,
  options: RecurrentLayerOptions,
): RecurrentLayer<readonly object[]> {
  checkOptions<RecurrentLayerOptions>(`build ${kind}Layer`, options, OPTIONS);
  const { layers = 1, dropout = 0, bidirectional = false, returnSequences = true, bias = true, dtype = "float32" } =
    options;
  const { name = usualName } = options;
  checkName(`build ${kind}Layer`, name);
  const action = `build ${name}`;
  checkSize(action, "inputSize", inputSize);
  checkSize(action, "hiddenSize", hiddenSize);
  checkSize(action, "layers", layers);
  if (layers > MOST_LAYERS) {
    throw new RangeError(`Cannot ${action} with layers ${layers}: there may be ${MOST_LAYERS} at most; stack fewer`);
  }
  checkFlag(action, "bidirectional", bidirectional);
  checkFlag(action, "returnSequences", returnSequences);
  if (!(typeof dropout === "number" && dropout >= 0 && dropout < 1)) {
    throw new RangeError(`Cannot ${action} with dropout ${describe(dropout)}: it must be in [0, 1); 0.5 drops half`);
  }
  const width = hiddenSize * (bidirectional ? 2 : 1);
  const cells = Array.from({ length: layers }, (_, k): AnyCell => {
    return CELLS[kind](k === 0 ? inputSize : width, hiddenSize, { bias, dtype });
  });
  const config = { inputSize, hiddenSize, layers, dropout, bidirectional, returnSequences, bias, dtype };
  return recurrentLayer({ kind, name, cells, config, reverse: false, bidirectional, returnSequences, dropout });
}

/**
 * The maker of each kind of layer, called with the settings that JSON has for it.
 *
 * @module
 */
import { isDType } from "../blas/dtype.ts";
import type { Activation } from "./activation.ts";
import { activationLayer } from "./activation_layer.ts";
import { batchNorm1d, batchNorm2d } from "./batch_norm.ts";
import { conv1dLayer } from "./conv1d.ts";
import { conv2dLayer } from "./conv2d.ts";
import { convTranspose2dLayer } from "./conv_transpose2d.ts";
import { denseLayer } from "./dense.ts";
import { dropout } from "./dropout.ts";
import { embedding } from "./embedding.ts";
import { flattenLayer } from "./flatten.ts";
import type { Initializer } from "./initializers.ts";
import { instanceNormLayer } from "./instance_norm.ts";
import type { Layer } from "./layer.ts";
import { lora } from "./lora.ts";
import { multiHeadAttention } from "./multi_head_attention.ts";
import { groupNormLayer, layerNormLayer, rmsNormLayer } from "./normalization.ts";
import { avgPool2dLayer, globalAvgPool2dLayer, maxPool2dLayer } from "./pooling.ts";
import { positionEmbedding } from "./position_embedding.ts";
import { preluLayer } from "./prelu.ts";
import { RECURRENT_BUILDERS } from "./recurrent/from_config.ts";
import { residual } from "./residual.ts";
import { sequential } from "./sequential.ts";
import { upsampleLayer, type UpsampleOptions } from "./upsample.ts";

/** The arguments of a builder: name, activation, settings and layers inside, checked while they are read. */
export type Reader = {
  readonly name: string;
  readonly activation: Activation;
  readonly layers: readonly Layer[];
  readonly read: <A>(field: string, is: (value: unknown) => value is A, wanted: string) => A;
  readonly initializer: () => { readonly initializer?: Initializer | undefined };
};

const isNumber = (value: unknown): value is number => typeof value === "number";
const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";
const isNumbers = (value: unknown): value is readonly number[] => Array.isArray(value) && value.every(isNumber);
const isPair = (value: unknown): value is number | readonly [number, number] =>
  isNumber(value) || (isNumbers(value) && value.length === 2);
const isPadding = (value: unknown): value is number | readonly [number, number, number, number] =>
  isNumber(value) || (isNumbers(value) && (value.length === 2 || value.length === 4));
const isMode = (value: unknown): value is UpsampleOptions["mode"] =>
  value === undefined || value === "nearest" || value === "linear" || value === "cubic";
const isAxes = (value: unknown): value is number | readonly number[] => isNumber(value) || isNumbers(value);

const number = ({ read }: Reader, field: string): number => read(field, isNumber, "a number");
const flag = ({ read }: Reader, field: string): boolean => read(field, isBoolean, "true or false");
const pair = ({ read }: Reader, field: string) => read(field, isPair, "a number or two");
const padding = ({ read }: Reader) => read("padding", isPadding, "a number, two or four");
const dtype = ({ read }: Reader) => read("dtype", isDType, "float32 or float64");

/** Returns the settings that normalizations have in common. */
const normalization = (r: Reader) => ({ epsilon: number(r, "epsilon"), dtype: dtype(r), name: r.name });

const batchNormOptions = (r: Reader) => ({ ...normalization(r), momentum: number(r, "momentum") });

const pooling = (r: Reader) => ({
  stride: pair(r, "stride"),
  padding: padding(r),
  ceilMode: flag(r, "ceilMode"),
  name: r.name,
});

/** Returns the settings that convolutions have in common. */
const convolution = (r: Reader) => ({
  groups: number(r, "groups"),
  activation: r.activation,
  dtype: dtype(r),
  bias: flag(r, "bias"),
  name: r.name,
  ...r.initializer(),
});

/** The builder for each kind of layer. */
export const BUILDERS: Readonly<Record<string, (reader: Reader) => Layer>> = /* @__PURE__ */ (() => ({
  dense: (r) =>
    denseLayer(number(r, "inputSize"), number(r, "outputSize"), {
      activation: r.activation,
      dtype: dtype(r),
      bias: flag(r, "bias"),
      name: r.name,
      ...r.initializer(),
    }),
  conv2d: (r) =>
    conv2dLayer(number(r, "inChannels"), number(r, "outChannels"), pair(r, "kernelSize"), {
      ...convolution(r),
      stride: pair(r, "stride"),
      padding: padding(r),
      dilation: pair(r, "dilation"),
    }),
  batchNorm2d: (r) => batchNorm2d(number(r, "numFeatures"), batchNormOptions(r)),
  batchNorm1d: (r) => batchNorm1d(number(r, "numFeatures"), batchNormOptions(r)),
  dropout: (r) => dropout(number(r, "rate"), { name: r.name }),
  layerNorm: (r) => layerNormLayer(r.read("normalizedShape", isAxes, "a number or a list"), normalization(r)),
  rmsNorm: (r) => rmsNormLayer(number(r, "features"), normalization(r)),
  groupNorm: (r) => groupNormLayer(number(r, "groups"), number(r, "channels"), normalization(r)),
  embedding: (r) =>
    embedding(number(r, "count"), number(r, "features"), { dtype: dtype(r), name: r.name, ...r.initializer() }),
  positionEmbedding: (r) =>
    positionEmbedding(number(r, "length"), number(r, "features"), {
      dtype: dtype(r),
      name: r.name,
      ...r.initializer(),
    }),
  conv1d: (r) =>
    conv1dLayer(number(r, "inChannels"), number(r, "outChannels"), number(r, "kernelSize"), {
      ...convolution(r),
      stride: number(r, "stride"),
      padding: r.read("padding", isPair, "a number or two"),
      dilation: number(r, "dilation"),
    }),
  convTranspose2d: (r) =>
    convTranspose2dLayer(number(r, "inChannels"), number(r, "outChannels"), pair(r, "kernelSize"), {
      ...convolution(r),
      stride: pair(r, "stride"),
      padding: padding(r),
      dilation: pair(r, "dilation"),
      outputPadding: pair(r, "outputPadding"),
    }),
  instanceNorm: (r) => instanceNormLayer(number(r, "channels"), normalization(r)),
  prelu: (r) => preluLayer(number(r, "channels"), { initial: number(r, "initial"), dtype: dtype(r), name: r.name }),
  upsample: (r) => {
    const mode = r.read("mode", isMode, "nearest, linear or cubic"); // files of versions that knew nearest alone lack it
    if (mode === undefined) return upsampleLayer(pair(r, "scale"), { name: r.name });
    return upsampleLayer(pair(r, "scale"), { mode, alignCorners: flag(r, "alignCorners"), name: r.name });
  },
  lora: (r) => {
    const [inner, ...more] = r.layers;
    if (inner === undefined || more.length > 0) throw new TypeError("a lora has one layer inside");
    return lora(inner, { rank: number(r, "rank"), alpha: number(r, "alpha"), name: r.name });
  },
  flatten: (r) => flattenLayer({ axes: number(r, "axes"), name: r.name }),
  maxPool2d: (r) => maxPool2dLayer(pair(r, "size"), pooling(r)),
  avgPool2d: (r) => avgPool2dLayer(pair(r, "size"), { ...pooling(r), countIncludePad: flag(r, "countIncludePad") }),
  globalAvgPool2d: (r) => globalAvgPool2dLayer({ name: r.name }),
  activation: (r) => activationLayer(r.activation, { name: r.name }),
  multiHeadAttention: (r) =>
    multiHeadAttention(number(r, "features"), number(r, "heads"), {
      causal: flag(r, "causal"),
      bias: flag(r, "bias"),
      dtype: dtype(r),
      name: r.name,
    }),
  ...RECURRENT_BUILDERS,
  sequential: (r) => sequential(r.layers, { name: r.name }),
  residual: (r) => {
    const [inner, shortcut, ...more] = r.layers, options = { name: r.name, activation: r.activation };
    if (inner === undefined || more.length > 0) throw new TypeError("a residual has one layer inside, or two");
    return shortcut === undefined ? residual(inner, options) : residual(inner, { ...options, shortcut });
  },
}))();

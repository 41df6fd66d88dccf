/**
 * The part that all convolutional layers share.
 *
 * @module
 */
import type { DType } from "../blas/dtype.ts";
import { checkOptions, type OptionNames } from "../blas/options.ts";
import type { Shape, ShapeResult } from "../blas/shape.ts";
import { type ConvolutionCall, expandSetting, type WindowSettings } from "../autograd/ops/convolution_shape.ts";
import { resolveDType } from "../autograd/values/dtype_option.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { type Activation, checkActivation, IDENTITY } from "./activation.ts";
import type { Bias } from "./bias.ts";
import { checkFlag, checkName, checkSize, initializerConfig } from "./checks.ts";
import { type ConfigValue, frozenCopy } from "./config.ts";
import { checkGroups, checkSettings, fanInBias } from "./convolution_checks.ts";
import { checkInitializer, type Initializer } from "./initializers.ts";
import type { Layer } from "./layer.ts";
import { makeLayer, NO_STATE, type NoState } from "./make_layer.ts";
import { TensorSpec } from "./spec.ts";

/** The options of every convolutional layer besides the settings of its operation. */
export type ConvolutionLayerOptions<D extends DType = DType, B extends boolean = boolean> = {
  /** Applied to the output. Default: `activations.identity`. */
  readonly activation?: Activation | undefined;
  /** The dtype of the params. Default: float32. */
  readonly dtype?: D | undefined;
  /** The name of the layer. Default: that of its operation. */
  readonly name?: string | undefined;
  /** Whether there is a bias. Default: true. */
  readonly bias?: B | undefined;
  /** The initial values of the weight. */
  readonly initializer?: Initializer | undefined;
};

/** The settings of an operation, all of them. */
type Settings = WindowSettings & { readonly groups: number; readonly outputPadding?: number | readonly number[] };

/** Settings of which some are left out. */
type Loose<S> = { readonly [K in keyof S]?: S[K] | undefined };

/** The params of a convolutional layer. */
export type ConvolutionParams<D extends DType = DType, B extends boolean = boolean> = Bias<D, B> & {
  readonly weight: Tensor<D>;
};

/** How convolutional layers differ. */
export type ConvolutionForm<S extends Settings> = {
  readonly kind: string;
  /** The function that makes the layer, and the name that the layer has by default. */
  readonly maker: string;
  readonly name: string;
  readonly axes: 1 | 2;
  /** The settings that apply where options omit them. */
  readonly settings: S;
  /** The initializer of the weight, if the options have none. */
  readonly initializer: Initializer;
  /**
   * Whether the bias has the default initializer of the weight if the weight has it; otherwise the bias starts at 0.
   */
  readonly fanInBias: boolean;
  /** The first two axes of the weight. */
  readonly channels: (inChannels: number, outChannels: number, groups: number) => readonly [number, number];
  /** Checks settings further; optional. */
  readonly check?: ((action: string, settings: S) => void) | undefined;
  readonly outputShape: (call: ConvolutionCall & { readonly settings: S }) => ShapeResult;
  readonly convolve: <D extends DType>(
    x: Tensor<D>,
    weight: Tensor<D>,
    bias: Tensor<D> | null,
    settings: S,
  ) => Tensor<D>;
};

/** Makes a convolutional layer. */
export function convolutionLayer<S extends Settings>(
  form: ConvolutionForm<S>,
  inChannels: number,
  outChannels: number,
  kernelSize: number | readonly number[],
  options: Loose<S> & ConvolutionLayerOptions,
): Layer<ConvolutionParams, NoState> {
  const { kind, maker, axes, convolve, outputShape } = form;
  checkOptions<Loose<S> & ConvolutionLayerOptions>(`build ${maker}`, options, optionNames(form));
  const { activation = IDENTITY, dtype = "float32", name = form.name, bias = true } = options;
  const { initializer = form.initializer } = options, given = settingsOf(form, options);
  checkName(`build ${maker}`, name);
  const action = `build ${name}`;
  checkFlag(action, "bias", bias);
  checkSize(action, "inChannels", inChannels);
  checkSize(action, "outChannels", outChannels);
  checkSettings(action, kernelSize, given, axes);
  checkGroups(action, inChannels, outChannels, given.groups);
  if (axes === 1) checkSize(action, "kernelSize", kernelSize as number); // which refuses a list
  form.check?.(action, given);
  const settings = frozenCopy(given as ConfigValue) as S; // numbers and lists of them, as has been checked
  checkActivation(action, activation);
  checkInitializer(action, initializer);
  resolveDType(name, dtype);
  const weightShape: Shape = [
    ...form.channels(inChannels, outChannels, settings.groups),
    ...expandSetting(kernelSize, axes),
  ];
  const weight = new TensorSpec(weightShape, dtype, initializer);
  const ofBias = form.fanInBias ? fanInBias(outChannels, weight) : new TensorSpec([outChannels], dtype);
  return makeLayer<ConvolutionParams, NoState>({
    kind,
    name,
    inputSize: inChannels,
    outputSize: outChannels,
    activation,
    config: {
      inChannels,
      outChannels,
      kernelSize,
      ...settings as Readonly<Record<string, ConfigValue>>, // numbers and lists of them
      dtype,
      bias,
      ...initializerConfig(initializer, form.initializer),
    },
    specs: { params: bias ? { weight, bias: ofBias } : { weight }, state: NO_STATE },
    outputShape: (input) => outputShape({ op: name, input, weight: weightShape, settings }),
    compute: ({ params, state }, x) => [convolve(x, params.weight, params.bias ?? null, settings), state],
  });
}

/** The names of all options: those of the settings, and of every layer. */
function optionNames<S extends Settings>(
  { settings }: ConvolutionForm<S>,
): OptionNames<Loose<S> & ConvolutionLayerOptions> {
  const names = [...Object.keys(settings), "activation", "dtype", "name", "bias", "initializer"];
  // One for each field.
  return Object.fromEntries(names.map((name) => [name, true])) as OptionNames<Loose<S> & ConvolutionLayerOptions>;
}

function settingsOf<S extends Settings>({ settings }: ConvolutionForm<S>, options: Loose<S>): S {
  const given = Object.keys(settings).flatMap((name) => {
    const value: unknown = options[name as keyof S]; // a name of the settings
    return value === undefined ? [] : [[name, value]];
  });
  return { ...settings, ...Object.fromEntries(given) };
}

/**
 * The settings that a visitor chooses in the playground.
 *
 * @module
 */

/** The problems. */
export const DATA_NAMES = ["spirals", "moons", "circles"] as const;
/** The functions between layers. */
export const ACTIVATION_NAMES = ["tanh", "relu", "gelu", "silu", "sigmoid"] as const;
/** The optimizers. */
export const OPTIMIZER_NAMES = ["adam", "sgd", "momentum", "rmsprop", "adagrad", "lion"] as const;

export type DataName = typeof DATA_NAMES[number];
export type ActivationName = typeof ACTIVATION_NAMES[number];
export type OptimizerName = typeof OPTIMIZER_NAMES[number];

/** Everything on which a training run depends. */
export type Settings = {
  readonly data: DataName;
  /** The number of hidden layers. */
  readonly layers: number;
  /** The number of neurons in each of them. */
  readonly width: number;
  readonly activation: ActivationName;
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
};

/** The smallest and the largest number of hidden layers, and of neurons in each. */
export const LIMITS = { layers: [1, 4], width: [2, 8] } as const;

/** Rates that work with the playground's problems. */
export const USUAL_RATES: Readonly<Record<OptimizerName, number>> = {
  adam: 0.02,
  sgd: 0.5,
  momentum: 0.1,
  rmsprop: 0.005,
  adagrad: 0.2,
  lion: 0.003,
};

/** The settings at the beginning. */
export const START: Settings = {
  data: "spirals",
  layers: 3,
  width: 8,
  activation: "tanh",
  optimizer: "adam",
  learningRate: USUAL_RATES.adam,
};

/** The last position of the slider of learning rates: ten positions for each factor of ten, from 0.0001 to 1. */
export const RATE_POSITIONS = 40;

/** Returns the learning rate at a position of the slider, with two digits. */
export const rateAt = (position: number): number => Number((10 ** (position / 10 - 4)).toPrecision(2));

/** Returns the position of the slider nearest to a learning rate. */
export const positionOf = (rate: number): number =>
  Math.min(RATE_POSITIONS, Math.max(0, Math.round(10 * (Math.log10(rate) + 4))));

/** Tells whether a change of settings needs a new network; another learning rate does not. */
export const needsRestart = (before: Settings, after: Settings): boolean =>
  (["data", "layers", "width", "activation", "optimizer"] as const).some((name) => before[name] !== after[name]);

/**
 * Parts that networks share: parameters of layers, and their computations.
 *
 * @module
 */
import {
  add,
  elu,
  expandDims,
  gelu,
  matmul,
  mish,
  relu,
  sigmoid,
  silu,
  softplus,
  tanh,
  type Tensor,
  transpose,
} from "@nanograd/nanograd";
import { type InputSpec, uniform } from "../fill.ts";

/** A weight `[to, from]` and a bias. */
export const denseParams = (from: number, to: number): readonly InputSpec[] => [
  uniform([to, from], { scale: Math.sqrt(3 / from) }),
  uniform([to], { scale: 0.1 }),
];

/** A weight `[to, from, side, side]` and a bias. */
export const convParams = (from: number, to: number, side: number): readonly InputSpec[] => [
  uniform([to, from, side, side], { scale: Math.sqrt(3 / (from * side * side)) }),
  uniform([to], { scale: 0.1 }),
];

/** A weight near 1 and a bias near 0 for each feature. */
export const normParams = (features: number): readonly InputSpec[] => [
  uniform([features], { offset: 1, scale: 0.1 }),
  uniform([features], { scale: 0.1 }),
];

/** The params of dense layers one after another. */
export const denseStack = (sizes: readonly number[]): readonly InputSpec[] =>
  sizes.slice(1).flatMap((to, k) => denseParams(sizes[k]!, to));

/** `x weight^T + bias`. */
export const linear = (x: Tensor, weight: Tensor, bias: Tensor): Tensor => add(matmul(x, transpose(weight)), bias);

/** Applies dense layers one after another, with an activation between them. */
export function dense(params: readonly Tensor[], x: Tensor, activation: (x: Tensor) => Tensor): Tensor {
  let y = x;
  for (let k = 0; k < params.length; k += 2) {
    y = linear(k > 0 ? activation(y) : y, params[k]!, params[k + 1]!);
  }
  return y;
}

/** Activations by their name in the twin. */
export const ACTIVATIONS = {
  relu,
  tanh,
  sigmoid,
  silu,
  mish,
  gelu: (x: Tensor): Tensor => gelu(x),
  elu: (x: Tensor): Tensor => elu(x),
  softplus: (x: Tensor): Tensor => softplus(x),
} as const;

/** The two matrices and two biases of a recurrent cell. */
export const cellParams = (from: number, hidden: number, gates: number): readonly InputSpec[] => {
  const scale = 1 / Math.sqrt(hidden), to = gates * hidden;
  return [
    uniform([to, from], { scale }),
    uniform([to, hidden], { scale }),
    uniform([to], { scale }),
    uniform([to], { scale }),
  ];
};

/** Returns a row for each element of the batch, as attention masks and distances need it. */
export const asRow = (x: Tensor): Tensor => expandDims(x, 0);

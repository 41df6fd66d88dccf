/**
 * The playground's networks and optimizers, by the names that a visitor chooses.
 *
 * @module
 */
import {
  type Activation,
  activations,
  adagrad,
  adam,
  denseLayer,
  forward,
  lion,
  type Optimizer,
  rmsprop,
  sequential,
  sgd,
  type Tensor,
  type Variables,
} from "../../../mod.ts";
import type { ActivationName, OptimizerName, Settings } from "../settings.ts";

const ACTIVATIONS: Readonly<Record<ActivationName, Activation>> = {
  tanh: activations.tanh,
  relu: activations.relu,
  gelu: activations.gelu,
  silu: activations.silu,
  sigmoid: activations.sigmoid,
};

const OPTIMIZERS: Readonly<Record<OptimizerName, (learningRate: number) => Optimizer>> = {
  adam: (learningRate) => adam({ learningRate }),
  sgd: (learningRate) => sgd({ learningRate }),
  momentum: (learningRate) => sgd({ learningRate, momentum: 0.9 }),
  rmsprop: (learningRate) => rmsprop({ learningRate }),
  adagrad: (learningRate) => adagrad({ learningRate }),
  lion: (learningRate) => lion({ learningRate }),
};

/** Makes the optimizer. */
export const optimizerOf = ({ optimizer, learningRate }: Settings): Optimizer => OPTIMIZERS[optimizer](learningRate);

/** Makes the network: from points `[batch, 2]` through hidden layers to a logit `[batch, 1]`, positive for class 1. */
export function networkOf({ layers, width, activation }: Pick<Settings, "layers" | "width" | "activation">) {
  const hidden = (inputs: number) => denseLayer(inputs, width, { activation: ACTIVATIONS[activation] });
  return sequential([
    hidden(2),
    ...Array.from({ length: layers - 1 }, () => hidden(width)),
    denseLayer(width, 1),
  ]);
}

/** A network of the playground. */
export type Network = ReturnType<typeof networkOf>;

/** The variables of such a network. */
export type NetworkVariables = ReturnType<Network["init"]>;

/** Returns the output of every layer for `x`, in order. */
export function outputsOf({ layers }: Network, { params, state }: NetworkVariables, x: Tensor): readonly Tensor[] {
  return layers.reduce<readonly Tensor[]>((outputs, layer, k) => {
    const variables: Variables = { params: params[k]!, state: state[k]! };
    return [...outputs, forward(layer, variables, outputs.at(-1) ?? x)];
  }, []);
}

/**
 * How PyTorch's optimizers are called here, and those that are still to come or that there are not.
 *
 * @module
 */
import { adagrad, adam, adamw, type Optimizer, rmsprop, sgd } from "../../mod.ts";
import { type AwaitedExports, whenAny } from "./awaited.ts";
import type { Hyper } from "./fixtures.ts";

/** By PyTorch's names. A new optimizer is one more entry here and one less in {@link NOT_YET}. */
export const OPTIMIZERS: Readonly<Record<string, (hyper: Hyper) => Optimizer>> = {
  SGD: ({ lr, momentum, nesterov, weight_decay }) =>
    sgd({ learningRate: lr, momentum, nesterov, weightDecay: weight_decay }),
  Adam: ({ lr, betas = [0.9, 0.999], eps, weight_decay }) =>
    adam({ learningRate: lr, beta1: betas[0], beta2: betas[1], epsilon: eps, weightDecay: weight_decay }),
  AdamW: ({ lr, betas = [0.9, 0.999], eps, weight_decay }) =>
    adamw({ learningRate: lr, beta1: betas[0], beta2: betas[1], epsilon: eps, weightDecay: weight_decay }),
  RMSprop: ({ lr, alpha, eps, weight_decay, momentum }) =>
    rmsprop({ learningRate: lr, alpha, epsilon: eps, weightDecay: weight_decay, momentum }),
  Adagrad: ({ lr, eps, weight_decay }) => adagrad({ learningRate: lr, epsilon: eps, weightDecay: weight_decay }),
};

/** Optimizers that the library does not have yet, and the exports with which they must move to {@link OPTIMIZERS}. */
export const NOT_YET: Readonly<Record<string, AwaitedExports>> = {
  Adadelta: whenAny("adadelta"),
  Adamax: whenAny("adamax"),
  NAdam: whenAny("nadam"),
};

/** Settings that the library's optimizers do not have; cases that use them cannot be compared. */
export const NOT_OFFERED: { readonly [K in keyof Hyper]?: string } = {
  dampening: "sgd adds the whole gradient to its velocity, as in Sutskever et al., 2013",
  amsgrad: "adam is algorithm 1 of Kingma and Ba, 2014",
  centered: "rmsprop does not subtract the squared mean of the gradients",
  lr_decay: "a schedule says how the rate falls",
};

/** The first setting in use that is not offered. */
export const notOffered = (hyper: Hyper): string | undefined =>
  Object.keys(NOT_OFFERED).find((setting) => Boolean(hyper[setting as keyof Hyper]));

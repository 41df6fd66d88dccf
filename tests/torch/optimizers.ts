/**
 * The calls of this library for PyTorch's optimizers, and those that it does not have.
 *
 * @module
 */
import { adadelta, adagrad, adam, adamw, amsgrad, type Optimizer, rmsprop, sgd } from "../../mod.ts";
import { type AwaitedExports, whenAny } from "./awaited.ts";
import type { Hyper } from "./fixtures.ts";

/** By PyTorch's names. A new optimizer is one more entry here and one less in {@link NOT_YET}. */
export const OPTIMIZERS: Readonly<Record<string, (hyper: Hyper) => Optimizer>> = {
  SGD: ({ lr, momentum, nesterov, weight_decay }) =>
    sgd({ learningRate: lr, momentum, nesterov, weightDecay: weight_decay }),
  Adam: ({ lr, betas = [0.9, 0.999], eps, weight_decay, amsgrad: isAmsgrad = false }) =>
    (isAmsgrad ? amsgrad : adam)({
      learningRate: lr,
      beta1: betas[0],
      beta2: betas[1],
      epsilon: eps,
      weightDecay: weight_decay,
    }),
  AdamW: ({ lr, betas = [0.9, 0.999], eps, weight_decay }) =>
    adamw({ learningRate: lr, beta1: betas[0], beta2: betas[1], epsilon: eps, weightDecay: weight_decay }),
  RMSprop: ({ lr, alpha, eps, weight_decay, momentum, centered }) =>
    rmsprop({ learningRate: lr, alpha, epsilon: eps, weightDecay: weight_decay, momentum, centered }),
  Adadelta: ({ lr, rho, eps, weight_decay }) =>
    adadelta({ learningRate: lr, rho, epsilon: eps, weightDecay: weight_decay }),
  Adagrad: ({ lr, eps, weight_decay }) => adagrad({ learningRate: lr, epsilon: eps, weightDecay: weight_decay }),
};

/** Optimizers that the library does not have yet, and the exports with which they must move to {@link OPTIMIZERS}. */
export const NOT_YET: Readonly<Record<string, AwaitedExports>> = {
  Adamax: whenAny("adamax"),
};

/** Optimizers whose recorded steps are wrong, and why; their numbers are elsewhere. */
export const MISTAKEN: Readonly<Record<string, string>> = {
  NAdam: "PyTorch 1.13 takes one momentum twice unless foreach is set (its pull request 92699): " +
    "tests/optim/more_optimizers_test.ts has the steps of foreach",
};

/** Settings that the library's optimizers do not have; cases that use them cannot be compared. */
export const NOT_OFFERED: { readonly [K in keyof Hyper]?: string } = {
  dampening: "sgd adds the whole gradient to its velocity, as in Sutskever et al., 2013",
  lr_decay: "a schedule says how the rate falls",
};

/** The first setting in use that is not offered. */
export const notOffered = (hyper: Hyper): string | undefined =>
  Object.keys(NOT_OFFERED).find((setting) => Boolean(hyper[setting as keyof Hyper]));

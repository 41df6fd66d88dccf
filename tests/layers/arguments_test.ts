/** Callers without types are told which argument is wrong, what it must be, and what to do. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import * as library from "../../layers/mod.ts";
import {
  activations,
  denseLayer,
  evaluate,
  forward,
  layerToConfig,
  maxPool2dLayer,
  residual,
  sequential,
  train,
} from "../../layers/mod.ts";
import { key, ones, ShapeError } from "../../autograd/mod.ts";

/** A function as code without types sees it. */
type Untyped = (...args: readonly unknown[]) => unknown;

const dense = denseLayer(2, 3), variables = dense.init(key(0)), x = ones([2]);
const model = sequential([dense, denseLayer(3, 1)]), both = model.init(key(0));

const messageOf = (f: () => unknown): string => {
  const error = assertThrows(f, Error);
  assert(error instanceof TypeError || error instanceof RangeError || error.name.endsWith("Error"));
  return error.message;
};

const REMEDY = "pass the variables that this layer's init returned, or those that training returned";

const applied = forward as Untyped;

const calls: Readonly<Record<string, readonly [call: () => unknown, message: string]>> = {
  "an array for the input": [
    () => applied(dense, variables, [1, 2]),
    "Cannot apply Dense to x an array of 2: x must be a tensor; wrap arrays with constant, or with tensor32 or tensor64",
  ],
  "no input": [() => applied(dense, variables), "Cannot apply Dense to x undefined: x must be a tensor; wrap"],
  "input and variables swapped": [
    () => applied(dense, x, variables),
    "Cannot apply Dense to x a record of params, state: x must be a tensor; pass the variables first, then x",
  ],
  "params for variables": [
    () => applied(dense, variables.params, x),
    `Cannot apply Dense to params undefined: it must be a tree of tensors; ${REMEDY}`,
  ],
  "no variables": [
    () => applied(dense, undefined, x),
    `Cannot apply Dense to variables undefined: it must be a record { params, state }; ${REMEDY}`,
  ],
  "a tensor for variables": [() => applied(dense, x, x), "to variables a float32 tensor [2]: it must be a record"],
  "no state": [() => applied(dense, { params: variables.params }, x), "Cannot apply Dense to state undefined"],
  "null params": [() => applied(dense, { params: null, state: [] }, x), "Cannot apply Dense to params null"],
  "no weight": [
    () => applied(dense, { params: {}, state: [] }, x),
    `Cannot apply Dense to params.weight undefined: it must be a tensor [3, 2]; ${REMEDY}`,
  ],
  "a null leaf": [
    () => applied(dense, { params: { ...variables.params, bias: null }, state: [] }, x),
    "Cannot apply Dense to params.bias null: it must be a tensor [3]",
  ],
  "the weight of another layer": [
    () => applied(dense, { ...variables, params: both.params[1] }, x),
    "Cannot apply Dense to params.weight a float32 tensor [1, 3]: it must be a tensor [3, 2]",
  ],
  "params and state swapped": [
    () => applied(dense, { params: variables.state, state: variables.params }, x),
    "Cannot apply Dense to params.weight undefined",
  ],
  "variables of one layer for a model": [
    () => applied(model, variables, x),
    "Cannot apply Sequential to params a record of weight, bias: it must be an array of 2, an entry for each layer",
  ],
  "variables of a longer model": [
    () => applied(sequential([dense]), both, x),
    "Cannot apply Sequential to params an array of 2: it must be an array of 1, an entry for each layer",
  ],
  "the layers' params in the wrong order": [
    () => applied(model, { ...both, params: both.params.toReversed() }, x),
    'Cannot apply Dense at "0" to params.weight a float32 tensor [1, 3]: it must be a tensor [3, 2]',
  ],
  "a missing leaf deep inside": [
    () => applied(sequential([residual(sequential([denseLayer(2, 2)]))]), { params: [[[{}]]], state: [[[[]]]] }, x),
    'Cannot apply Dense at "0.0.0" to params.weight undefined',
  ],
  "no mode": [
    () => (dense.apply as Untyped)(variables, x),
    "Cannot apply Dense in mode undefined: it must be evaluate or train(key); pass one of them",
  ],
  "a mode without a key": [
    () => (model.apply as Untyped)(both, x, { training: true }),
    "Cannot apply Sequential in mode a record of training: it must be evaluate or train(key)",
  ],
  "a number for a key": [
    () => (model.init as Untyped)(3),
    "Cannot initialize Sequential with 3: its variables are drawn from a key; pass one such as key(0)",
  ],
  "no key": [() => (dense.init as Untyped)(), "Cannot initialize Dense with undefined"],
  "a number for a layer": [
    () => applied(3, variables, x),
    "Cannot apply a layer: the layer is 3: it must be a layer; pass one such as denseLayer(2, 1)",
  ],
  "a configuration for a layer": [
    () => applied(layerToConfig(dense), variables, x),
    "it must be a layer; make one from a configuration with layerFromConfig",
  ],
  "a number of layers": [
    () => (sequential as Untyped)(1),
    "Cannot build Sequential of 1: it must have at least one, in an array; pass one such as [denseLayer(2, 1)]",
  ],
  "layers that are not in an array": [() => (sequential as Untyped)(dense, dense), "with the option"],
  "one that is not a layer": [
    () => (sequential as Untyped)([dense, activations.relu]),
    "Cannot build Sequential: layer 1 is a record of tag, name, config, forward: it must be a layer",
  ],
  "a residual of nothing": [
    () => (residual as Untyped)(),
    "Cannot build Residual: inner is undefined: it must be a layer",
  ],
  "a shortcut that is none": [
    () => (residual as Untyped)(dense, { shortcut: null }),
    "Cannot build Residual: shortcut is null: it must be a layer",
  ],
  "an activation for the options": [
    () => (denseLayer as Untyped)(2, 3, activations.relu),
    "Cannot build denseLayer with a record of tag, name, config, forward for options: they must be a record of options; pass",
  ],
  "a text for a flag": [() => (denseLayer as Untyped)(2, 3, { bias: "no" }), 'Cannot build Dense with bias "no"'],
  "a name that is none": [() => (denseLayer as Untyped)(2, 3, { name: 3 }), "Cannot build denseLayer with name 3"],
  "a shape that is none": [
    () => (library.summary as Untyped)(dense, 5),
    "Cannot apply summary to shape 5: a shape must be an array of axis lengths",
  ],
  "parameters of params": [
    () => (library.parameters as Untyped)(variables.params),
    "Cannot list the parameters of a record of weight, bias: it must be a record with params",
  ],
  "parameters with a null leaf": [
    () => (library.parameterCount as Untyped)({ params: [{ weight: null }] }),
    "Cannot list the parameters: params.0.weight is null: it must be a tensor; pass what init returned",
  ],
};

for (const [what, [call, message]] of Object.entries(calls)) {
  Deno.test(`${what}: the message names it, and the remedy`, () => {
    const given = messageOf(call);
    assert(given.includes(message), `${given}\nhas no\n${message}`);
  });
}

Deno.test("train() and evaluate are the only modes", () => {
  for (const mode of [evaluate, train(key(1))]) dense.apply(variables, x, mode);
});

Deno.test("pooling layers name the settings that they were given, and no image that nobody gave", () => {
  const { message } = assertThrows(() => maxPool2dLayer(2, { padding: 3 }), ShapeError);
  assertEquals(
    message,
    "Cannot apply MaxPool2d to size 2 and padding 3: padding must be less than the size of the windows, so that each " +
      "sees the image; pad less",
  );
});

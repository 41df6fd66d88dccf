/**
 * Generates text with a network that predicts the probability of every next character.
 *
 * @module
 */
import {
  add,
  argmax,
  constant,
  foldIn,
  forward,
  type Key,
  type Layer,
  log,
  neg,
  type ParameterTree,
  randomUniform,
  scale,
  slice,
  squeeze,
  type Tensor,
  toNumber,
  type Variables,
} from "../mod.ts";
import type { Codes } from "./characters.ts";

/**
 * Draws a class with the probabilities `softmax(logits / temperature)`: the class whose logit is largest after Gumbel
 * noise has been added to each.
 *
 * @param key The key to draw from.
 * @param logits `[classes]`
 * @param temperature Above 0: below 1 it prefers likely classes, above 1 it evens out the probabilities.
 * @see Maddison et al., A* Sampling, 2014, section 2.
 */
export function drawClass(key: Key, logits: Tensor<"float32">, temperature: number): number {
  const noise = neg(log(neg(log(randomUniform(key, logits.shape)))));
  return toNumber(argmax(add(scale(logits, 1 / temperature), noise)));
}

/**
 * Continues a text.
 *
 * @param key The key to draw from: the same key, network and text give the same continuation.
 * @param model A network from codes of characters `[length]`, up to `context` of them, to logits `[length,
 * characters]`.
 * @param prompt The text to continue; at least one character.
 * @param options The number of characters to add, the temperature, and how many of the last characters the model looks
 * at.
 * @returns The text with its continuation.
 */
export function continueText<P extends ParameterTree, S extends ParameterTree>(
  key: Key,
  model: Layer<P, S>,
  variables: Variables<P, S>,
  prompt: Codes,
  { length, temperature, context }: {
    readonly length: number;
    readonly temperature: number;
    readonly context: number;
  },
): Codes {
  const text = new Uint8Array(prompt.length + length);
  text.set(prompt);
  for (let at = prompt.length; at < text.length; at++) {
    const seen = constant(Float32Array.from(text.subarray(Math.max(at - context, 0), at)));
    const last = squeeze(slice(forward(model, variables, seen), -1, 1), 0);
    text[at] = drawClass(foldIn(key, at), last, temperature);
  }
  return text;
}

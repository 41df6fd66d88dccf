/**
 * Networks for characters, a causal transformer and an LSTM: their training, and their accuracy on a text.
 *
 * @module
 */
import {
  activations,
  adamw,
  chain,
  clipNorm,
  compile,
  constant,
  cosineAnnealing,
  denseLayer,
  embedding,
  foldIn,
  forward,
  initializers,
  type Key,
  type Layer,
  layerNormLayer,
  lstmLayer,
  multiHeadAttention,
  type ParameterTree,
  positionEmbedding,
  reshape,
  residual,
  sequential,
  softmaxCrossEntropy,
  type Tensor,
  train,
  valueAndGradient,
  type Variables,
  warmup,
} from "../mod.ts";
import { shuffledBatches } from "./batches.ts";
import { type Codes, consecutiveStarts, randomWindows, windowsAt } from "./characters.ts";
import { formatDuration, formatPercent } from "./formatting.ts";
import { accuracy, digitMetrics, meanLoss, type Metrics } from "./metrics.ts";
import type { Reporter } from "./progress.ts";

/** The number of preceding characters that the network sees. */
export const CONTEXT = 32;

const FEATURES = 96;
const HEADS = 4;
const BLOCKS = 2;

/**
 * A block of the transformer: attention and two dense layers, each of which normalizes its input and adds to it.
 * Normalizing first makes training stable: Xiong et al., On Layer Normalization in the Transformer Architecture, 2020.
 */
const block = () =>
  sequential([
    residual(sequential([layerNormLayer(FEATURES), multiHeadAttention(FEATURES, HEADS, { causal: true })])),
    residual(
      sequential([
        layerNormLayer(FEATURES),
        denseLayer(FEATURES, 4 * FEATURES, { activation: activations.gelu }),
        denseLayer(4 * FEATURES, FEATURES),
      ]),
    ),
  ], { name: "Block" });

/**
 * Makes the network: from codes of characters `[..., length]` to logits `[..., length, characters]` of the next
 * characters.
 */
export const characterModel = (characters: number) =>
  sequential([
    embedding(characters, FEATURES, { initializer: initializers.normal(0.02) }),
    positionEmbedding(CONTEXT, FEATURES),
    sequential(Array.from({ length: BLOCKS }, block), { name: "Blocks" }),
    layerNormLayer(FEATURES),
    denseLayer(FEATURES, characters),
  ], { name: "Character model" });

/** The width of an embedded character, and of the LSTM's carry. */
const EMBEDDED = 64, HIDDEN = 192;

/** Makes the network with an LSTM in place of attention, which reads one character after another. */
export const recurrentCharacterModel = (characters: number) =>
  sequential([
    embedding(characters, EMBEDDED),
    lstmLayer(EMBEDDED, HIDDEN),
    denseLayer(HIDDEN, characters),
  ], { name: "Recurrent character model" });

/** The makers of networks, by the name of their kind. */
export const CHARACTER_MODELS: { readonly [name: string]: (characters: number) => Layer } = {
  transformer: characterModel,
  lstm: recurrentCharacterModel,
};

/** The number of progress lines that stay on the screen, each with the loss on the held-out text. */
const PARTS = 10;

/** The share of the steps in which the learning rate rises. */
const WARMUP = 1 / 20;

/**
 * Trains a network on windows drawn from a text.
 *
 * @param key The key from which windows are drawn.
 * @returns The trained params.
 */
export function trainCharacterModel<P extends ParameterTree, S extends ParameterTree>(
  key: Key,
  model: Layer<P, S>,
  { params, state }: Variables<P, S>,
  texts: { readonly train: Codes; readonly test: Codes },
  { steps, batch, learningRate }: { readonly steps: number; readonly batch: number; readonly learningRate: number },
  reporter: Reporter,
): P {
  const schedule = warmup({ steps: Math.ceil(WARMUP * steps) }, cosineAnnealing({ initial: learningRate, steps }));
  const optimizer = chain(clipNorm(1), adamw({ learningRate: schedule, beta2: 0.99 }));
  const step = compile((training: ReturnType<typeof optimizer.init<P>>, { inputs, targets, own }: Drawn) => {
    const { value, gradients, aux } = valueAndGradient((params: P) => {
      const logits = perCharacter(model.apply({ params, state }, inputs, train(own))[0]);
      return [softmaxCrossEntropy(logits, targets), logits] as const;
    }, { hasAux: true })(training.params);
    return [optimizer.step(training, gradients), { loss: value, logits: aux }] as const;
  });

  const start = performance.now(), secondsSince = (time: number): number => (performance.now() - time) / 1000;
  const parts = inGroups(Array.from({ length: steps }, (_, step) => step), Math.ceil(steps / PARTS));
  return parts.reduce((before, part, index) => {
    const partStart = performance.now(), drawn: Codes[] = [];
    function* windows(): Generator<Drawn> {
      for (const step of part) {
        const [windowKey, own] = [foldIn(key, 2 * step), foldIn(key, 2 * step + 1)];
        const { inputs, targets } = randomWindows(windowKey, texts.train, batch, CONTEXT);
        drawn.push(targets);
        yield { inputs, targets: constant(Float32Array.from(targets)), own };
      }
    }
    const outcomes = step.scan(before, windows());
    let metrics = digitMetrics.empty;
    for (const { loss, logits } of outcomes) {
      metrics = digitMetrics.concat(metrics, metricsOf(loss, logits, drawn.shift()!));
      reporter.step({
        epoch: index + 1,
        epochs: parts.length,
        size: part.length * batch * CONTEXT,
        metrics,
        epochSeconds: secondsSince(partStart),
        seconds: secondsSince(start),
        words: { epoch: "part", samples: "characters" },
      });
    }
    const after = { training: outcomes.carry, metrics };
    const heldOut = heldOutMetrics(model, { params: after.training.params, state }, texts.test);
    const losses = `loss ${meanLoss(after.metrics).toFixed(4)}  held-out loss ${meanLoss(heldOut).toFixed(4)}`;
    const predicted = `${formatPercent(accuracy(heldOut), 1)} predicted  ${formatDuration(secondsSince(start))}`;
    reporter.epochEnd(`step ${part.at(-1)! + 1}/${steps}  ${losses}  ${predicted}`);
    return after.training;
  }, optimizer.init(params)).params;
}

/** The input of a step: characters `[batch, length]`, the characters after them in a row, and a key. */
type Drawn = { readonly inputs: Tensor<"float32">; readonly targets: Tensor; readonly own: Key };

/** The number of windows of the held-out text that are evaluated together. */
const TEST_BATCH = 64;

/**
 * Measures how well a network predicts a text, each character from the preceding ones in its window; the loss is in
 * nats.
 */
export function heldOutMetrics<P extends ParameterTree, S extends ParameterTree>(
  model: Layer<P, S>,
  variables: Variables<P, S>,
  text: Codes,
): Metrics {
  return inGroups(consecutiveStarts(text, CONTEXT), TEST_BATCH).reduce((sum, starts) => {
    const { inputs, targets } = windowsAt(text, starts, CONTEXT);
    const logits = perCharacter(forward(model, variables, inputs));
    return digitMetrics.concat(sum, metricsOf(softmaxCrossEntropy(logits, targets), logits, targets));
  }, digitMetrics.empty);
}

/** Reshapes `[batch, length, characters]` to a row for each character. */
const perCharacter = (logits: Tensor<"float32">): Tensor<"float32"> =>
  reshape(logits, [logits.shape[0]! * logits.shape[1]!, logits.shape[2]!]);

const metricsOf = (loss: Tensor, logits: Tensor, targets: Codes): Metrics =>
  digitMetrics.measure({ loss, samples: targets.length, logits, labels: targets });

/** Splits numbers into groups of a size; the last group holds the remainder. */
const inGroups = (numbers: readonly number[], size: number): readonly (readonly number[])[] =>
  shuffledBatches(undefined, numbers.length, size).map((places) => places.map((place) => numbers[place]!));

/**
 * A causal transformer for characters: what it is, how it is trained, and how well it knows a text.
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

/** How many characters the network looks back at. */
export const CONTEXT = 32;

const FEATURES = 96;
const HEADS = 4;
const BLOCKS = 2;

/**
 * What a transformer is made of: attention and two dense layers, each of which normalizes what it is given and adds to it.
 * Xiong et al., On Layer Normalization in the Transformer Architecture, 2020: normalized first, it trains steadily.
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

/** The network: from numbers of characters `[..., length]` to logits `[..., length, characters]` of what comes next. */
export const characterModel = (characters: number) =>
  sequential([
    embedding(characters, FEATURES, { initializer: initializers.normal(0.02) }),
    positionEmbedding(CONTEXT, FEATURES),
    sequential(Array.from({ length: BLOCKS }, block), { name: "Blocks" }),
    layerNormLayer(FEATURES),
    denseLayer(FEATURES, characters),
  ], { name: "Character model" });

/** How many lines of progress stay on the screen, each with the loss on the held-out text. */
const PARTS = 10;

/** The share of the steps in which the learning rate rises. */
const WARMUP = 1 / 20;

/**
 * Trains a network on windows drawn from a text.
 *
 * @param key What the windows are drawn from.
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
    const foretold = `${formatPercent(accuracy(heldOut), 1)} foretold  ${formatDuration(secondsSince(start))}`;
    reporter.epochEnd(`step ${part.at(-1)! + 1}/${steps}  ${losses}  ${foretold}`);
    return after.training;
  }, optimizer.init(params)).params;
}

/** What a step is given: characters `[batch, length]`, those that follow, one after another, and a key of its own. */
type Drawn = { readonly inputs: Tensor<"float32">; readonly targets: Tensor; readonly own: Key };

/** Windows of the held-out text that are looked at together. */
const TEST_BATCH = 64;

/** How well a network foretells a text, every character from the window that it is in: the loss in nats. */
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

/** `[batch, length, characters]` to a row for each character. */
const perCharacter = (logits: Tensor<"float32">): Tensor<"float32"> =>
  reshape(logits, [logits.shape[0]! * logits.shape[1]!, logits.shape[2]!]);

const metricsOf = (loss: Tensor, logits: Tensor, targets: Codes): Metrics =>
  digitMetrics.measure({ loss, samples: targets.length, logits, labels: targets });

/** Numbers in order, in groups of a size, the last of which holds what remains. */
const inGroups = (numbers: readonly number[], size: number): readonly (readonly number[])[] =>
  shuffledBatches(undefined, numbers.length, size).map((places) => places.map((place) => numbers[place]!));

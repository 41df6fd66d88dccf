/**
 * A saved network that reads digits, and the outputs of its layers.
 *
 * @module
 */
import * as either from "fp-ts/Either.js";
import { type Either, pipe } from "../../../deps.ts";
import {
  compile,
  constant,
  decodeModel,
  forward,
  isSequential,
  type Layer,
  parameterCount,
  reshape,
  softmax,
  type StoredModel,
  type Tensor,
  tensorData,
  type Variables,
} from "../../../mod.ts";
import { type LayerView, type Reading, SIDE } from "../messages.ts";

/** A network that is ready to read. */
export type DigitReader = {
  readonly parameters: number;
  /**
   * Reads an image.
   *
   * @param pixels `[SIDE, SIDE]`, from 0 (paper) to 1 (ink).
   */
  read(pixels: Float32Array<ArrayBuffer>): Reading;
};

/** The mean and standard deviation of MNIST's pixels, with which `examples/cnn.ts` standardises its images. */
const MEAN = 0.1307, DEVIATION = 0.3081;

/** The number of digits. */
const DIGITS = 10;

/** Makes a reader from the bytes of a safetensors file, such as `examples/cnn.ts` saves. */
export function digitReader(bytes: Uint8Array): Either<string, DigitReader> {
  return pipe(
    decodeModel(bytes),
    either.mapLeft(({ message }) => message),
    either.chain((stored) =>
      pipe(
        stored.layer.outputShape([1, 1, SIDE, SIDE]),
        either.mapLeft(({ message }) => message),
        either.filterOrElse(
          (shape) => String(shape) === String([1, DIGITS]),
          (shape) =>
            `Cannot read digits with ${stored.layer.name}, which returns [${shape.join(", ")}] for an image: it must ` +
            `return [1, ${DIGITS}]; take a file that examples/cnn.ts has saved`,
        ),
        either.map(() => readerOf(stored)),
      )
    ),
  );
}

function readerOf({ layer, variables }: StoredModel): DigitReader {
  const read = compile((image: Tensor) => {
    const outputs = outputsOf(layer, variables, image);
    return { outputs, probabilities: softmax(reshape(outputs.at(-1)!, [DIGITS])) };
  });
  const parameters = parameterCount(variables);
  return {
    parameters,
    read(pixels) {
      const start = performance.now(), scores = pixels.map((value) => (value - MEAN) / DEVIATION);
      const { outputs, probabilities } = read(constant(scores, { shape: [1, 1, SIDE, SIDE] }));
      const layers = outputs.flatMap((output, k) => learns(variables, k) ? viewOf(output) : []);
      const milliseconds = performance.now() - start;
      return { kind: "reading", probabilities: Float32Array.from(tensorData(probabilities)), layers, milliseconds };
    },
  };
}

/** Returns the output of each layer of a network for `x`; for a network that is not a sequence, its output. */
function outputsOf(layer: Layer, variables: Variables, x: Tensor): readonly Tensor[] {
  if (!isSequential(layer)) return [forward(layer, variables, x)];
  const params = Object.values(variables.params), states = Object.values(variables.state);
  return layer.layers.reduce<readonly Tensor[]>(
    (outputs, inner, k) => [
      ...outputs,
      forward(inner, { params: params[k]!, state: states[k] ?? [] }, outputs.at(-1) ?? x),
    ],
    [],
  );
}

/** Tells whether a layer has params; pooling has none, and shows the same as the previous layer, only smaller. */
const learns = ({ params }: Variables, k: number): boolean => Object.keys(Object.values(params)[k] ?? {}).length > 0;

/** Returns an output as images, if it has that form. */
function viewOf(output: Tensor): readonly LayerView[] {
  const [, channels, side] = output.shape;
  return output.shape.length === 4
    ? [{ channels: channels!, side: side!, values: Float32Array.from(tensorData(output)) }]
    : [];
}

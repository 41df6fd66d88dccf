/**
 * Loads networks from files.
 *
 * @module
 */
import type { Either } from "../deps.ts";
import * as either from "fp-ts/Either.js";
import { pipe } from "fp-ts/function.js";
import { loadModel, type Shape, type StoredModel } from "../mod.ts";

/**
 * Loads a network, and checks that it fits its purpose.
 *
 * @param action The purpose, such as `"read digits"`.
 * @param inputShape The shape of the inputs that it must take.
 * @param outputShape The shape of the outputs that it must return for them.
 * @returns The network, or an error if it could not be loaded or does not fit.
 */
export async function loadNetwork(
  path: string,
  action: string,
  inputShape: Shape,
  outputShape: Shape,
): Promise<Either<string, StoredModel>> {
  const loaded = pipe(await loadModel(path)(), either.mapLeft(({ message }) => message));
  return either.chain((network: StoredModel) =>
    pipe(
      network.layer.outputShape(inputShape),
      either.mapLeft(({ message }) => message),
      either.chain((shape) =>
        String(shape) === String(outputShape) ? either.right(network) : either.left(
          `Cannot ${action} with ${path}: ${network.layer.name} returns [${shape.join(", ")}] for ` +
            `[${inputShape.join(", ")}]: it must return [${outputShape.join(", ")}]; choose another file`,
        )
      ),
    )
  )(loaded);
}

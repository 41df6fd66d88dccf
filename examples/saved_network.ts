/**
 * Networks out of files.
 *
 * @module
 */
import { type Either, either, pipe } from "../deps.ts";
import { loadModel, type Shape, type StoredModel } from "../mod.ts";

/**
 * Loads a network, and makes sure that it is one for the work at hand.
 *
 * @param action What it is loaded for, such as `"read digits"`.
 * @param inputShape What it must take.
 * @param outputShape What it must make of it.
 * @returns The network, or a sentence on why it could not be loaded or is none for that.
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
          `Cannot ${action} with ${path}: ${network.layer.name} makes [${shape.join(", ")}] of ` +
            `[${inputShape.join(", ")}]: it must make [${outputShape.join(", ")}]; choose another file`,
        )
      ),
    )
  )(loaded);
}

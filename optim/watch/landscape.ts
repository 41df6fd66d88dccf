/**
 * The loss around params as a picture.
 *
 * @module
 */
import { checkOptions } from "../../blas/options.ts";
import type { TensorTree } from "../../autograd/tree/parameter_tree.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { landscapeValues, type LandscapeValuesOptions } from "./landscape_values.ts";
import { landscapePicture, type LandscapePictureOptions } from "./pictures/landscape_picture.ts";

/** The options of {@link landscape}. */
export type LandscapeOptions = LandscapeValuesOptions & LandscapePictureOptions;

/**
 * Draws the loss around params, on a plane along two random directions whose filters are as long as those of the params:
 * colours, lines of equal loss, and a cross where the params are. {@link landscapeValues} tells how the losses are computed,
 * and returns them; {@link landscapePicture} draws them.
 *
 * @param loss The loss for params, a 0-d tensor; it is called `resolution` squared times, so compile it.
 * @param params A tree of tensors, such as those that training ended with.
 * @param options `key`, `radius`, `resolution`, `title`, `width`, `logarithmic`, `contours`.
 * @returns An SVG document.
 *
 * @example
 * ```ts
 * import { compile, square, sum, tensor64, type Tensor } from "@nanograd/nanograd";
 * import { landscape } from "@nanograd/nanograd/watch";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const loss = compile((w: Tensor<"float64">) => sum(square(w)));
 * assertStringIncludes(await landscape(loss, tensor64([[1, 0], [0, 1]]), { resolution: 7, title: "A bowl" }), "A bowl");
 * ```
 */
export async function landscape<P extends TensorTree<P>>(
  loss: (params: P) => Tensor,
  params: P,
  options: LandscapeOptions = {},
): Promise<string> {
  checkOptions<LandscapeOptions>("draw a landscape", options, {
    key: true,
    radius: true,
    resolution: true,
    title: true,
    width: true,
    logarithmic: "flag",
    contours: true,
  });
  const { key, radius, resolution, ...picture } = options;
  const values = {
    ...key === undefined ? {} : { key },
    ...radius === undefined ? {} : { radius },
    ...resolution === undefined ? {} : { resolution },
  };
  return await landscapePicture(landscapeValues(loss, params, values), picture);
}

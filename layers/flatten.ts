/**
 * Flattening as a layer.
 *
 * @module
 */
import { checkOptions } from "../blas/options.ts";
import { type Shape, sizeOf } from "../blas/shape.ts";
import { reshape } from "../autograd/ops/reshape.ts";
import { checkName, checkSize } from "./checks.ts";
import type { Layer } from "./layer.ts";
import { makeLayer, type NameOption, type NoState, NOTHING, shapeIf } from "./make_layer.ts";

/**
 * Makes a layer that joins the last axes into one: `[batch, channels, height, width]` becomes `[batch, channels *
 * height * width]`.
 *
 * @param options `axes`: how many axes are joined, 3 by default, so that images are flattened alike with and without a
 * batch axis; use 2 for images without a channel axis, `[batch, height, width]`. `name`: `"Flatten"` by default.
 * @throws {RangeError} If `axes` is not a whole number above 0.
 *
 * @example
 * ```ts
 * import { flattenLayer } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(flattenLayer().outputShape([8, 3, 4, 4]), { _tag: "Right", right: [8, 48] });
 * assertEquals(flattenLayer({ axes: 2 }).outputShape([8, 28, 28]), { _tag: "Right", right: [8, 784] });
 * ```
 */
export function flattenLayer(
  options: NameOption & { readonly axes?: number | undefined } = {},
): Layer<NoState, NoState> {
  checkOptions("build flattenLayer", options, { axes: true, name: true });
  const { axes = 3, name = "Flatten" } = options;
  checkName("build flattenLayer", name);
  checkSize(`build ${name}`, "axes", axes);
  const flat = (x: Shape): Shape => [...x.slice(0, x.length - axes), sizeOf(x.slice(x.length - axes))];
  return makeLayer<NoState, NoState>({
    kind: "flatten",
    name,
    reshapes: true,
    config: { axes },
    specs: NOTHING,
    outputShape: (x) =>
      shapeIf(x.length >= axes, {
        op: name,
        x,
        result: () => flat(x),
        problem: () => `x must have at least ${axes} axes to join`,
        remedy: () => `pass { axes: ${Math.max(x.length - 1, 1)} } to join the last ${Math.max(x.length - 1, 1)}`,
      }),
    compute: ({ state }, x) => [reshape(x, flat(x.shape)), state],
  });
}

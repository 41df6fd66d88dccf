/**
 * Functions as layers.
 *
 * @module
 */
import { describe, isCallable } from "../blas/describe.ts";
import type { DType } from "../blas/dtype.ts";
import { checkOptions } from "../blas/options.ts";
import type { Shape, ShapeResult } from "../blas/shape.ts";
import { zeros } from "../autograd/values/constructors.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { checkInput, checkMode, checkVariables } from "./check_call.ts";
import { checkName } from "./checks.ts";
import type { Layer } from "./layer.ts";
import { makeLayer, type NameOption, type NoState, NOTHING, tryShape } from "./make_layer.ts";
import type { Mode } from "./mode.ts";

/** The options of {@link lambda}. */
export type LambdaOptions = NameOption & {
  /**
   * Returns the shape of the result for an input of this shape; if left out, the function is applied to zeros to find
   * the shape.
   */
  readonly outputShape?: ((shape: Shape) => ShapeResult) | undefined;
};

/**
 * Makes a layer from a function of tensors. It can be used in any model, but not saved with one: a function is not
 * data.
 *
 * @param f The function, built from tensor operations; the mode tells whether the model is being trained.
 * @param options `name`: `"Lambda"` by default; `outputShape`: the shape rule, if applying `f` to zeros is too slow.
 * @throws {TypeError} If `f` or `outputShape` is not a function, or an option does not exist.
 *
 * @example
 * ```ts
 * import { denseLayer, forward, key, lambda, scale, sequential, tensor32, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = lambda((x) => scale(x, 1 / 256));
 * assertEquals(toList(forward(layer, layer.init(key(0)), tensor32([64, 128]))), [0.25, 0.5]);
 * assertEquals(sequential([layer, denseLayer(784, 10)]).outputShape([784]), { _tag: "Right", right: [10] });
 * ```
 */
export function lambda(
  f: <D extends DType>(x: Tensor<D>, mode: Mode) => Tensor<D>,
  options: LambdaOptions = {},
): Layer<NoState, NoState> {
  checkOptions("build lambda", options, { name: true, outputShape: true });
  const { name = "Lambda", outputShape } = options;
  checkName("build lambda", name);
  if (!isCallable(f)) {
    throw new TypeError(
      `Cannot build ${name} of ${describe(f)}: it must be a function of a tensor; pass (x) => relu(x)`,
    );
  }
  if (outputShape !== undefined && !isCallable(outputShape)) {
    throw new TypeError(
      `Cannot build ${name} with outputShape ${describe(outputShape)}: it must be a function from shapes to Either; ` +
        "leave it out to have the shape found",
    );
  }
  const evaluating: Mode = { training: false };
  const layer = makeLayer<NoState, NoState>({
    kind: "lambda",
    name,
    reshapes: true,
    config: {},
    specs: NOTHING,
    outputShape: outputShape ?? ((x) => tryShape(() => f(zeros(x), evaluating).shape)),
    compute: ({ state }, x, mode) => [f(x, mode), state],
  });
  // The function checks its own input: applying it to zeros first would double the work.
  if (outputShape !== undefined) return layer;
  return Object.freeze<typeof layer>({
    ...layer,
    apply: (variables, x, mode) => {
      checkInput(name, x);
      checkVariables(name, variables);
      checkMode(name, mode);
      return [f(x, mode), variables.state];
    },
  });
}

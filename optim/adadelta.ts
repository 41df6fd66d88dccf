/**
 * Adadelta.
 *
 * @module
 */
import { checkOptions } from "../blas/options.ts";
import { checkNotNegative, checkShare } from "./check_setting.ts";
import { descentBy } from "./descend.ts";
import type { Optimizer } from "./optimizer.ts";
import type { Schedule } from "./schedules/schedule.ts";
import type { Memory } from "./transforms/leafwise.ts";
import { scaleByAdadelta } from "./transforms/scale_by_adadelta.ts";
import { decayOf, type WeightDecayOptions } from "./transforms/weight_decay.ts";

/** The options of {@link adadelta}. */
export type AdadeltaOptions = WeightDecayOptions & {
  /** 1 if left out: the steps have their own size. */
  readonly learningRate?: number | Schedule | undefined;
  /** The share of both means of squares that each step keeps, in [0, 1); 0.9 if left out. */
  readonly rho?: number | undefined;
  /** Added to both mean squares, under the root; 1e-6 if left out. */
  readonly epsilon?: number | undefined;
};

/**
 * Makes Adadelta: the gradient over the root of its mean square, times the root of the mean square of the previous steps.
 * The steps have the unit of the parameters, and no learning rate needs to be found. Weight decay is added to the
 * gradient, as in PyTorch.
 *
 * @returns An optimizer that remembers two tensors of each parameter's shape.
 * @throws {RangeError} If a setting is NaN, infinite or out of range.
 * @throws {TypeError} If an option does not exist.
 * @see Zeiler, ADADELTA: An Adaptive Learning Rate Method, 2012, algorithm 1.
 *
 * @example The steps do not depend on the scale of the loss
 * ```ts
 * import { adadelta, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const optimizer = adadelta();
 * const [small, large] = [10, 1000].map((scale) =>
 *   [1, 2, 3].reduce((state, g) => optimizer.step(state, tensor64(scale * g)), optimizer.init(tensor64(1)))
 * );
 * assertAlmostEquals(toNumber(small!.params), toNumber(large!.params), 1e-7);
 * ```
 */
export function adadelta(options: AdadeltaOptions = {}): Optimizer<Memory<"meanSquare" | "meanSquareStep">> {
  checkOptions("build adadelta", options, {
    learningRate: true,
    rho: true,
    epsilon: true,
    weightDecay: true,
    decays: true,
  });
  const { learningRate = 1, rho = 0.9, epsilon = 1e-6, weightDecay = 0, decays } = options;
  checkShare("adadelta", "rho", rho);
  checkNotNegative("adadelta", "epsilon", epsilon);
  checkNotNegative("adadelta", "weightDecay", weightDecay);
  return descentBy({
    name: "adadelta",
    learningRate,
    config: { rho, epsilon, weightDecay, ...decays && { decays } },
    transforms: [...decayOf({ weightDecay, decays }), scaleByAdadelta({ rho, epsilon })],
  });
}

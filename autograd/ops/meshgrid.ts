/**
 * Coordinates of the points of a grid.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkList } from "../arguments.ts";
import { checkResultShape } from "../../blas/shape.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { reshape } from "./reshape.ts";
import { broadcastTo } from "./sum.ts";

/** The order of the axes of a grid. */
export type MeshgridOptions = {
  /**
   * `"xy"` if left out, as in NumPy: the first two axes are exchanged, so that x counts columns and y rows. `"ij"`: axis k belongs
   * to tensor k.
   */
  readonly indexing?: "xy" | "ij" | undefined;
};

/**
 * Returns, for the grid of all combinations of numbers, the coordinates of each point: one tensor for each axis, without copying.
 *
 * @param tensors One or more, each of one axis or 0-d.
 * @param options `indexing`: `"xy"` (default) or `"ij"`.
 * @returns As many tensors, each of the shape of the grid: the lengths of the tensors, the first two exchanged for `"xy"`.
 * @throws {ShapeError} If there are none, or one has more than one axis.
 * @throws {DTypeError} If their dtypes differ.
 * @throws {RangeError} If the indexing does not exist.
 *
 * @example
 * ```ts
 * import { meshgrid, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const [x, y] = meshgrid([tensor64([1, 2, 3]), tensor64([10, 20])]);
 * assertEquals(toArray(x!), [[1, 2, 3], [1, 2, 3]]);
 * assertEquals(toArray(y!), [[10, 10, 10], [20, 20, 20]]);
 * ```
 */
export function meshgrid<D extends DType>(
  tensors: readonly Tensor<D>[],
  options: MeshgridOptions = {},
): readonly Tensor<D>[] {
  checkList("apply meshgrid", "tensors", tensors, "an array of tensors", "pass [x, y]");
  checkOperands("meshgrid", tensors);
  checkOptions("apply meshgrid", options, { indexing: true });
  const { indexing = "xy" } = options;
  if (indexing !== "xy" && indexing !== "ij") {
    throw new RangeError(
      `Cannot apply meshgrid with indexing ${describe(indexing)}: it must be "xy" or "ij"; pass one of them`,
    );
  }
  if (tensors.length === 0 || tensors.some(({ shape }) => shape.length > 1)) {
    throw new ShapeError({
      op: "meshgrid",
      given: Object.fromEntries(tensors.map(({ shape }, k) => [`tensor ${k}`, shape])),
      problem: "there must be one tensor or more, each of one axis",
      remedy: "flatten them",
    });
  }
  const lengths = tensors.map(({ shape: [length = 1] }) => length);
  const order = lengths.map((_, k) => indexing === "xy" && k < 2 && lengths.length > 1 ? 1 - k : k);
  const shape = order.map((k) => lengths[k]!);
  checkResultShape("meshgrid", shape);
  return tensors.map((t, k) => broadcastTo(reshape(t, order.map((own) => own === k ? lengths[k]! : 1)), shape));
}

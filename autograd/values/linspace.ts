/**
 * Numbers at equal distances.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkShape } from "../../blas/shape.ts";
import { allocate } from "../../blas/view.ts";
import { constantOf, type Tensor } from "../tensor.ts";
import { type DTypeOption, resolveDType } from "./dtype_option.ts";

/** The dtype, and whether the last number is included. */
export type LinspaceOptions<D extends DType> = DTypeOption<D> & {
  /** Whether `stop` is the last number, true if left out; if false, it would be the next one. */
  readonly endpoint?: boolean | undefined;
};

/**
 * Returns `count` numbers at equal distances, the first one `start`, the last one `stop`.
 *
 * @param start The first number.
 * @param stop The last number, or the one after it if `endpoint` is false.
 * @param count How many, 50 if left out.
 * @param options `endpoint`, true by default; `dtype`, float32 by default.
 * @returns A constant `[count]`.
 * @throws {RangeError} If `start` or `stop` is not finite.
 * @throws {ShapeError} If `count` is not a whole number of 0 or more.
 *
 * @example
 * ```ts
 * import { linspace, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(linspace(0, 1, 5)), [0, 0.25, 0.5, 0.75, 1]);
 * assertEquals(toList(linspace(0, 1, 4, { endpoint: false })), [0, 0.25, 0.5, 0.75]);
 * ```
 */
export function linspace<D extends DType = "float32">(
  start: number,
  stop: number,
  count = 50,
  options: LinspaceOptions<D> = {},
): Tensor<NoInfer<D>> {
  checkOptions("build linspace", options, { dtype: true, endpoint: "flag" });
  const { dtype, endpoint = true } = options;
  for (const [name, value] of [["start", start], ["stop", stop]] as const) {
    if (Number.isFinite(value)) continue;
    throw new RangeError(
      `Cannot build linspace with ${name} ${describe(value)}: it must be a finite number; pass where the numbers ${
        name === "start" ? "begin" : "end"
      }`,
    );
  }
  checkShape("linspace", [count]);
  const view = allocate(resolveDType("linspace", dtype), [count]), steps = endpoint ? count - 1 : count;
  // Where the distance overflows, half of it is taken twice.
  const parts = Number.isFinite(stop - start) ? 1 : 2, way = stop / parts - start / parts;
  for (let k = 0; k < count; k++) {
    // Counted from the nearer end, so that both ends are exact.
    const weight = steps === 0 ? 0 : k / steps;
    view.data[view.offset + k] = weight < 0.5 ? start + parts * weight * way : stop - parts * (1 - weight) * way;
  }
  return constantOf<D>(view);
}

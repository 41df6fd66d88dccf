/**
 * Constructors of tensors from numbers.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { type DType, exactRange } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkShape, MOST_ELEMENTS, type Shape } from "../../blas/shape.ts";
import { allocate, unsafeView } from "../../blas/view.ts";
import { type DTypeOption, resolveDType } from "./dtype_option.ts";
import { type Numeric, parseNumeric } from "./numeric.ts";
import { constantOf, type Tensor, variableOf } from "../tensor.ts";

/**
 * Makes a float32 tensor.
 *
 * @param data A number, nested arrays or a typed array; copied.
 * @param shape The shape; it follows from the nesting if left out.
 * @param options `requiresGrad`: whether `backward` computes a gradient for it, true by default.
 * @returns A variable, or a constant if no gradient is wanted.
 * @throws {ShapeError} If the nesting is ragged or the shape does not fit the number of elements.
 *
 * @example
 * ```ts
 * import { tensor32 } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(tensor32([[1, 2, 3], [4, 5, 6]]).shape, [2, 3]);
 * assertEquals(tensor32([1, 2, 3, 4], [2, 2]).shape, [2, 2]);
 * ```
 */
export function tensor32(
  data: Numeric,
  shape?: Shape,
  options: { readonly requiresGrad?: boolean | undefined } = {},
): Tensor<"float32"> {
  checkOptions("apply tensor32", options, { requiresGrad: "flag" });
  const { requiresGrad = true } = options;
  const view = parseNumeric("tensor32", data, "float32", shape);
  return requiresGrad ? variableOf<"float32">(view) : constantOf<"float32">(view);
}

/**
 * Makes a float64 tensor; otherwise like {@link tensor32}.
 *
 * @example
 * ```ts
 * import { tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toNumber(tensor64(0.1)), 0.1); // exactly: float32 would round it
 * ```
 *
 * @param data A number, nested arrays or a typed array; copied.
 * @param shape The shape; it follows from the nesting if left out.
 * @param options `requiresGrad`: whether `backward` computes a gradient for it, true by default.
 * @throws {ShapeError} If the nesting is ragged or the shape does not fit the number of elements.
 */
export function tensor64(
  data: Numeric,
  shape?: Shape,
  options: { readonly requiresGrad?: boolean | undefined } = {},
): Tensor<"float64"> {
  checkOptions("apply tensor64", options, { requiresGrad: "flag" });
  const { requiresGrad = true } = options;
  const view = parseNumeric("tensor64", data, "float64", shape);
  return requiresGrad ? variableOf<"float64">(view) : constantOf<"float64">(view);
}

/**
 * Makes a tensor that is not tracked: data, labels, masks.
 *
 * @example
 * ```ts
 * import { constant, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(constant([1, 2, 3, 4], { dtype: "float64", shape: [2, 2] })), [1, 2, 3, 4]);
 * ```
 *
 * @param data A number, nested arrays or a typed array; copied, and rounded to the dtype.
 * @param options `dtype`, float32 by default, and `shape`, by default that of the nesting.
 * @throws {ShapeError} If the nesting is ragged or the shape does not fit the number of elements.
 * @throws {DTypeError} If `dtype` is not a dtype.
 */
export function constant<D extends DType = "float32">(
  data: Numeric,
  options: DTypeOption<D> & { readonly shape?: Shape | undefined } = {},
): Tensor<NoInfer<D>> {
  checkOptions("apply constant", options, { dtype: true, shape: true });
  const { dtype, shape } = options;
  return constantOf<D>(parseNumeric("constant", data, resolveDType("constant", dtype), shape));
}

/**
 * Makes a constant filled with one value.
 *
 * @example
 * ```ts
 * import { full, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(full([2], 7)), [7, 7]);
 * ```
 *
 * @throws {ShapeError} If an axis length is negative or not a whole number.
 */
export function full<D extends DType = "float32">(
  shape: Shape,
  value: number,
  options: DTypeOption<D> = {},
): Tensor<NoInfer<D>> {
  checkOptions("apply full", options, { dtype: true });
  const { dtype } = options;
  return filled("full", shape, value, resolveDType("full", dtype));
}

/**
 * Makes a constant of zeros.
 *
 * @example
 * ```ts
 * import { toList, zeros } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(zeros([2])), [0, 0]);
 * ```
 *
 * @throws {ShapeError} If an axis length is negative or not a whole number.
 */
export function zeros<D extends DType = "float32">(shape: Shape, options: DTypeOption<D> = {}): Tensor<NoInfer<D>> {
  checkOptions("apply zeros", options, { dtype: true });
  const { dtype } = options;
  return filled("zeros", shape, 0, resolveDType("zeros", dtype));
}

/**
 * Makes a constant of ones.
 *
 * @example
 * ```ts
 * import { ones, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(ones([2])), [1, 1]);
 * ```
 *
 * @throws {ShapeError} If an axis length is negative or not a whole number.
 */
export function ones<D extends DType = "float32">(shape: Shape, options: DTypeOption<D> = {}): Tensor<NoInfer<D>> {
  checkOptions("apply ones", options, { dtype: true });
  const { dtype } = options;
  return filled("ones", shape, 1, resolveDType("ones", dtype));
}

function filled<D extends DType>(op: string, shape: Shape, value: number, dtype: D): Tensor<D> {
  checkShape(op, shape);
  if (typeof value !== "number") {
    throw new TypeError(`Cannot apply ${op} to ${describe(value)}: the value must be a number; pass one`);
  }
  // One element with strides of 0: as fast for a million elements as for one.
  const one = allocate(dtype, []);
  one.data[one.offset] = value;
  return constantOf<D>(
    unsafeView<D>(one.data, Object.freeze([...shape]), shape.map(() => 0), one.offset),
  );
}

/**
 * Returns the numbers from `start` up to, but not including, `stop`. With one argument, from 0 up to it.
 *
 * @example
 * ```ts
 * import { arange, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(arange(3)), [0, 1, 2]);
 * assertEquals(toList(arange(1, 8, 3)), [1, 4, 7]);
 * ```
 *
 * @returns `[ceil((stop - start) / step)]`, computed as `start + i * step`.
 * @throws {RangeError} If a number is not finite, `step` is 0, there would be more than 2^31 - 1 elements, or a whole
 * number among them is not exact in float32, as beyond 2^24.
 */
export function arange<D extends DType = "float32">(
  start: number,
  stop?: number,
  step = 1,
  options: DTypeOption<D> = {},
): Tensor<NoInfer<D>> {
  checkOptions("build arange", options, { dtype: true });
  const { dtype } = options;
  for (const given of [start, stop ?? 0, step]) {
    if (typeof given === "number") continue;
    throw new TypeError(
      `Cannot build arange with ${describe(given)}: start, stop and step must be numbers; pass numbers`,
    );
  }
  const [first, end] = stop === undefined ? [0, start] : [start, stop];
  // Where the distance overflows, all are halved.
  const whole = Number.isFinite(end - first) ? 1 : 2, origin = first / whole, stride = step / whole;
  const count = Math.max(0, Math.ceil((end / whole - origin) / stride));
  if (!Number.isFinite(count) || count > MOST_ELEMENTS || ![first, end, step].every(Number.isFinite)) {
    throw new RangeError(
      `Cannot build arange from ${first} to ${end} by ${step}: all three must be finite, step not 0, ` +
        "and at most 2^31 - 1 elements result; correct the step",
    );
  }
  const view = allocate(resolveDType("arange", dtype), [count]);
  for (let i = 0; i < count; i++) {
    const value = whole * (origin + i * stride);
    view.data[view.offset + i] = value;
    if (Number.isSafeInteger(value) && view.data[view.offset + i] !== value) {
      throw new RangeError(
        `Cannot build arange from ${first} to ${end} by ${step} in ${view.dtype}: ${value} must be exact, and ` +
          `${exactRange(view.dtype)}; pass { dtype: "float64" }`,
      );
    }
  }
  return constantOf<D>(view);
}

/**
 * Makes the identity matrix `[n, columns]`, square if `columns` is left out.
 *
 * @example
 * ```ts
 * import { eye, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(eye(2)), [[1, 0], [0, 1]]);
 * ```
 *
 * @throws {ShapeError} If a size is not a whole number of 0 or more.
 */
export function eye<D extends DType = "float32">(
  n: number,
  columns: number = n,
  options: DTypeOption<D> = {},
): Tensor<NoInfer<D>> {
  checkOptions("apply eye", options, { dtype: true });
  const { dtype } = options;
  checkShape("eye", [n, columns]);
  const view = allocate(resolveDType("eye", dtype), [n, columns]);
  for (let i = 0; i < Math.min(n, columns); i++) view.data[view.offset + i * columns + i] = 1;
  return constantOf<D>(view);
}

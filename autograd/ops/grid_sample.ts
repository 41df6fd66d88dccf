/**
 * Images sampled at given positions.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkResultShape, sizeOf } from "../../blas/shape.ts";
import { checkPositions } from "../values/indices.ts";
import { checkOperands } from "../primitive.ts";
import { stopGradient } from "../stop_gradient.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { add, mul, scale, sub } from "./arithmetic.ts";
import { clamp, where } from "./choice.ts";
import { greaterEqual, lessEqual } from "./comparison.ts";
import { isNaN } from "./finite.ts";
import { gatherAlong } from "./gather.ts";
import { partAlong } from "./slice.ts";
import { reshape } from "./reshape.ts";
import { floor, round } from "./rounding.ts";
import { broadcastTo } from "./sum.ts";

/** The settings of {@link gridSample}. */
export type GridSampleOptions = {
  /** `"linear"` if left out; `"nearest"` takes the nearest element, and has no derivative with respect to the grid. */
  readonly mode?: "linear" | "nearest" | undefined;
  /** The values beyond the image: zeros, if left out, or the nearest element of its border. */
  readonly padding?: "zeros" | "border" | undefined;
  /** Whether -1 and 1 are the centers of the outermost elements, or their outer edges; `false` if left out. */
  readonly alignCorners?: boolean | undefined;
};

/**
 * Samples images at positions between their elements, to rotate, shift or warp them. It gives the same numbers as
 * PyTorch (`nn.functional.grid_sample`).
 *
 * Derivatives go to the image and to the positions. Made of four lookups for `"linear"`, which compiled programs compute
 * in WebAssembly.
 *
 * @param x `[batch, channels, height, width]`
 * @param grid `[batch, output height, output width, 2]`: for each element of the result the position `(across, down)`
 * where it is looked up, from -1, left or top, to 1, right or bottom.
 * @param options `mode`: `"linear"` by default, or `"nearest"`; `padding`: `"zeros"` by default, or `"border"`;
 * `alignCorners`: `false` by default.
 * @returns `[batch, channels, output height, output width]`
 * @throws {ShapeError} If the shapes do not fit, or the image is empty.
 * @throws {RangeError} If a setting has an unknown value, or the image has more elements than its dtype can number: 2^24 in
 * float32.
 * @throws {DTypeError} If the dtypes differ.
 * @see Jaderberg et al., Spatial Transformer Networks, 2015.
 *
 * @example The middle of an image, and its left edge
 * ```ts
 * import { gridSample, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const image = tensor64([[[[1, 3]]]]), grid = tensor64([[[[0, 0], [-1, 0]]]]);
 * assertEquals(toList(gridSample(image, grid, { padding: "border" })), [2, 1]);
 * assertEquals(toList(gridSample(image, grid)), [2, 0.5]);
 * ```
 */
export function gridSample<D extends DType>(
  x: Tensor<D>,
  grid: Tensor<NoInfer<D>>,
  options: GridSampleOptions = {},
): Tensor<D> {
  checkOperands("gridSample", [x, grid]);
  checkOptions("apply gridSample", options, { mode: true, padding: true, alignCorners: "flag" });
  const { mode = "linear", padding = "zeros", alignCorners = false } = options;
  requireOneOf("mode", mode, ["linear", "nearest"]);
  requireOneOf("padding", padding, ["zeros", "border"]);
  checkShapes(x, grid);
  const [height, width] = innerShape(x).slice(-2) as [number, number]; // checked: four axes
  checkPositions("gridSample", height * width, x.dtype);
  const [batch, rows, columns] = innerShape(grid) as readonly [number, number, number, number]; // checked: four axes
  const shape = [batch, innerShape(x)[1]!, rows, columns];
  checkResultShape("gridSample", shape);
  const at = (coordinate: 0 | 1, length: number): Tensor<D> => {
    const given = reshape(partAlong<D>(grid, 3, coordinate, 1), [batch, rows * columns]);
    const position = alignCorners
      ? scale(add(given, 1), (length - 1) / 2)
      : scale(sub(scale(add(given, 1), length), 1), 0.5);
    return padding === "border" ? where<D>(isNaN(position), 0, clamp(position, 0, length - 1)) : position;
  };
  const across = at(0, width), down = at(1, height);
  const look = (row: Tensor<D>, column: Tensor<D>): Tensor<D> => lookUp(x, stopGradient(row), stopGradient(column));
  if (mode === "nearest") return reshape(look(round(down), round(across)), shape);
  const top = floor(down), left = floor(across), below = sub(down, top), beside = sub(across, left);
  const corners = [
    [top, left, mul(sub(1, below), sub(1, beside))],
    [top, add(left, 1), mul(sub(1, below), beside)],
    [add(top, 1), left, mul(below, sub(1, beside))],
    [add(top, 1), add(left, 1), mul(below, beside)],
  ] as const;
  const parts = corners.map(([row, column, weight]) =>
    // The positions are tensors, so their products are tensors.
    mul(look(row, column), reshape(weight as Tensor<D>, [batch, 1, rows * columns]))
  );
  return reshape(parts.reduce((sum, part) => add(sum, part)), shape);
}

/**
 * Takes elements of images by row and column, and 0 beyond the image.
 *
 * @param x `[batch, channels, height, width]`
 * @param row `[batch, count]`, whole numbers.
 * @returns `[batch, channels, count]`
 */
function lookUp<D extends DType>(x: Tensor<D>, row: Tensor<D>, column: Tensor<D>): Tensor<D> {
  // As checked, four axes.
  const [batch, channels, height, width] = innerShape(x) as readonly [number, number, number, number];
  const count = innerShape(row)[1]!;
  const within = (t: Tensor<D>, length: number): Tensor<D> => mul(greaterEqual(t, 0), lessEqual(t, length - 1));
  const isInside = mul(within(row, height), within(column, width));
  const number = add(scale(clamp(row, 0, height - 1), width), clamp(column, 0, width - 1));
  const indices = broadcastTo(reshape(number, [batch, 1, count]), [batch, channels, count]);
  const taken = gatherAlong(reshape(x, [batch, channels, height * width]), indices, 2);
  return mul(taken, reshape(isInside, [batch, 1, count]));
}

function requireOneOf(name: string, value: unknown, allowed: readonly string[]): void {
  if (allowed.some((own) => own === value)) return;
  throw new RangeError(
    `Cannot apply gridSample with ${describe(value)} for ${name}: it must be ${
      allowed.map((own) => `"${own}"`).join(" or ")
    }; correct the name`,
  );
}

function checkShapes(x: Tensor, grid: Tensor): void {
  const image = innerShape(x), positions = innerShape(grid);
  const refuse = (problem: string, remedy: string): never => {
    throw new ShapeError({ op: "gridSample", given: { x: image, grid: positions }, problem, remedy });
  };
  if (image.length !== 4) refuse("x must be [batch, channels, height, width]", "reshape it");
  if (positions.length !== 4 || positions[3] !== 2) {
    refuse("grid must be [batch, output height, output width, 2]", "stack across and down along a last axis");
  }
  if (image[0] !== positions[0]) refuse("x and grid must have the same batch axis", "broadcastTo repeats one of them");
  if (sizeOf(image.slice(2)) === 0) refuse("the image must have at least one row and one column", "skip empty images");
}

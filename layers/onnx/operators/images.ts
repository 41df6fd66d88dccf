/**
 * Images: channels as blocks of pixels, and images seen through a grid.
 *
 * @module
 */
import * as ops from "../../../autograd/ops/mod.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { innerShape } from "../../../autograd/tensor_record.ts";
import { constant } from "../../../autograd/values/constructors.ts";
import {
  type Call,
  callError,
  input,
  numberOf,
  numbersAt,
  numbersOf,
  type Operators,
  tensorAt,
  textOf,
  unary,
  type Value,
} from "../value.ts";

const MODES: Readonly<Record<string, "linear" | "nearest" | "cubic">> = {
  bilinear: "linear",
  linear: "linear",
  nearest: "nearest",
  bicubic: "cubic",
  cubic: "cubic",
};

/** Positions from -1 to 1 as numbers of elements, and back. */
type Scaling = {
  readonly toElements: (t: Tensor, length: number) => Tensor;
  readonly toGrid: (t: Tensor, length: number) => Tensor;
};

const scaling = (alignCorners: boolean): Scaling => ({
  toElements: (t, length) =>
    alignCorners
      ? ops.scale(ops.add(t, 1), (length - 1) / 2)
      : ops.scale(ops.sub(ops.scale(ops.add(t, 1), length), 1), 0.5),
  toGrid: (t, length) =>
    alignCorners
      ? ops.sub(ops.scale(t, 2 / Math.max(1, length - 1)), 1)
      : ops.sub(ops.scale(ops.add(ops.scale(t, 2), 1), 1 / length), 1),
});

function gridSample(x: Tensor, call: Call): Tensor {
  const grid = tensorAt(call, 1),
    name = textOf(call, "mode", "linear"),
    mode = Object.hasOwn(MODES, name) ? MODES[name]! : undefined;
  const padding = textOf(call, "padding_mode", "zeros"), alignCorners = numberOf(call, "align_corners", 0) === 1;
  const [height = 1, width = 1] = innerShape(x).slice(2),
    lengths = [width, height],
    { toElements, toGrid } = scaling(alignCorners);
  if (mode === undefined) throw callError(call, `there is no mode ${name}`, "use linear, nearest or cubic");
  if (innerShape(x).length !== 4) throw callError(call, "it looks at volumes", "use images: 4 axes");
  const places = lengths.map((length, k) => toElements(ops.sliceAxes(grid, [[], [], [], [k, k + 1]]), length));
  const seen = padding === "reflection"
    ? (place: Tensor, k: number) => mirrored(place, lengths[k]!, alignCorners)
    : (place: Tensor) => place;
  const gridOf = (at: readonly Tensor[]): Tensor =>
    ops.concat(at.map((place, k) => toGrid(seen(place, k), lengths[k]!)), 3);
  const kept = padding === "zeros" ? "zeros" : "border";
  if (mode !== "cubic") return ops.gridSample(x, gridOf(places), { mode, padding: kept, alignCorners });
  // 4 by 4 neighbours, each looked up as it is.
  const floors = places.map((place) => ops.floor(place)), shares = places.map((place, k) => ops.sub(place, floors[k]!));
  const parts = OFFSETS.flatMap((dy) =>
    OFFSETS.map((dx) => {
      const look = ops.gridSample(x, gridOf([ops.add(floors[0]!, dx), ops.add(floors[1]!, dy)]), {
        mode: "nearest",
        padding: kept,
        alignCorners,
      });
      const weight = ops.mul(
        cubicWeight(ops.abs(ops.sub(shares[0]!, dx)), dx),
        cubicWeight(ops.abs(ops.sub(shares[1]!, dy)), dy),
      );
      return ops.mul(look, ops.transpose(weight, [0, 3, 1, 2]));
    })
  );
  return parts.reduce((sum, part) => ops.add(sum, part));
}

const OFFSETS = [-1, 0, 1, 2] as const;

/** Keys's kernel with PyTorch's parameter, of a distance below 1 or between 1 and 2. */
function cubicWeight(d: Tensor, offset: number): Tensor {
  const a = -0.75, isNear = offset === 0 || offset === 1;
  const [p, q, r, s] = isNear ? [a + 2, -(a + 3), 0, 1] : [a, -5 * a, 8 * a, -4 * a];
  return ops.add(ops.mul(ops.add(ops.mul(ops.add(ops.scale(d, p), q), d), r), d), s);
}

/** Reflects positions beyond an axis at its ends. */
function mirrored(place: Tensor, length: number, alignCorners: boolean): Tensor {
  const low = alignCorners ? 0 : -0.5, span = alignCorners ? length - 1 : length;
  if (span === 0) return ops.scale(place, 0);
  const rest = ops.remainder(ops.abs(ops.sub(place, low)), 2 * span);
  return ops.clamp(ops.add(ops.minimum(rest, ops.sub(2 * span, rest)), low), 0, length - 1);
}

/** The positions that matrices `[batch, 2, 3]` take those of an image to. */
function affineGrid(call: Call): readonly Value[] {
  const { type, tensor: theta } = input(call, 0), [batch = 0, , height = 0, width = 0, more] = numbersAt(call, 1);
  if (more !== undefined) throw callError(call, "it is for volumes", "use images: a size of 4 numbers");
  const isCorner = numberOf(call, "align_corners", 0) === 1;
  const places = (length: number): readonly number[] =>
    Array.from(
      { length },
      (_, k) => isCorner ? (length === 1 ? 0 : 2 * k / (length - 1) - 1) : (2 * k + 1) / length - 1,
    );
  const down = places(height), points = down.flatMap((y) => places(width).flatMap((x) => [x, y, 1]));
  const grid = constant(points, { dtype: theta.dtype, shape: [height * width, 3] });
  return [{ type, tensor: ops.reshape(ops.matmul(grid, ops.transpose(theta, [0, 2, 1])), [batch, height, width, 2]) }];
}

/** Adds columns up to images. */
function columnsToImage(x: Tensor, call: Call): Tensor {
  const size = numbersAt(call, 1), block = numbersAt(call, 2), ones = size.map(() => 1);
  if (size.length !== 2) throw callError(call, `it is for ${size.length} axes`, "use images: 2 axes");
  const pair = (numbers: readonly number[]) => numbers as readonly [number, number]; // of two axes
  const padding = (numbersOf(call, "pads") ?? [0, 0, 0, 0]) as readonly [number, number, number, number]; // both ends of two axes
  return ops.fold(x, pair(size), {
    size: pair(block),
    stride: pair(numbersOf(call, "strides") ?? ones),
    dilation: pair(numbersOf(call, "dilations") ?? ones),
    padding,
  });
}

/** The operators of this file. */
export const imageOperators: Operators = /* @__PURE__ */ (() => ({
  GridSample: unary(gridSample),
  AffineGrid: { compute: affineGrid, known: [1] },
  Col2Im: { ...unary(columnsToImage), known: [1, 2] },
  DepthToSpace: unary((x, call) =>
    ops.depthToSpace(x, numberOf(call, "blocksize", 1), { mode: textOf(call, "mode", "DCR") === "CRD" ? "crd" : "dcr" })
  ),
  SpaceToDepth: unary((x, call) => ops.spaceToDepth(x, numberOf(call, "blocksize", 1))),
}))();

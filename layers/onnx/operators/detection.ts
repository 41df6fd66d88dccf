/**
 * Operators of object detectors, on boxes.
 *
 * @module
 */
import * as ops from "../../../autograd/ops/mod.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { innerShape } from "../../../autograd/tensor_record.ts";
import { constant } from "../../../autograd/values/constructors.ts";
import {
  type Call,
  known,
  maybeNumbersAt,
  numberOf,
  numbersAt,
  type Operators,
  shapeAt,
  textOf,
  unary,
  type Value,
} from "../value.ts";

/** A box by its corners. */
type Box = readonly [top: number, left: number, bottom: number, right: number];

/** The intersection of two boxes over their union. */
function overlap(a: Box, b: Box): number {
  const area = ([top, left, bottom, right]: Box): number => (bottom - top) * (right - left);
  const height = Math.min(a[2], b[2]) - Math.max(a[0], b[0]), width = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (height <= 0 || width <= 0) return 0;
  return height * width / (area(a) + area(b) - height * width);
}

/** The best boxes of each class, without those that cover much of a better one. Scores and boxes must be known. */
function nonMaxSuppression(call: Call): readonly Value[] {
  const [batches = 0, classes = 0, count = 0] = shapeAt(call, 1),
    places = numbersAt(call, 0),
    scores = numbersAt(call, 1);
  const [most = 0] = maybeNumbersAt(call, 2) ?? [],
    [least] = maybeNumbersAt(call, 4) ?? [],
    [limit = 0] = maybeNumbersAt(call, 3) ?? [];
  const isCentered = numberOf(call, "center_point_box", 0) === 1, found: number[] = [];
  const boxOf = (batch: number, k: number): Box => {
    const [a, b, c, d] = places.slice((batch * count + k) * 4, (batch * count + k) * 4 + 4) as [
      number,
      number,
      number,
      number,
    ]; // four each
    return isCentered
      ? [b - d / 2, a - c / 2, b + d / 2, a + c / 2]
      : [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
  };
  for (let batch = 0; batch < batches; batch++) {
    const boxes = Array.from({ length: count }, (_, k) => boxOf(batch, k));
    for (let own = 0; own < classes; own++) {
      const score = (k: number): number => scores[(batch * classes + own) * count + k]!, kept: number[] = [];
      const order = boxes.map((_, k) => k).filter((k) => least === undefined || score(k) > least).sort((a, b) =>
        score(b) - score(a)
      );
      for (const k of order) {
        if (kept.length >= most) break;
        if (kept.some((other) => overlap(boxes[k]!, boxes[other]!) > limit)) continue;
        kept.push(k);
        found.push(batch, own, k);
      }
    }
  }
  return [known(call.run, "int64", found, [found.length / 3, 3])];
}

/** Four elements around a place, and their shares; none for a place beyond the image. */
function around(
  y: number,
  x: number,
  height: number,
  width: number,
): readonly (readonly [place: number, weight: number])[] {
  if (y < -1 || y > height || x < -1 || x > width) return [0, 0, 0, 0].map(() => [0, 0] as const);
  const split = (at: number, length: number) => {
    const inside = Math.min(Math.max(at, 0), length - 1), low = Math.floor(inside), share = inside - low;
    return [[low, 1 - share], [Math.min(low + 1, length - 1), share]] as const;
  };
  return split(y, height).flatMap(([row, a]) =>
    split(x, width).map(([column, b]) => [row * width + column, a * b] as const)
  );
}

/** Parts of images in boxes, which must be known, as images of one size. */
function roiAlign(x: Tensor, call: Call): Tensor {
  const [, channels, height, width] = innerShape(x) as [number, number, number, number], // the shape that ONNX specifies
    rois = numbersAt(call, 1),
    batch = numbersAt(call, 2);
  const rows = numberOf(call, "output_height", 1),
    columns = numberOf(call, "output_width", 1),
    ratio = numberOf(call, "sampling_ratio", 0);
  const scale = numberOf(call, "spatial_scale", 1), isMax = textOf(call, "mode", "avg") === "max";
  const isHalf =
    textOf(call, "coordinate_transformation_mode", call.run.opset < 16 ? "output_half_pixel" : "half_pixel") ===
      "half_pixel";
  const flat = ops.reshape(ops.transpose(x, [0, 2, 3, 1]), [innerShape(x)[0]! * height * width, channels]);
  const regions = batch.map((image, k) => {
    const [left, top, right, bottom] = rois.slice(4 * k, 4 * k + 4).map((at) => at * scale - (isHalf ? 0.5 : 0)) as [
      number,
      number,
      number,
      number,
    ]; // four each
    const size = (length: number): number => isHalf ? length : Math.max(length, 1);
    const binHeight = size(bottom - top) / rows, binWidth = size(right - left) / columns;
    const down = ratio > 0 ? ratio : Math.ceil(size(bottom - top) / rows),
      across = ratio > 0 ? ratio : Math.ceil(size(right - left) / columns);
    const places: number[] = [], weights: number[] = [];
    for (let bin = 0; bin < rows * columns; bin++) {
      for (let sample = 0; sample < down * across; sample++) {
        const y = top + (Math.floor(bin / columns) + (Math.floor(sample / across) + 0.5) / down) * binHeight;
        const z = left + (bin % columns + (sample % across + 0.5) / across) * binWidth;
        for (const [place, weight] of around(y, z, height, width)) {
          places.push(image * height * width + place);
          weights.push(weight);
        }
      }
    }
    const shape = [rows * columns, down * across, 4];
    const seen = ops.mul(ops.take(flat, places), constant(weights, { dtype: x.dtype, shape: [weights.length, 1] }));
    const cut = ops.reshape(seen, [...shape, channels]);
    // The largest of all shares, as ONNX says, and not of all places.
    const pooled = isMax ? ops.max(cut, { axes: [1, 2] }) : ops.mean(ops.sum(cut, { axes: 2 }), { axes: 1 });
    return ops.reshape(ops.transpose(pooled), [channels, rows, columns]);
  });
  return ops.stack(regions);
}

/** The operators of this file. */
export const detectionOperators: Operators = /* @__PURE__ */ (() => ({
  NonMaxSuppression: { compute: nonMaxSuppression },
  RoiAlign: unary(roiAlign),
}))();

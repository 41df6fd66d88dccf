/**
 * Embeddings on a plane.
 *
 * @module
 */
import { cast, matmul, mean, slice, sub, transpose } from "../../../autograd/ops/mod.ts";
import { svd } from "../../../autograd/linalg/mod.ts";
import { toArray, toList } from "../../../autograd/values/read.ts";
import type { DType } from "../../../blas/dtype.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { checkLabels, checkPicture, checkRank, PICTURE_OPTIONS } from "./check_picture.ts";
import { COLORS, draw } from "./draw.ts";
import { LARGEST, linearDomain } from "./domain.ts";
import type { PictureOptions } from "./options.ts";

/** Points on the plane of the first two principal components. */
export type Plane = {
  /** A point for each vector. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** The share of the variance that each axis has. */
  readonly shares: readonly [x: number, y: number];
};

/**
 * Projects vectors on their first two principal components: the plane on which they are furthest apart.
 *
 * @param vectors `[points, features]`, with one feature at least.
 * @returns The points, and the share of the variance along each axis. Axes point to the side on which their largest
 * component is positive.
 * @throws {RangeError} If an element is NaN, or beyond 1e300.
 *
 * @example
 * ```ts
 * import { tensor64 } from "@nanograd/nanograd";
 * import { principalPlane } from "@nanograd/nanograd/watch";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { points, shares } = principalPlane(tensor64([[0, 0, 0], [3, 4, 0]]));
 * assertAlmostEquals(points[1]![0] - points[0]![0], 5);
 * assertAlmostEquals(shares[0], 1);
 * ```
 */
export function principalPlane<D extends DType>(vectors: Tensor<D>): Plane {
  checkRank("project vectors on a plane", vectors, [2], "[points, features]");
  if (vectors.shape[0] === 0 || vectors.shape[1] === 0) return { points: [], shares: [0, 0] };
  const wrong = toList(vectors).find((x) => !(Math.abs(x) <= LARGEST));
  if (wrong !== undefined) {
    throw new RangeError(
      `Cannot project vectors with the element ${wrong} on a plane: all must be numbers that are not beyond 1e300; ` +
        "leave such vectors out, or divide all of them",
    );
  }
  const whole = cast(vectors, "float64"),
    centred = sub(whole, mean(whole, { axes: 0, keepDims: true })),
    { s, v } = svd(centred);
  // Relative to the largest, whose own square may overflow or vanish.
  const lengths = toList(s), largest = lengths[0]!, variances = lengths.map((x) => (x / largest) ** 2); // no axis is empty
  const total = variances.reduce((sum, x) => sum + x, 0);
  const axes = transpose(slice(transpose(v), 0, Math.min(2, variances.length)));
  // A matrix has lists of numbers.
  const signs = (toArray(transpose(axes)) as readonly (readonly number[])[]).map((axis) =>
    axis.reduce((largest, x) => Math.abs(x) > Math.abs(largest) + 1e-9 ? x : largest, 0) < 0 ? -1 : 1
  );
  const rows = toArray(matmul(centred, axes)) as readonly (readonly number[])[]; // a matrix
  const share = (k: number): number => largest === 0 ? 0 : (variances[k] ?? 0) / total;
  return {
    points: rows.map(([x, y = 0]) => [x! * signs[0]!, y * (signs[1] ?? 1)] as const),
    shares: [share(0), share(1)],
  };
}

/** The options of {@link embeddingMap}. */
export type EmbeddingMapOptions = PictureOptions & {
  /** The class of each point, which chooses its colour. */
  readonly classes?: readonly (string | number)[] | undefined;
  /** A text beside each point. */
  readonly labels?: readonly string[] | undefined;
};

/**
 * Draws vectors as points on the plane of their first two principal components, and writes on the axes which share of the
 * variance is on them: what is near on the plane may be far apart along the rest.
 *
 * @param vectors `[points, features]`: the rows of an embedding, or the outputs of a layer.
 * @param options `title`, `width`, `height`, `classes`, `labels`.
 * @returns An SVG document.
 * @throws {TypeError} If it is not a matrix, or classes or labels are not as many as points.
 *
 * @example
 * ```ts
 * import { key, randomNormal } from "@nanograd/nanograd";
 * import { embeddingMap } from "@nanograd/nanograd/watch";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const svg = await embeddingMap(randomNormal(key(0), [3, 8]), { labels: ["king", "queen", "apple"] });
 * assertStringIncludes(svg, "queen");
 * ```
 */
export async function embeddingMap(vectors: Tensor, options: EmbeddingMapOptions = {}): Promise<string> {
  const action = "draw a map of vectors";
  checkPicture(action, options, { ...PICTURE_OPTIONS, classes: true, labels: true });
  checkRank(action, vectors, [2], "[points, features]");
  // As checked, a matrix.
  const { title, width = 420, height = 420, classes, labels } = options, [count] = vectors.shape as [number, number];
  checkLabels(action, classes, count, "points");
  checkLabels(action, labels, count, "points");
  const { points, shares } = principalPlane(vectors);
  const rows = points.map(([x, y], k) => ({ x, y, class: String(classes?.[k] ?? ""), label: labels?.[k] ?? "" }));
  const names = [...new Set(rows.map((row) => row.class))].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const axis = (k: 0 | 1): string => `component ${k + 1} (${(100 * shares[k]).toFixed(1)} % of the variance)`;
  const place = { x: { scale: "x", field: "x" }, y: { scale: "y", field: "y" } };
  return await draw({
    width,
    height,
    data: [{ name: "points", values: rows }],
    scales: [
      {
        name: "x",
        type: "linear",
        range: "width",
        domain: linearDomain(action, rows.map(({ x }) => x)),
        zero: false,
        nice: true,
      },
      {
        name: "y",
        type: "linear",
        range: "height",
        domain: linearDomain(action, rows.map(({ y }) => y)),
        zero: false,
        nice: true,
      },
      { name: "color", type: "ordinal", domain: names, range: [...COLORS] },
    ],
    axes: [
      { orient: "bottom", scale: "x", gridScale: "y", grid: true, title: axis(0), tickCount: 6 },
      { orient: "left", scale: "y", gridScale: "x", grid: true, title: axis(1), tickCount: 6 },
    ],
    legends: classes === undefined ? [] : [{ fill: "color", orient: "right", symbolType: "circle" }],
    marks: [
      {
        type: "symbol",
        from: { data: "points" },
        encode: {
          enter: {
            ...place,
            fill: { scale: "color", field: "class" },
            fillOpacity: { value: 0.75 },
            size: { value: count > 500 ? 16 : 40 },
          },
        },
      },
      {
        type: "text",
        from: { data: "points" },
        encode: {
          enter: { ...place, text: { field: "label" }, dx: { value: 6 }, dy: { value: 3 }, fontSize: { value: 11 } },
        },
      },
    ],
  }, title);
}

/**
 * Gradients from the first layer to the last.
 *
 * @module
 */
import type { Gradients } from "../../../autograd/backward.ts";
import type { TensorTree } from "../../../autograd/tree/parameter_tree.ts";
import { gradientStats } from "../../diagnostics/gradient_stats.ts";
import { checkPicture, PICTURE_OPTIONS } from "../pictures/check_picture.ts";
import type { Mark } from "../packages.ts";
import { LARGEST, logarithmicDomain } from "../pictures/domain.ts";
import { COLORS, draw } from "../pictures/draw.ts";
import type { PictureOptions } from "../pictures/options.ts";

/**
 * Draws how large gradients are, parameter by parameter from the first layer to the last, on a logarithmic axis: the mean
 * and the largest absolute value. Bars that shrink to the left are gradients that vanish on their way back, and bars that
 * grow are gradients that explode; a parameter without a bar has a gradient of 0, or one that is not finite.
 *
 * @param gradients A tree of tensors, or what `backward` returned.
 * @param options `title`, `width`, `height`.
 * @returns An SVG document.
 *
 * @example
 * ```ts
 * import { tensor64 } from "@nanograd/nanograd";
 * import { gradientFlow } from "@nanograd/nanograd/watch";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const gradients = [{ weight: tensor64([1e-6, -3e-6]) }, { weight: tensor64([0.1, 0.2]) }];
 * assertStringIncludes(await gradientFlow(gradients), "0.weight");
 * ```
 */
export async function gradientFlow<P extends TensorTree<P>>(
  gradients: Gradients | P,
  options: PictureOptions = {},
): Promise<string> {
  checkPicture("draw the flow of gradients", options, PICTURE_OPTIONS);
  const stats = Object.entries(gradientStats(gradients).byPath);
  const { title, width = Math.max(300, 28 * stats.length), height = 260 } = options;
  const rows = stats.flatMap(([path, { meanAbsolute, inf }], k) => [
    { k, path, of: "largest", value: inf },
    { k, path, of: "mean", value: meanAbsolute },
  ]);
  const shown = rows.filter(({ value }) => Number.isFinite(value) && value > 0);
  // Bars of a logarithmic axis have no natural end: they begin one power of ten below the smallest.
  const [least, top] = logarithmicDomain(shown.map(({ value }) => value));
  const floor = Math.max(10 ** Math.floor(Math.log10(least) - 1), Number.MIN_VALUE);
  const bars: Mark = {
    type: "rect",
    from: { data: "shown" },
    encode: {
      enter: {
        x: { scale: "x", field: "k" },
        width: { scale: "x", band: 1 },
        y: { scale: "y", field: "value" },
        y2: { scale: "y", value: floor },
        fill: { scale: "color", field: "of" },
      },
    },
  };
  return await draw({
    width,
    height,
    data: [{ name: "shown", values: shown }],
    scales: [
      { name: "x", type: "band", domain: stats.map((_, k) => k), range: "width", padding: 0.25 },
      { name: "y", type: "log", domain: [floor, top], range: "height", nice: top < LARGEST },
      { name: "color", type: "ordinal", domain: ["largest", "mean"], range: ["#c6d8ec", COLORS[0]!] },
    ],
    axes: [
      {
        orient: "bottom",
        scale: "x",
        domain: false,
        ticks: false,
        labelAngle: -60,
        labelAlign: "right",
        labelBaseline: "middle",
        labelLimit: 140,
        encode: {
          labels: { update: { text: { signal: `${JSON.stringify(stats.map(([path]) => path))}[datum.value]` } } },
        },
      },
      {
        orient: "left",
        scale: "y",
        gridScale: "x",
        grid: true,
        title: "absolute gradient",
        format: "~e",
        tickCount: 6,
      },
    ],
    legends: [{ fill: "color", orient: "top", direction: "horizontal", symbolType: "square" }],
    marks: [bars],
  }, title);
}

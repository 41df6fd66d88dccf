/**
 * Nodes that resize images and look at them through grids.
 *
 * @module
 */
import { c, f, n } from "./case.ts";
import type { Data } from "../build.ts";

const scales = (values: readonly number[]): Data => ({ type: "float32", shape: [values.length], values });
const image = f([1, 2, 5, 7]), up = scales([1, 1, 2.3, 1.6]), down = scales([1, 1, 0.6, 0.45]), sizes = n([1, 2, 8, 4]);
const COORDINATES = ["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel", "half_pixel_symmetric"];

/** The cases of this file. */
export const IMAGE_CASES = [
  ...["nearest", "linear", "cubic"].flatMap((mode) =>
    COORDINATES.flatMap((coordinates) => {
      const opset = coordinates === "half_pixel_symmetric" ? 19 : 17,
        settings = { mode, coordinate_transformation_mode: coordinates };
      return [
        c("Resize", [image, null, up], settings, { opset }),
        c("Resize", [image, null, down], settings, { opset }),
        c("Resize", [image, null, null, sizes], settings, { opset }),
      ];
    })
  ),
  ...["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"].map((nearest) =>
    c("Resize", [image, null, scales([1, 1, 2, 3])], { mode: "nearest", nearest_mode: nearest })
  ),
  c("Resize", [image, null, up], { mode: "cubic", exclude_outside: 1, cubic_coeff_a: { float: -0.5 } }),
  c("Resize", [image, scales([0, 0, 0.1, -0.2, 1, 1, 0.8, 1.3]), null, sizes], {
    mode: "linear",
    coordinate_transformation_mode: "tf_crop_and_resize",
    extrapolation_value: { float: 3 },
  }),
  c("Resize", [image, null, down], { mode: "linear", antialias: 1 }, { opset: 18 }),
  c("Resize", [image, null, down], { mode: "cubic", antialias: 1 }, { opset: 18 }),
  c("Resize", [image, null, null, n([10, 10])], {
    axes: [2, 3],
    keep_aspect_ratio_policy: "not_larger",
    mode: "linear",
  }, { opset: 18 }),
  c("Resize", [image, up], { mode: "nearest" }, { opset: 10 }),
  c("Upsample", [image, scales([1, 1, 2, 3])], { mode: "nearest" }, { opset: 9 }),
  c("Upsample", [image, scales([1, 1, 2, 3])], { mode: "linear" }, { opset: 9 }),
  c("Upsample", [image], { mode: "nearest", scales: { floats: [1, 1, 2, 2] } }, { opset: 7 }),
  ...["bilinear", "nearest", "bicubic"].flatMap((mode) =>
    ["zeros", "border", "reflection"].flatMap((padding_mode) =>
      [0, 1].map((align_corners) =>
        c("GridSample", [image, f([1, 3, 4, 2], -1.6, 1.6)], { mode, padding_mode, align_corners }, { known: [] })
      )
    )
  ),
];

/**
 * Nodes that move elements.
 *
 * @module
 */
import { c, f, n } from "./case.ts";

const INT = { outputs: ["int64"] } as const;

/** The cases of this file. */
export const SHAPE_CASES = [
  c("Shape", [f([2, 3, 4])], {}, INT),
  c("Shape", [f([2, 3, 4])], { start: -2, end: 3 }, INT),
  c("Size", [f([2, 3])], {}, INT),
  c("Reshape", [f([2, 3, 4]), n([0, -1])]),
  c("Flatten", [f([2, 3, 4])], { axis: 2 }),
  c("Flatten", [f([2, 3, 4])], { axis: -1 }),
  c("Squeeze", [f([1, 3, 1]), n([0])]),
  c("Squeeze", [f([1, 3, 1])]),
  c("Squeeze", [f([1, 3, 1])], { axes: [-1] }, { opset: 11 }),
  c("Unsqueeze", [f([3, 2]), n([0, -1])]),
  c("Unsqueeze", [f([3, 2])], { axes: [1] }, { opset: 11 }),
  c("Transpose", [f([2, 3, 4])]),
  c("Transpose", [f([2, 3, 4])], { perm: [1, 2, 0] }),
  c("Expand", [f([3, 1]), n([2, 1, 4])]),
  c("Tile", [f([2, 3]), n([2, 1])]),
  c("Concat", [f([2, 3]), f([2, 1])], { axis: -1 }),
  c("Split", [f([5, 2]), n([2, 3])], { axis: 0 }, { outputs: ["float32", "float32"] }),
  c("Split", [f([2, 4])], { axis: 1 }, { outputs: ["float32", "float32"] }),
  c("Split", [f([5])], { num_outputs: 2 }, { opset: 18, outputs: ["float32", "float32"] }),
  c("Slice", [f([4, 5]), n([1, -1]), n([1000, -4]), n([0, 1]), n([2, -1])]),
  c("Slice", [f([4]), n([-1]), n([-9223372036854775807]), n([0]), n([-1])]),
  c("Slice", [f([4, 5]), n([-9, -9]), n([-100, 2]), n([0, 1]), n([-1, 1])]), // before the first element is the first
  c("Slice", [f([4, 5])], { starts: [1], ends: [3], axes: [1] }, { opset: 9 }),
  c("Gather", [f([3, 4]), n([0, -1, 1, 1], [2, 2])], { axis: 1 }),
  c("Gather", [f([3, 4]), n([2], [])]),
  c("GatherElements", [f([3, 3]), n([0, 2, 1, 1], [2, 2])], { axis: 1 }),
  c("GatherND", [f([2, 3, 4]), n([0, 1, 1, 2], [2, 2])]),
  c("GatherND", [f([2, 3, 4]), n([1, 2], [2, 1])], { batch_dims: 1 }),
  c("ScatterElements", [f([3, 3]), n([0, 2], [1, 2]), f([1, 2])], { axis: 0 }),
  c("ScatterElements", [f([3, 3]), n([0, 0, 2], [3, 1]), f([3, 1])], { axis: 1, reduction: "add" }),
  c("ScatterElements", [f([4]), n([1, 3]), f([2])], { reduction: "max" }, { opset: 18 }),
  c("Scatter", [f([3, 3]), n([0, 2, 1], [1, 3]), f([1, 3])], {}, { opset: 9 }),
  c("ScatterND", [f([3, 2]), n([2, 0], [2, 1]), f([2, 2])]),
  c("ScatterND", [f([3, 2]), n([2, 2], [2, 1]), f([2, 2])], { reduction: "add" }),
  c("TopK", [f([3, 5]), n([2])], { axis: 1 }, { outputs: ["float32", "int64"] }),
  c("TopK", [f([5, 2]), n([3])], { axis: 0, largest: 0 }, { outputs: ["float32", "int64"] }),
  c("NonZero", [n([1, 0, 2, 0, 3, 4], [2, 3])], {}, INT),
  c("Compress", [f([3, 2]), n([1, 0, 1], [3], "bool")], { axis: 0 }),
  c("Compress", [f([3, 2]), n([0, 1, 0, 0, 1], [5], "bool")]),
  c("ReverseSequence", [f([4, 3]), n([4, 2, 1])]),
  c("ReverseSequence", [f([2, 4]), n([3, 1])], { time_axis: 1, batch_axis: 0 }),
  c("Pad", [f([2, 3]), n([1, 0, 0, 2]), f([])]),
  c("Pad", [f([2, 3]), n([0, -1, 1, 0])]),
  c("Pad", [f([3, 4]), n([2, 1, 0, 3])], { mode: "reflect" }),
  c("Pad", [f([3, 4]), n([2, 1, 0, 3])], { mode: "edge" }),
  c("Pad", [f([3, 4]), n([1, 2]), null, n([1])], { mode: "edge" }, { opset: 18 }),
  c("Pad", [f([3, 4]), n([1, 2, 0, 1])], { mode: "wrap" }, { opset: 19 }),
  c("Pad", [f([2, 3])], { pads: [0, 1, 0, 1], value: { float: 7 } }, { opset: 9 }),
  c("Trilu", [f([3, 4])]),
  c("Trilu", [f([2, 3, 3]), n([-1], [])], { upper: 0 }),
  c("ConstantOfShape", [n([2, 3])], { value: { tensor: { type: "float32", shape: [1], values: [2.5] } } }, {
    known: [0],
  }),
  c("Range", [n([3], []), n([10], []), n([3], [])], {}, { ...INT, known: [0, 1, 2] }),
  c("OneHot", [n([0, 2, -1]), n([4]), { type: "float32", shape: [2], values: [-1, 5] }]),
  c("OneHot", [n([-1, 5, 3, -3, -4]), n([3]), { type: "float32", shape: [2], values: [-1, 5] }]), // beyond the depth: none
  c("OneHot", [n([0, 2, 1, 1], [2, 2]), n([3]), { type: "float32", shape: [2], values: [0, 1] }], { axis: 1 }),
  c("EyeLike", [f([3, 4])], { k: 1 }),
  c("DepthToSpace", [f([1, 8, 2, 3])], { blocksize: 2 }),
  c("DepthToSpace", [f([1, 8, 2, 3])], { blocksize: 2, mode: "CRD" }),
  c("SpaceToDepth", [f([1, 2, 4, 6])], { blocksize: 2 }),
];

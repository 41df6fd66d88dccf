/**
 * What operators refuse when they run, each with its reason.
 */
import { assert, assertThrows } from "@std/assert";
import type { Tensor } from "../../../autograd/tensor.ts";
import { constant } from "../../../autograd/values/constructors.ts";
import { decodeOnnx, OnnxError } from "../../../layers/onnx/mod.ts";
import { nodeFile } from "./build.ts";
import { c, type Case, f, n } from "./cases/case.ts";

const image = f([1, 1, 3, 3]), grid = f([1, 2, 2, 2]);

const REFUSED: readonly (readonly [own: Case, reason: string])[] = [
  [c("Concat", [f([2, 3]), f([2, 1])], { axis: 2 }), "axis 2 is not one of the 2 axes"],
  [c("Pad", [f([2, 3]), n([1, 0])]), "it has 2 pads"],
  [c("Pad", [f([2, 3]), n([0, 1, 0, 1])], { mode: "odd" }), "there is no mode odd"],
  [c("ScatterElements", [f([4]), n([1, 3]), f([2])], { reduction: "odd" }, { opset: 18 }), "there is no reduction odd"],
  [c("BitShift", [n([1, 2], [2], "uint8"), n([1, 1], [2], "uint8")], {}, { outputs: ["uint8"] }), "LEFT or RIGHT"],
  [c("Einsum", [f([2, 3])]), "it must have an equation"],
  [c("GridSample", [image, grid], { mode: "odd" }), "there is no mode odd"],
  [c("GridSample", [f([1, 1, 2, 2, 2]), f([1, 2, 2, 2, 3])]), "it looks at volumes"],
  [c("AffineGrid", [f([1, 3, 4]), n([1, 1, 2, 2, 2])], {}, { opset: 20 }), "it is for volumes"],
  [c("Col2Im", [f([1, 4, 9]), n([3, 3, 3]), n([1, 1, 1])], {}, { opset: 18 }), "it is for 3 axes"],
  [c("Resize", [image]), "0 scales or sizes are given for 4 axes"],
  [c("Resize", [image, null, n([2, 2], [2], "float32")]), "2 scales or sizes are given for 4 axes"],
  [c("Squeeze", [f([1, 3, 1]), n([1])]), "axis 1 has 3 elements"],
  [c("Cast", [f([2])], { to: 99 }), "there is no type number 99"],
  [c("ConvTranspose", [f([1, 2]), f([2, 1])]), "its input has 2 axes"],
  [
    c("BatchNormalization", [f([1, 2, 3]), f([2]), f([2]), f([2]), f([2], 1, 2)], { spatial: 0 }, { opset: 8 }),
    "it normalizes each element apart",
  ],
  [c("RNN", [f([2, 1, 3]), f([1, 4, 3]), f([1, 4, 4])], { hidden_size: 4, activations: ["Odd"] }), "no activation Odd"],
];

for (const [own, reason] of REFUSED) {
  Deno.test(`${own.operator} refuses what it cannot compute: ${reason}`, () => {
    const { operator, inputs, settings, known } = own, decoded = decodeOnnx(nodeFile(operator, inputs, settings, own));
    assert(decoded._tag === "Right", decoded._tag === "Left" ? decoded.left.message : "");
    const model = decoded.right,
      tensors = Object.fromEntries(
        inputs.flatMap((data, k): [string, Tensor][] =>
          data === null || known.includes(k)
            ? []
            : [[`x${k}`, constant(Float64Array.from(data.values), { dtype: "float32", shape: data.shape })]]
        ),
      );
    const error = assertThrows(() => model.apply(model, tensors), OnnxError, reason);
    assert(error.message.includes(operator), error.message);
  });
}

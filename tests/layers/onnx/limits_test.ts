/**
 * What files and callers may ask for, and what is refused before any work is done.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { zeros } from "../../../autograd/values/constructors.ts";
import { decodeOnnx, formatOnnx, OnnxError, onnxLayer, type OnnxModel } from "../../../layers/onnx/mod.ts";
import { file, info, integers, node, tensorProto } from "./build.ts";

const decoded = (bytes: Uint8Array): OnnxModel => {
  const result = decodeOnnx(bytes);
  assert(result._tag === "Right", result._tag === "Left" ? result.left.message : "");
  return result.right;
};

const y = info("y", "float32", ["n"]);

Deno.test("arguments of other types are refused, by decodeOnnx(), formatOnnx(), onnxLayer() and apply()", () => {
  const wrong = (value: unknown): never => value as never; // callers without types can pass anything
  assertThrows(
    () => decodeOnnx(new Uint8Array(), wrong({ external: {} })),
    TypeError,
    'Cannot decode ONNX with the option "external"',
  );
  assertThrows(
    () => formatOnnx(wrong({ _tag: "Right" })),
    TypeError,
    "Cannot format a record of _tag: it must be a model",
  );
  const model = decoded(
    file({ nodes: [node("Relu", ["x"], ["y"])], inputs: [info("x", "float32", [1])], outputs: [y] }),
  );
  assertThrows(() => onnxLayer(model, { until: wrong(3) }), OnnxError, "Cannot ");
  assertThrows(() => onnxLayer(model, { input: wrong(true) }), OnnxError, "input true: the part takes");
  assertThrows(() => model.apply(model, { x: zeros([1]) }, wrong("training")), TypeError, "Cannot ");
});

/** Runs one node on an image, with integers as its last input. */
function applied(operator: string, inputs: readonly string[], last: readonly number[]): readonly number[] {
  const model = decoded(file({
    nodes: [node(operator, [...inputs, "last"], ["y"])],
    inputs: [info("x", "float32", [1, 1, 4, 4])],
    outputs: [y],
    initializers: [tensorProto("last", integers([last.length], last))],
  }, 19));
  return model.apply(model, { x: zeros([1, 1, 4, 4]) })[0].y!.shape;
}

Deno.test("an image is resized to nothing, and an axis is inserted once in a place", () => {
  assertEquals(applied("Resize", ["x", "", ""], [1, 1, 0, 3]), [1, 1, 0, 3]);
  assertEquals(applied("Unsqueeze", ["x"], [0, 2]), [1, 1, 1, 1, 4, 4]);
  for (const axes of [[0, 0], [1, -5]]) {
    assertThrows(() => applied("Unsqueeze", ["x"], axes), OnnxError, "name one twice");
  }
});

Deno.test("sizes that a graph asks for are compared with what an array can have, before anything is made", () => {
  const ask = (operator: string, sizes: readonly number[], settings = {}): void => {
    const model = decoded(file({
      nodes: [
        node(
          operator,
          operator === "Resize" ? ["x", "", "", "sizes"] : [sizes.length === 0 ? "x" : "sizes"],
          ["y"],
          settings,
        ),
      ],
      inputs: [info("x", "float32")],
      outputs: [y],
      initializers: [tensorProto("sizes", integers(sizes.length === 1 ? [] : [sizes.length], sizes))],
    }, 19));
    assertThrows(() => model.apply(model, { x: zeros([1, 1, 4, 4]) }), OnnxError, `Cannot run ${operator}: node "y": `);
  };
  ask("Resize", [1, 1, 1e8, 1e8], { mode: "linear" });
  ask("Resize", [1, 1, 4, 1e9]);
  ask("AveragePool", [], { kernel_shape: [1e9, 2], dilations: [2, 1], pads: [1e9, 0, 1e9, 0] });
  ask("AveragePool", [], { kernel_shape: [-1, 2], dilations: [2, 1] });
  ask("HannWindow", [1e12]);
  ask("Split", [], { num_outputs: 1e9 });
  ask("LpPool", [], { kernel_shape: [2, 2], strides: [0, 1] });
});

Deno.test("an axis may become longer than a function can have arguments", () => {
  const model = decoded(file({
    nodes: [node("Resize", ["x", "", "", "sizes"], ["y"])],
    inputs: [info("x", "float32")],
    outputs: [y],
    initializers: [tensorProto("sizes", integers([3], [1, 1, 150_000]))],
  }));
  assertEquals(model.apply(model, { x: zeros([1, 1, 3]) })[0].y!.shape, [1, 1, 150_000]);
});

/**
 * What is read by layers/onnx/model.ts, layers/onnx/run.ts, layers/onnx/variables.ts,
 * layers/onnx/reading/attribute.ts, layers/onnx/reading/graph.ts, layers/onnx/reading/order.ts, layers/onnx/reading/tensor.ts,
 * layers/onnx/value.ts, layers/onnx/graph.ts and layers/onnx/errors.ts.
 *
 * @module
 */
import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { toList } from "../../../autograd/values/read.ts";
import { tensor32, tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { decodeOnnx, type DecodeOnnxOptions, OnnxError, type OnnxModel } from "../../../layers/onnx/mod.ts";
import { create, DataLocation, TensorProtoSchema } from "../../../layers/onnx/protobuf.ts";
import { file, floats, info, integers, node, type Parts, tensorProto } from "./build.ts";

const decoded = (bytes: Uint8Array, options?: DecodeOnnxOptions): OnnxModel => {
  const result = decodeOnnx(bytes, options);
  assert(result._tag === "Right", result._tag === "Left" ? result.left.message : "");
  return result.right;
};

const errorOf = (bytes: Uint8Array, options?: DecodeOnnxOptions): OnnxError => {
  const result = decodeOnnx(bytes, options);
  assert(result._tag === "Left", "a wrong file was read");
  assertInstanceOf(result.left, OnnxError);
  return result.left;
};

const y = info("y", "float32", ["n"]), x = info("x", "float32", ["n"]);

/** `y = x * w`, with `w` as given. */
const product = (w: Parts["initializers"]): Parts => ({
  nodes: [node("Mul", ["x", "w"], ["y"])],
  inputs: [x],
  outputs: [y],
  initializers: w!,
});

Deno.test("decodeOnnx() reads tensors of all types, raw and listed", () => {
  const as = (dataType: number, parts: object) =>
    create(TensorProtoSchema, { name: "w", dims: [2n], dataType, ...parts });
  const raw = (array: Uint16Array | Float32Array) => ({ rawData: new Uint8Array(array.buffer) });
  const tensors = [
    as(1, { floatData: [1, -2] }),
    as(1, raw(Float32Array.of(1, -2))),
    as(10, { int32Data: [0x3c00, 0xc000] }),
    as(10, raw(Uint16Array.of(0x3c00, 0xc000))),
    as(16, { int32Data: [0x3f80, 0xc000] }),
    as(16, raw(Uint16Array.of(0x3f80, 0xc000))),
  ];
  for (const tensor of tensors) {
    const model = decoded(file(product([tensor])));
    assertEquals(model.params.w!.dtype, "float32");
    assertEquals(toList(model.apply(model, { x: tensor32([3, 5]) })[0].y!), [3, -10]);
  }
  const whole = [
    as(7, { int64Data: [3n, -4n] }),
    as(6, { int32Data: [3, -4] }),
    as(3, { int32Data: [3, -4] }),
    as(11, { doubleData: [3, -4] }),
  ];
  for (const tensor of whole) {
    const model = decoded(
      file({ nodes: [node("Cast", ["w"], ["y"], { to: 1 })], outputs: [y], initializers: [tensor] }),
    );
    assertEquals(toList(model.apply(model, {})[0].y!), [3, -4]);
  }
});

Deno.test("inputs, outputs, params and metadata have the names of the file", () => {
  const model = decoded(file(product([tensorProto("w", floats([1], [2]))])));
  assertEquals(model.inputs, [{ name: "x", dtype: "float32", shape: ["n"] }]);
  assertEquals(model.outputs, [{ name: "y", dtype: "float32", shape: ["n"] }]);
  assertEquals([Object.keys(model.params), model.state, model.opset, model.metadata], [["w"], {}, 17, {}]);
});

Deno.test("tensors that decide about shapes are no params", () => {
  const model = decoded(file({
    nodes: [node("Resize", ["x", "", "scales"], ["r"], { mode: "nearest" }), node("Mul", ["r", "w"], ["y"])],
    inputs: [info("x", "float32", [1, 1, 1, 2])],
    outputs: [y],
    initializers: [tensorProto("scales", floats([4], [1, 1, 1, 2])), tensorProto("w", floats([1], [3]))],
  }));
  assertEquals(Object.keys(model.params), ["w"]);
});

Deno.test("constants with several elements are params, and settings are not", () => {
  const constant = (name: string, values: readonly number[]) =>
    node("Constant", [], [name], { value: { tensor: floats([values.length], values) } });
  const model = decoded(file({
    nodes: [
      constant("w", [1, 2]),
      constant("two", [2]),
      node("Mul", ["x", "w"], ["m"]),
      node("Pow", ["m", "two"], ["y"]),
    ],
    inputs: [x],
    outputs: [y],
  }));
  assertEquals(Object.keys(model.params), ["w"]);
  assertEquals(toList(model.apply(model, { x: tensor32([3, 4]) })[0].y!), [9, 64]);
});

Deno.test("nodes may be in any order", () => {
  const model = decoded(
    file({ nodes: [node("Neg", ["a"], ["y"]), node("Abs", ["x"], ["a"])], inputs: [x], outputs: [y] }),
  );
  assertEquals(toList(model.apply(model, { x: tensor32([-2]) })[0].y!), [-2]);
});

Deno.test("external data are read from the files that are passed", () => {
  const w = (entries: Readonly<Record<string, string>>) =>
    create(TensorProtoSchema, {
      name: "w",
      dims: [2n],
      dataType: 1,
      dataLocation: DataLocation.EXTERNAL,
      externalData: Object.entries(entries).map(([key, value]) => ({
        $typeName: "onnx.StringStringEntryProto" as const,
        key,
        value,
      })),
    });
  const weights = new Uint8Array(Float32Array.of(0, 5, 7).buffer);
  const bytes = file(product([w({ location: "w.bin", offset: "4", length: "8" })]));
  for (const externalData of [{ "w.bin": weights }, (location: string) => location === "w.bin" ? weights : undefined]) {
    assertEquals(toList(decoded(bytes, { externalData }).params.w!), [5, 7]);
  }
  assertStringIncludes(
    errorOf(bytes).message,
    'its elements are in the file "w.bin", which is missing; pass its bytes',
  );
  const beyond = file(product([w({ location: "w.bin", offset: "8", length: "8" })]));
  assertStringIncludes(errorOf(beyond, { externalData: { "w.bin": weights } }).message, '"w.bin", which has 12');
  const negative = file(product([w({ location: "w.bin", offset: "-4" })]));
  assertStringIncludes(errorOf(negative, { externalData: { "w.bin": weights } }).message, "from byte -4");
  assertStringIncludes(errorOf(file(product([w({})]))).message, 'the file ""');
});

Deno.test("shapes are computed on the host, also in compiled functions and from inputs that are known", () => {
  const model = decoded(file({
    nodes: [
      node("Shape", ["x"], ["s"]),
      node("Gather", ["s", "zero"], ["n"]),
      node("Mul", ["n", "k"], ["m"]),
      node("Unsqueeze", ["m", "axes"], ["shape"]),
      node("Reshape", ["x", "shape"], ["y"]),
    ],
    inputs: [info("x", "float32", ["a", "b"]), info("k", "int64", [])],
    outputs: [y],
    initializers: [tensorProto("zero", integers([], [0])), tensorProto("axes", integers([1], [0]))],
  }));
  assertEquals(model.apply(model, { x: zeros([2, 3]), k: tensor64(3) })[0].y!.shape, [6]);
});

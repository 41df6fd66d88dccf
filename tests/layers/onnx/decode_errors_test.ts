/**
 * What decodeOnnx() and its models refuse.
 *
 * @module
 */
import { assert, assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import { zeros } from "../../../autograd/values/constructors.ts";
import { decodeOnnx, type DecodeOnnxOptions, OnnxError, type OnnxModel } from "../../../layers/onnx/mod.ts";
import { create, TensorProtoSchema } from "../../../layers/onnx/protobuf.ts";
import { file, floats, graphProto, info, node, type Parts, tensorProto } from "./build.ts";

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

const problemOf = (parts: Parts, opset?: number): string => errorOf(file(parts, opset)).message;

const y = info("y", "float32", ["n"]), x = info("x", "float32", ["n"]);

/** `y = x * w`, with `w` as given. */
const product = (w: Parts["initializers"]): Parts => ({
  nodes: [node("Mul", ["x", "w"], ["y"])],
  inputs: [x],
  outputs: [y],
  initializers: w!,
});

Deno.test("all missing operators are named at once, with their nodes", () => {
  const { missing, message } = errorOf(file({
    nodes: [
      node("Nope", ["x"], ["a"]),
      node("Fused", ["a"], ["b"], {}, "com.vendor"),
      node("Nope", ["b"], ["y"]),
      node("If", ["c"], ["z"], {
        then_branch: { graph: graphProto({ nodes: [node("Inner", ["x"], ["t"])], outputs: [info("t", "float32")] }) },
      }),
    ],
    inputs: [x, info("c", "bool", [])],
    outputs: [y],
  }));
  assertEquals(missing, [
    { operator: "Nope", nodes: ["a", "y"] },
    { operator: "com.vendor.Fused", nodes: ["b"] },
    { operator: "Inner", nodes: ["t"] },
  ]);
  assertStringIncludes(message, 'Nope ("a", "y"), com.vendor.Fused ("b"), Inner ("t"); cut them off');
});

Deno.test("graphs that cannot be computed are refused, each with its reason", () => {
  const abs = (from: string, to: string) => node("Abs", [from], [to]);
  assertStringIncludes(problemOf({ nodes: [abs("b", "y"), abs("y", "b")], outputs: [y] }), "in a cycle");
  assertStringIncludes(problemOf({ nodes: [abs("y", "y")], outputs: [y] }), "in a cycle");
  assertStringIncludes(
    problemOf({ nodes: [abs("x", "y"), abs("x", "y")], inputs: [x], outputs: [y] }),
    "a name that another value has",
  );
  assertStringIncludes(
    problemOf({ nodes: [abs("x", "x")], inputs: [x], outputs: [x] }),
    "a name that another value has",
  );
  assertStringIncludes(problemOf({ nodes: [abs("lost", "y")], outputs: [y] }), 'it reads "lost", which does not exist');
  assertStringIncludes(problemOf({ nodes: [abs("x", "a")], inputs: [x], outputs: [y] }), "no node computes it");
  assertStringIncludes(problemOf({ nodes: [], inputs: [x, x], outputs: [x] }), "it must have a name of its own");
  assertStringIncludes(
    problemOf({ nodes: [abs("x", "y")], inputs: [x], outputs: [y] }, 6),
    "the oldest that is read is 7",
  );
  const w = tensorProto("w", floats([1], [1]));
  assertStringIncludes(problemOf(product([w, w])), 'initializer "w"');
});

Deno.test("tensors that are not what they say are refused", () => {
  const as = (dims: readonly bigint[], dataType: number, parts: object = {}) =>
    problemOf(product([create(TensorProtoSchema, { name: "w", dims: [...dims], dataType, ...parts })]));
  assertStringIncludes(as([2n], 1, { floatData: [1] }), "it has 1 elements");
  assertStringIncludes(as([2n], 1, { rawData: new Uint8Array(4) }), "it has 4 bytes, and its shape [2] needs 8");
  assertStringIncludes(as([2n ** 60n], 1, { rawData: new Uint8Array(4) }), "lengths of 0 or more");
  assertStringIncludes(as([2n ** 40n, 2n ** 40n], 1), "its shape [1099511627776,1099511627776] needs");
  assertStringIncludes(as([-1n], 1), "lengths of 0 or more");
  assertStringIncludes(as(new Array<bigint>(65).fill(1n), 1, { floatData: [1] }), "for 64 axes at most");
  assertStringIncludes(as([1n], 8, { stringData: [new Uint8Array(3)] }), "its elements are STRING");
  assertStringIncludes(as([1n], 7, { floatData: [1] }), "it has 0 elements");
  assertStringIncludes(as([1n], 99), "number 99");
});

Deno.test("texts where tensors belong are refused", () => {
  const constant = (settings: Parameters<typeof node>[3]) =>
    problemOf({
      nodes: [node("Constant", [], ["w"], settings), node("Mul", ["x", "w"], ["y"])],
      inputs: [x],
      outputs: [y],
    });
  assertStringIncludes(constant({ value_string: "a" }), 'constant "w": it must have one tensor of numbers');
  assertStringIncludes(constant({ value_strings: ["a", "b"] }), "it must have one tensor of numbers");
  assertStringIncludes(constant({}), "it must have one tensor of numbers");
  const model = decoded(file({ nodes: [node("Softmax", ["x"], ["y"], { axis: "last" })], inputs: [x], outputs: [y] }));
  assertThrows(
    () => model.apply(model, { x: zeros([2]) }),
    OnnxError,
    "attribute axis is of kind text, and must be number",
  );
});

Deno.test("what is not a file of ONNX is refused", () => {
  assertStringIncludes(errorOf(new Uint8Array(0)).message, "it has no graph");
  assertStringIncludes(errorOf(new TextEncoder().encode("<html>")).message, "they are not protocol buffers of ONNX");
  const any = decodeOnnx as (bytes: unknown) => ReturnType<typeof decodeOnnx>;
  const result = any("model.onnx");
  assert(result._tag === "Left");
  assertStringIncludes(result.left.message, 'Cannot decode ONNX: "model.onnx": it must be a Uint8Array; read the file');
});

Deno.test("apply() names what is wrong with its arguments", () => {
  const model = decoded(file({
    nodes: [node("Add", ["a", "b"], ["c"]), node("MatMul", ["c", "w"], ["y"])],
    inputs: [info("a", "float32", ["n", 2]), info("b", "float32", ["n", 2])],
    outputs: [y],
    initializers: [tensorProto("w", floats([2, 1], [1, 2]))],
  }));
  const problem = (params: object, inputs: object): string => {
    try {
      model.apply({ params, state: {} } as never, inputs as never);
    } catch (error) {
      assertInstanceOf(error, OnnxError);
      return error.message;
    }
    throw new Error("wrong arguments were taken");
  };
  const a = zeros([3, 2]), { params } = model;
  assertStringIncludes(problem(params, { a }), 'input "b" is undefined: it must be a tensor');
  assertStringIncludes(problem(params, { a, b: zeros([4, 2]) }), "its shape must be [3, 2]");
  assertStringIncludes(problem(params, { a, b: zeros([3]) }), "its shape must be [3, 2]");
  assertStringIncludes(problem(params, { a, b: a, c: a }), 'input "c": the inputs of the graph are "a", "b"');
  assertStringIncludes(problem({}, { a, b: a }), 'params["w"] is undefined');
  assertStringIncludes(problem({ w: zeros([2]) }, { a, b: a }), "its shape must be [2, 1]");
});

Deno.test("a node that cannot be computed is named, with the shapes that it was given", () => {
  const model = decoded(file({
    nodes: [node("MatMul", ["a", "a"], ["y"])],
    inputs: [info("a", "float32")],
    outputs: [y],
  }));
  try {
    model.apply(model, { a: zeros([2, 3]) });
  } catch (error) {
    assertInstanceOf(error, OnnxError);
    assertStringIncludes(error.message, 'Cannot run MatMul: node "y": Cannot apply matmul');
    assertStringIncludes(error.remedy, "[2, 3], [2, 3]");
    return;
  }
  throw new Error("a wrong product was computed");
});

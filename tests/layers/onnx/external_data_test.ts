/** Tensors in files beside a model: layers/onnx/reading/external_data.ts. */
import { assert, assertEquals, assertStrictEquals, assertStringIncludes } from "@std/assert";
import { toList } from "../../../autograd/values/read.ts";
import { decodeOnnx, type DecodeOnnxOptions, type OnnxModel } from "../../../layers/onnx/mod.ts";
import {
  create,
  DataLocation,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProtoSchema,
} from "../../../layers/onnx/protobuf.ts";
import { file, info, node } from "./build.ts";

/** A float32 tensor of numbers that lie in a file from a byte on. */
const outside = (name: string, length: number, offset: number, location = "w"): TensorProto =>
  create(TensorProtoSchema, {
    name,
    dims: [BigInt(length)],
    dataType: 1,
    dataLocation: DataLocation.EXTERNAL,
    externalData: Object.entries({ location, offset: String(offset), length: String(4 * length) })
      .map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
  });

const decode = (initializers: readonly TensorProto[], externalData: DecodeOnnxOptions["externalData"]) =>
  decodeOnnx(
    file({
      nodes: [node("Relu", ["x"], ["y"])],
      inputs: [info("x", "float32", [1])],
      outputs: [info("y", "float32", [1])],
      initializers,
    }),
    { externalData },
  );

const decoded = (...given: Parameters<typeof decode>): OnnxModel => {
  const result = decode(...given);
  assert(result._tag === "Right", result._tag === "Left" ? result.left.message : "");
  return result.right;
};

const bytes = new Uint8Array(Float32Array.of(1, 2, 3, 4, 5).buffer);

Deno.test("tensors in the same part of a file share their elements, however many there are", () => {
  const tied = Array.from({ length: 1000 }, (_, k) => outside(`t${k}`, 5, 0));
  let asked = 0;
  const { params, graph } = decoded([...tied, outside("part", 2, 8)], () => (asked++, bytes));
  assertEquals(asked, 1);
  assertEquals([toList(params.t0!), toList(params.t999!), toList(params.part!)], [[1, 2, 3, 4, 5], [1, 2, 3, 4, 5], [
    3,
    4,
  ]]);
  assertStrictEquals(graph.initializers.get("t0")!.data, graph.initializers.get("t999")!.data);
});

Deno.test("parts that overlap so much that a small model would fill the memory are refused", () => {
  const large = new Uint8Array(4000),
    overlapping = (count: number) => Array.from({ length: count }, (_, k) => outside(`t${k}`, 990, 4 * k));
  assertEquals(Object.keys(decoded(overlapping(4), { w: large }).params).length, 4);
  const result = decode(overlapping(5), { w: large });
  assert(result._tag === "Left");
  assertStringIncludes(
    result.left.message,
    'tensor "t4": tensors overlap in the file "w", and take 19800 of its 4000 bytes',
  );
});

Deno.test("parts that a file does not have are refused", () => {
  for (const [length, offset] of [[5, 4], [1, 20], [1, -4], [2 ** 40, 0], [1, 2 ** 60]] as const) {
    const result = decode([outside("t", length, offset)], { w: bytes });
    assert(result._tag === "Left");
    assertStringIncludes(result.left.message, `bytes from byte ${offset} of "w", which has 20`);
  }
});

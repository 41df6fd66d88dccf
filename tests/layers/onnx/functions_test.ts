/** Functions that a model brings along: layers/onnx/reading/functions.ts and layers/onnx/rename.ts. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { tensor32, tensor64 } from "../../../autograd/values/constructors.ts";
import { toList } from "../../../autograd/values/read.ts";
import { decodeOnnx } from "../../../layers/onnx/mod.ts";
import {
  AttributeKind,
  AttributeProtoSchema,
  create,
  encodeProto,
  type FunctionProto,
  FunctionProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
} from "../../../layers/onnx/protobuf.ts";
import { graphProto, info, node, type Parts } from "./build.ts";

const file = (parts: Parts, functions: readonly FunctionProto[]): Uint8Array =>
  encodeProto(create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [
      create(OperatorSetIdProtoSchema, { domain: "", version: 17n }),
      create(OperatorSetIdProtoSchema, { domain: "own", version: 1n }),
    ],
    graph: graphProto(parts),
    functions: [...functions],
  }));

const setting = (f: number) => create(AttributeProtoSchema, { name: "alpha", type: AttributeKind.FLOAT, f });

/** `y = alpha * x`, or `-x` if the condition does not hold; alpha is 2 if left out. */
const scaled = create(FunctionProtoSchema, {
  name: "Scaled",
  domain: "own",
  input: ["x", "c"],
  output: ["y"],
  attributeProto: [setting(2)],
  node: [
    create(NodeProtoSchema, {
      opType: "Constant",
      output: ["a"],
      attribute: [
        create(AttributeProtoSchema, { name: "value_float", refAttrName: "alpha", type: AttributeKind.FLOAT }),
      ],
    }),
    node("If", ["c"], ["y"], {
      then_branch: { graph: graphProto({ nodes: [node("Mul", ["x", "a"], ["t"])], outputs: [info("t", "float32")] }) },
      else_branch: { graph: graphProto({ nodes: [node("Neg", ["x"], ["e"])], outputs: [info("e", "float32")] }) },
    }),
  ],
});

const inputs = [info("x", "float32", ["n"]), info("c", "bool", [])], outputs = [info("z", "float32", ["n"])];

Deno.test("functions of a model become their nodes, with their settings or those that are said", () => {
  const call = (output: string, input: string, alpha?: number) =>
    node("Scaled", [input, "c"], [output], alpha === undefined ? {} : { alpha: { float: alpha } }, "own");
  const model = decodeOnnx(file({ nodes: [call("m", "x"), call("z", "m", 5)], inputs, outputs }, [scaled]));
  assert(model._tag === "Right", model._tag === "Left" ? model.left.message : "");
  const run = (c: number) => toList(model.right.apply(model.right, { x: tensor32([1, 2]), c: tensor64(c) })[0].z!);
  assertEquals([run(1), run(0)], [[10, 20], [1, 2]]);
});

Deno.test("functions that call each other without an end, or double again and again, are refused", () => {
  const calls = (name: string, inner: string) =>
    create(FunctionProtoSchema, {
      name,
      domain: "own",
      input: ["x"],
      output: ["y"],
      node: [node(inner, ["x"], ["a"], {}, "own"), node(inner, ["a"], ["y"], {}, "own")],
    });
  const problem = (functions: readonly FunctionProto[]): string => {
    const result = decodeOnnx(file({ nodes: [node("F0", ["x"], ["z"], {}, "own")], inputs, outputs }, functions));
    assert(result._tag === "Left");
    return result.left.message;
  };
  assertStringIncludes(problem([calls("F0", "F0")]), "functions call each other without an end, or too often");
  assertStringIncludes(problem(Array.from({ length: 40 }, (_, k) => calls(`F${k}`, `F${k + 1}`))), "or too often");
});

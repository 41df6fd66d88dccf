/** Functions that a model brings along: layers/onnx/reading/functions.ts and layers/onnx/rename.ts. */
import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals, assertStringIncludes } from "@std/assert";
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
import { floats, graphProto, info, node, type Parts, tensorProto } from "./build.ts";

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

/** Makes a function of `x` and `c`. */
const functionProto = (name: string, nodes: FunctionProto["node"]): FunctionProto =>
  create(FunctionProtoSchema, { name, domain: "own", input: ["x", "c"], output: ["y"], node: nodes });

const applications = (name: string, count: number, prefix = "m"): Parts => ({
  nodes: Array.from({ length: count }, (_, k) => node(name, ["x", "c"], [`${prefix}${k}`], {}, "own")),
  inputs,
  outputs: [info(`${prefix}0`, "float32", ["n"])],
});

Deno.test("the constants of a function are in memory once, and are params of their own wherever it is applied", () => {
  const branch = graphProto({
    nodes: [],
    outputs: [info("w", "float32")],
    initializers: [tensorProto("w", floats([2], [3, 4]))],
  });
  const own = functionProto("Sum", [
    node("Constant", [], ["a"], { value: { tensor: floats([2], [1, 2]) } }),
    node("Constant", [], ["b"], { value_floats: { floats: [5, 6] } }),
    node("If", ["c"], ["w"], { then_branch: { graph: branch }, else_branch: { graph: branch } }),
    node("Sum", ["x", "a", "b", "w"], ["y"]),
  ]);
  const result = decodeOnnx(file(applications("Sum", 2), [own]));
  assert(result._tag === "Right", result._tag === "Left" ? result.left.message : "");
  const { graph, params, apply } = result.right, [first, second] = ["m0/", "m1/"];
  for (const name of ["a", "b"]) {
    const [one, other] = [first, second].map((prefix) => graph.initializers.get(prefix + name)!);
    assertStrictEquals(one!.data, other!.data);
    assertNotStrictEquals(one, other);
  }
  assertEquals(Object.keys(params).toSorted(), ["m0/a", "m0/b", "m1/a", "m1/b"]);
  const changed = { params: { ...params, "m1/a": tensor32([100, 200]) }, state: {} };
  assertEquals(toList(apply(changed, { x: tensor32([0, 0]), c: tensor64(1) })[0].m0!), [9, 12]);
});

Deno.test("small files whose functions would fill the memory are refused", () => {
  const long = Array.from({ length: 2000 }, (_, k) => node("Relu", [k === 0 ? "x" : `a${k - 1}`], [`a${k}`]));
  const branch = graphProto({ nodes: long, outputs: [info("a0", "float32")] });
  const within = functionProto("Within", [
    node("If", ["c"], ["y"], { then_branch: { graph: branch }, else_branch: { graph: branch } }),
  ]);
  const many = create(FunctionProtoSchema, {
    ...functionProto("Many", [node("Relu", ["x"], ["y"])]),
    input: ["x", ...Array.from({ length: 20_000 }, (_, k) => `p${k}`)],
  });
  const itself = functionProto("Itself", [node("If", ["c"], ["y"], {
    then_branch: {
      graph: graphProto({ nodes: [node("Itself", ["x", "c"], ["t"], {}, "own")], outputs: [info("t", "float32")] }),
    },
  })]);
  const cases: readonly (readonly [Parts, FunctionProto])[] = [
    [applications("Within", 50), within], // 200,000 nodes in graphs
    [applications("Many", 300), many], // 6,000,000 names
    [applications("Long", 1, "m".repeat(40_000)), functionProto("Long", [...long, node("Relu", ["a0"], ["y"])])], // 160,000,000 letters
    [applications("Itself", 1), itself],
  ];
  for (const [parts, own] of cases) {
    const result = decodeOnnx(file(parts, [own]));
    assert(result._tag === "Left", own.name);
    assertStringIncludes(
      result.left.message,
      `function "${own.name}": functions call each other without an end, or too often`,
    );
  }
});

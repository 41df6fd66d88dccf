import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { toList } from "../../../autograd/values/read.ts";
import { readOnnx } from "../../../layers/onnx/mod.ts";
import {
  AttributeKind,
  AttributeProtoSchema,
  create,
  DataLocation,
  encodeProto,
  FunctionProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProtoSchema,
} from "../../../layers/onnx/protobuf.ts";
import { file, graphProto, info, node } from "./build.ts";

const ignore = (["read", "write"] as const).some((name) => Deno.permissions.querySync({ name }).state !== "granted");

/** A tensor of two numbers that lie in a file. */
const withLocation = (name: string, location: string): TensorProto =>
  create(TensorProtoSchema, {
    name,
    dims: [2n],
    dataType: 1,
    dataLocation: DataLocation.EXTERNAL,
    externalData: [create(StringStringEntryProtoSchema, { key: "location", value: location })],
  });

const withWeights = (location: string): Uint8Array =>
  file({
    nodes: [node("Mul", ["x", "w"], ["y"])],
    inputs: [info("x", "float32", [2])],
    outputs: [info("y", "float32", [2])],
    initializers: [withLocation("w", location)],
  });

Deno.test("readOnnx() reads a model and the files beside it", { ignore }, async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/parts`);
    await Deno.writeFile(`${folder}/parts/w 1.bin`, new Uint8Array(Float32Array.of(5, 7).buffer));
    await Deno.writeFile(`${folder}/model.onnx`, withWeights("parts/w 1.bin"));
    for (const path of [`${folder}/model.onnx`, new URL(`file://${folder}/model.onnx`)]) {
      const model = await readOnnx(path)();
      assert(model._tag === "Right", model._tag === "Left" ? model.left.message : "");
      assertEquals(toList(model.right.params.w!), [5, 7]);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("readOnnx() reads a file once, however many names a model has for it", { ignore }, async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/parts`);
    await Deno.writeFile(`${folder}/parts/w`, new Uint8Array(Float32Array.of(5, 7).buffer));
    const names = [
      "parts/w",
      "./parts/w",
      "parts//w",
      "parts/./w",
      "parts\\w",
      ...Array.from({ length: 40 }, (_, k) => "./".repeat(k) + "parts/w"),
    ];
    const tensors = names.map((location, k) => withLocation(`w${k}`, location));
    await Deno.writeFile(`${folder}/model.onnx`, file({ nodes: [], outputs: [], initializers: tensors }));
    for (const path of [`${folder}/model.onnx`, new URL(`file://${folder}/model.onnx`)]) {
      const model = await readOnnx(path)();
      assert(model._tag === "Right", model._tag === "Left" ? model.left.message : "");
      const { graph, params } = model.right;
      assertEquals(Object.values(params).map(toList), names.map(() => [5, 7]));
      assertEquals(new Set([...graph.initializers.values()].map(({ data }) => data.buffer)).size, 1);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("readOnnx() reads files that the constants of a model's functions lie in", { ignore }, async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${folder}/w`, new Uint8Array(Float32Array.of(5, 7).buffer));
    const constant = create(NodeProtoSchema, {
      opType: "Constant",
      output: ["c"],
      attribute: [
        create(AttributeProtoSchema, { name: "value", type: AttributeKind.TENSOR, t: withLocation("", "w") }),
      ],
    });
    const model = create(ModelProtoSchema, {
      opsetImport: [create(OperatorSetIdProtoSchema, { version: 17n })],
      functions: [create(FunctionProtoSchema, { name: "F", domain: "f", output: ["c"], node: [constant] })],
      graph: graphProto({ nodes: [node("F", [], ["y"], {}, "f")], outputs: [info("y", "float32", [2])] }),
    });
    await Deno.writeFile(`${folder}/model.onnx`, encodeProto(model));
    const read = await readOnnx(`${folder}/model.onnx`)();
    assert(read._tag === "Right", read._tag === "Left" ? read.left.message : "");
    assertEquals(toList(read.right.apply(read.right, {})[0].y!), [5, 7]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("readOnnx() reads nothing outside of the folder of the model", { ignore }, async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const location of ["../secret", "/etc/passwd", "a/../../b", "C:\\x", "\\\\host\\x", ""]) {
      await Deno.writeFile(`${folder}/model.onnx`, withWeights(location));
      const model = await readOnnx(`${folder}/model.onnx`)();
      assert(model._tag === "Left");
      assertStringIncludes(model.left.message, "it must be in the folder of the model");
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test(
  "readOnnx() follows symbolic links within the folder of the model, and none out of it",
  { ignore },
  async () => {
    const folder = await Deno.makeTempDir(), outside = await Deno.makeTempDir();
    const weights = new Uint8Array(Float32Array.of(5, 7).buffer);
    try {
      await Deno.mkdir(`${folder}/blobs`);
      await Deno.writeFile(`${folder}/blobs/own`, weights);
      await Deno.writeFile(`${outside}/secret`, weights);
      await Deno.symlink("blobs/own", `${folder}/inside`);
      await Deno.symlink(`${outside}/secret`, `${folder}/link`);
      await Deno.symlink(outside, `${folder}/door`);
      for (const [location, isRead] of [["inside", true], ["link", false], ["door/secret", false]] as const) {
        await Deno.writeFile(`${folder}/model.onnx`, withWeights(location));
        const model = await readOnnx(`${folder}/model.onnx`)();
        assertEquals(model._tag === "Right", isRead, location);
        if (model._tag === "Left") assertStringIncludes(model.left.message, "it must be in the folder of the model");
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
      await Deno.remove(outside, { recursive: true });
    }
  },
);

Deno.test("readOnnx() says which file is missing, the model or one beside it", { ignore }, async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${folder}/model.onnx`, withWeights("gone.bin"));
    for (const [path, named] of [["none.onnx", "none.onnx"], ["model.onnx", "gone.bin"]] as const) {
      const model = await readOnnx(`${folder}/${path}`)();
      assert(model._tag === "Left");
      assertEquals(model.left.action, "read ONNX");
      assertStringIncludes(model.left.given, named);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test(
  "readOnnx() answers a file with hundreds of thousands of tensors elsewhere in a graph within it",
  { ignore },
  async () => {
    const folder = await Deno.makeTempDir();
    /** Writes a field that is a message: its tag, its length in three digits to base 128, and its bytes. */
    const field = (number: number, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
      const length = [bytes.length & 127 | 128, bytes.length >> 7 & 127 | 128, bytes.length >> 14];
      return Uint8Array.from([...[8 * number + 2, ...length], ...bytes]);
    };
    const tensors = new Uint8Array(Uint32Array.from({ length: 200_000 }, () => 0x0170022a).buffer); // data location: external
    try {
      // A model's graph, its node, the attribute of that, and the graph there.
      const model = [6, 5, 1, 7].reduce((inner, number) => field(number, inner), tensors);
      await Deno.writeFile(`${folder}/model.onnx`, model);
      const read = await readOnnx(`${folder}/model.onnx`)();
      assert(read._tag === "Left");
      assertStringIncludes(read.left.message, "it must be in the folder of the model");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

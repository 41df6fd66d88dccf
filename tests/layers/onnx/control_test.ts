import { assert, assertEquals, assertThrows } from "@std/assert";
import { compile } from "../../../autograd/compile/compile.ts";
import { sum } from "../../../autograd/ops/mod.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { gradient } from "../../../autograd/transforms/gradient.ts";
import { tensor32, tensor64 } from "../../../autograd/values/constructors.ts";
import { toArray, toList } from "../../../autograd/values/read.ts";
import { decodeOnnx, type OnnxModel, type TensorRecord } from "../../../layers/onnx/mod.ts";
import { file, floats, graphProto, info, integers, node, type Parts, tensorProto } from "./build.ts";
import { ignore, runThere } from "./runtime.ts";

const decoded = (parts: Parts, opset?: number): OnnxModel => {
  const result = decodeOnnx(file(parts, opset));
  assert(result._tag === "Right", result._tag === "Left" ? result.left.message : "");
  return result.right;
};

const x = info("x", "float32", ["n"]), y = info("y", "float32", ["n"]);

const CHOICE: Parts = {
  nodes: [node("If", ["c"], ["y"], {
    then_branch: {
      graph: graphProto({ nodes: [node("Mul", ["x", "w"], ["t"])], outputs: [info("t", "float32", ["n"])] }),
    },
    else_branch: { graph: graphProto({ nodes: [node("Neg", ["x"], ["e"])], outputs: [info("e", "float32", ["n"])] }) },
  })],
  inputs: [x, info("c", "bool", [])],
  outputs: [y],
  initializers: [tensorProto("w", floats([1], [3]))],
};

Deno.test("If runs one of two graphs, whether its condition is known or not", () => {
  const model = decoded(CHOICE), run = (inputs: TensorRecord) => model.apply(model, inputs)[0].y!;
  const compiled = compile(run);
  for (const f of [run, compiled]) {
    assertEquals(toList(f({ x: tensor32([1, 2]), c: tensor64(1) })), [3, 6]);
    assertEquals(toList(f({ x: tensor32([1, 2]), c: tensor64(0) })), [-1, -2]);
  }
  const slope = gradient((w: Tensor<"float32">) =>
    sum(model.apply({ params: { w }, state: {} }, { x: tensor32([1, 2]), c: tensor64(1) })[0].y! as Tensor<"float32">)
  );
  assertEquals(toList(slope(tensor32([3]))), [3]);
});

/** Doubles `v` three times, and keeps each step. */
const LOOP: Parts = {
  nodes: [node("Loop", ["m", "", "x"], ["y", "all"], {
    body: {
      graph: graphProto({
        nodes: [
          node("Add", ["v", "v"], ["next"]),
          node("Identity", ["next"], ["kept"]),
          node("Less", ["i", "two"], ["go"]),
        ],
        inputs: [info("i", "int64", []), info("g", "bool", []), info("v", "float32", ["n"])],
        outputs: [info("go", "bool", []), info("next", "float32", ["n"]), info("kept", "float32", ["n"])],
        initializers: [tensorProto("two", integers([], [2]))],
      }),
    },
  })],
  inputs: [x],
  outputs: [y, info("all", "float32", ["t", "n"])],
  initializers: [tensorProto("m", integers([], [5]))],
};

Deno.test("Loop ends with its condition or its count, and stacks what each step yields", () => {
  const model = decoded(LOOP), run = (inputs: TensorRecord) => model.apply(model, inputs)[0];
  for (const f of [run, compile(run)]) {
    const outputs = f({ x: tensor32([1, 2]) });
    assertEquals(toList(outputs.y!), [8, 16]);
    assertEquals(toArray(outputs.all!), [[2, 4], [4, 8], [8, 16]]);
  }
});

Deno.test("If and Loop compute what onnxruntime computes", { ignore }, async () => {
  const data = floats([2], [1, 2]);
  const chosen = await runThere(file(CHOICE), { x: data, c: { type: "bool", shape: [], values: [1] } });
  assertEquals(chosen[0]!.values, [3, 6]);
  const looped = await runThere(file(LOOP), { x: data });
  assertEquals(looped.map(({ values }) => values), [[8, 16], [2, 4, 4, 8, 8, 16]]);
});

Deno.test("a loop without an end is refused", () => {
  const body = (go: Parts["nodes"]) =>
    graphProto({
      nodes: [node("Identity", ["v"], ["next"]), ...go],
      inputs: [info("i", "int64", []), info("g", "bool", []), info("v", "float32", ["n"])],
      outputs: [info("go", "bool", []), info("next", "float32", ["n"])],
    });
  const loop = (go: Parts["nodes"]): Parts => ({
    nodes: [node("Loop", ["", "", "x"], ["y"], { body: { graph: body(go) } })],
    inputs: [x],
    outputs: [y],
  });
  const endless = decoded(loop([node("Identity", ["g"], ["go"])]));
  assertThrows(() => endless.apply(endless, { x: tensor32([1]) }), Error, "it does not end after 10000 steps");
});

Deno.test("a loop whose end depends on what is computed is one of the library, also compiled and differentiated", async () => {
  const parts = (yields: boolean): Parts => ({
    nodes: [node("Loop", ["m", "", "x"], yields ? ["y", "all"] : ["y"], {
      body: {
        graph: graphProto({
          nodes: [
            node("Mul", ["v", "half"], ["next"]),
            node("ReduceMax", ["next"], ["most"], { keepdims: 0 }),
            node("Greater", ["most", "one"], ["go"]),
            node("Identity", ["next"], ["kept"]),
          ],
          inputs: [info("i", "int64", []), info("g", "bool", []), info("v", "float32", ["n"])],
          outputs: [
            info("go", "bool", []),
            info("next", "float32", ["n"]),
            ...yields ? [info("kept", "float32", ["n"])] : [],
          ],
          initializers: [tensorProto("half", floats([], [0.5])), tensorProto("one", floats([], [1]))],
        }),
      },
    })],
    inputs: [x],
    outputs: [y],
    initializers: [tensorProto("m", integers([], [100]))],
  });
  const model = decoded(parts(false)), run = (inputs: TensorRecord) => model.apply(model, inputs)[0].y!;
  for (const f of [run, compile(run)]) assertEquals(toList(f({ x: tensor32([5, 3]) })), [0.625, 0.375]);
  const slope = compile(gradient((t: Tensor<"float32">) => sum(run({ x: t }) as Tensor<"float32">)));
  assertEquals(toList(slope(tensor32([5, 3]))), [0.125, 0.125]);
  const yielding = decoded(parts(true)),
    compiled = compile((inputs: TensorRecord) => yielding.apply(yielding, inputs)[0]);
  assertThrows(() => compiled({ x: tensor32([5, 3]) }), Error, "and each step yields values");
  if (!ignore) {
    assertEquals((await runThere(file(parts(false)), { x: floats([2], [5, 3]) }))[0]!.values, [0.625, 0.375]);
  }
});

Deno.test("Scan folds a graph over slices", async () => {
  const parts: Parts = {
    nodes: [node("Scan", ["start", "xs"], ["last", "sums"], {
      num_scan_inputs: 1,
      scan_input_axes: [1],
      scan_input_directions: [1],
      scan_output_axes: [1],
      body: {
        graph: graphProto({
          nodes: [node("Add", ["s", "e"], ["next"]), node("Identity", ["next"], ["out"])],
          inputs: [info("s", "float32", [2]), info("e", "float32", [2])],
          outputs: [info("next", "float32", [2]), info("out", "float32", [2])],
        }),
      },
    })],
    inputs: [info("start", "float32", [2]), info("xs", "float32", [2, 3])],
    outputs: [info("last", "float32", [2]), info("sums", "float32", [2, 3])],
  };
  const model = decoded(parts), run = (inputs: TensorRecord) => model.apply(model, inputs)[0];
  const inputs = { start: tensor32([0, 10]), xs: tensor32([[1, 2, 3], [4, 5, 6]]) };
  for (const f of [run, compile(run)]) {
    assertEquals(toList(f(inputs).last!), [6, 25]);
    assertEquals(toArray(f(inputs).sums!), [[3, 5, 6], [16, 21, 25]]);
  }
  if (ignore) return;
  const there = await runThere(file(parts), { start: floats([2], [0, 10]), xs: floats([2, 3], [1, 2, 3, 4, 5, 6]) });
  assertEquals(there.map(({ values }) => values), [[6, 25], [3, 5, 6, 16, 21, 25]]);
});

Deno.test("CumProd computes running products, from either end and without the element itself", () => {
  const of = (settings: Readonly<Record<string, number>>) => {
    const model = decoded({
      nodes: [node("CumProd", ["x", "axis"], ["y"], settings)],
      inputs: [x],
      outputs: [y],
      initializers: [tensorProto("axis", integers([], [0]))],
    }, 26);
    return toList(model.apply(model, { x: tensor32([2, 3, 4]) })[0].y!);
  };
  assertEquals([of({}), of({ reverse: 1 }), of({ exclusive: 1 })], [[2, 6, 24], [24, 12, 4], [1, 2, 6]]);
});

Deno.test("Swish, RMSNormalization and CastLike compute what ONNX says", () => {
  const swish = decoded(
    { nodes: [node("Swish", ["x"], ["y"], { alpha: { float: 2 } })], inputs: [x], outputs: [y] },
    24,
  );
  assertEquals(
    toList(swish.apply(swish, { x: tensor32([1]) })[0].y!)[0]!.toFixed(6),
    (1 / (1 + Math.exp(-2))).toFixed(6),
  );
  const norm = decoded({
    nodes: [node("RMSNormalization", ["x", "w"], ["y"], { epsilon: { float: 0 } })],
    inputs: [x],
    outputs: [y],
    initializers: [tensorProto("w", floats([2], [1, 2]))],
  }, 23);
  const values = toList(norm.apply(norm, { x: tensor32([3, 4]) })[0].y!), root = Math.sqrt(12.5);
  assertEquals(values.map((value) => value.toFixed(5)), [(3 / root).toFixed(5), (8 / root).toFixed(5)]);
  const like = decoded({
    nodes: [node("CastLike", ["x", "k"], ["y"])],
    inputs: [x, info("k", "int64", [])],
    outputs: [info("y", "int64", ["n"])],
  });
  assertEquals(toList(like.apply(like, { x: tensor32([1.7, -1.7]), k: tensor64(0) })[0].y!), [1, -1]);
});

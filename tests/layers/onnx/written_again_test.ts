/** What encodeOnnx() writes, decodeOnnx() reads: the same limits hold for both, and no tensor is lost by its name. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { leaves } from "../../../autograd/tree/tree.ts";
import { add, cond, greater, mul, sum, type Tensor, tensor32, toList } from "../../../mod.ts";
import { decodeOnnx, encodeOnnx, OnnxError, type OnnxModel } from "../../../layers/onnx/mod.ts";

function decoded(bytes: Uint8Array): OnnxModel {
  const result = decodeOnnx(bytes);
  assert(result._tag === "Right", result._tag === "Left" ? result.left.message : "");
  return result.right;
}

type Params = Tensor<"float32"> | readonly Params[] | { readonly [name: string]: Params };

/** A trap for names: parts that look alike once they are joined, halves of pairs, and what objects inherit. */
const name = fc.oneof(
  fc.constantFrom(
    "a",
    "b",
    "a.b",
    "a.a",
    ".",
    "",
    "0",
    "param",
    "param.a",
    "a#2",
    "input",
    "output",
    "\ud800",
    "\udfff",
  ),
  fc.constantFrom("constructor", "__proto__", "\ufffd", "é", "e\u0301", "A"),
);

const { tree } = fc.letrec<{ readonly tree: Params }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.integer({ min: -9, max: 9 }).map((value) => tensor32([value, 1])),
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(name, tie("tree"), { maxKeys: 5, noNullPrototype: true }),
  ),
}));

Deno.test("params of any names come back, each with its own elements", () => {
  fc.assert(
    fc.property(tree, (params) => {
      const total = (params: Params, x: Tensor<"float32">): Tensor<"float32"> =>
        leaves<Tensor<"float32">>(params).reduce((y, w, k) => add(mul(y, k + 1), w), x);
      const model = decoded(encodeOnnx(total, params, tensor32([0, 0])));
      const input = model.inputs[0]!.name, [outputs] = model.apply(model, { [input]: tensor32([2, 3]) });
      assertEquals(Object.keys(model.params).length, leaves(params).length);
      assertEquals(Object.values(outputs).map(toList), [toList(total(params, tensor32([2, 3])))]);
    }),
    { numRuns: 60 },
  );
});

Deno.test("names that files cannot hold are refused", () => {
  const named = () =>
    encodeOnnx((w: Tensor, x: Tensor) => add(w, x), tensor32(1), tensor32(2), { names: { params: ["\ud800"] } });
  assertThrows(named, TypeError, "the names must be well-formed Unicode; call their toWellFormed()");
});

Deno.test("conditions in conditions are written as deep as they can be read", () => {
  const nested = (depth: number, x: Tensor<"float32">): Tensor<"float32"> =>
    depth === 0
      ? mul(x, 2)
      : cond(greater(sum(x), depth), (x: Tensor<"float32">) => nested(depth - 1, add(x, 1)), (x) => mul(x, depth), x);
  const encode = (depth: number) =>
    encodeOnnx((_: object, x: Tensor<"float32">) => nested(depth, x), {}, tensor32([1, 2]));
  const model = decoded(encode(31)), [outputs] = model.apply(model, { input: tensor32([1, 2]) });
  assertEquals(Object.values(outputs).map(toList), [toList(nested(31, tensor32([1, 2])))]);
  assertThrows(
    () => encode(32),
    OnnxError,
    "graphs lie in graphs, 102 messages deep: 99 is the most; encode its parts",
  );
});

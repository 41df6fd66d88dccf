import { assert, assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { constant, tensor32, tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { key } from "../../../autograd/random/key.ts";
import { toList } from "../../../autograd/values/read.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { CheckpointError, decodeTree, encodeSafetensors, encodeTree, type StoredTree } from "../../../layers/mod.ts";

const decoded = (bytes: Uint8Array): StoredTree => {
  const result = decodeTree(bytes);
  assert(result._tag === "Right", result._tag === "Left" ? result.left.message : "");
  return result.right;
};

const problemOf = (bytes: Uint8Array, ...like: readonly StoredTree[]): string => {
  const result = like.length === 0 ? decodeTree(bytes) : decodeTree(bytes, like[0]!);
  assert(result._tag === "Left", "a wrong file was read");
  assertInstanceOf(result.left, CheckpointError);
  return result.left.message;
};

Deno.test("any tree of values comes back", () => {
  const leaf = fc.oneof(fc.double(), fc.string(), fc.boolean(), fc.constant(null), fc.constantFrom(-0, NaN, Infinity));
  const { tree } = fc.letrec<{ tree: StoredTree }>((tie) => ({
    tree: fc.oneof(
      { depthSize: "small" },
      leaf,
      fc.array(tie("tree")),
      fc.dictionary(fc.string().filter((name) => name !== "__proto__"), tie("tree")),
    ),
  }));
  fc.assert(fc.property(tree, (value) => assertEquals(decoded(encodeTree(value)), value)));
});

Deno.test("tensors come back as they were: variables, constants, both dtypes, keys", () => {
  const tree = { a: [tensor32([1]), constant([2])], "a.0": tensor64([[3]]), k: key(7), none: [], empty: {} };
  const back = decoded(encodeTree(tree)) as typeof tree;
  assertEquals([back.a[0]!.tag, back.a[1]!.tag, back["a.0"].dtype], ["variable", "constant", "float64"]);
  assertEquals([back.a[0]!, back.a[1]!, back["a.0"]].map((t) => toList(t as Tensor)), [[1], [2], [3]]);
  assertEquals([back.k, back.none, back.empty], [tree.k, [], {}]);
  assertEquals(toList(decoded(encodeTree(tensor32(5))) as Tensor), [5]);
});

Deno.test("decodeTree() with a tree to be like checks structure, shapes and dtypes, and names the path", () => {
  const bytes = encodeTree({ w: zeros([2]), step: 3, list: [] });
  const good = decodeTree(bytes, { step: 0, w: tensor32([1, 1]), list: [] });
  assert(good._tag === "Right");
  assertEquals([toList(good.right.w), good.right.step], [[0, 0], 3]);
  const cases: readonly (readonly [StoredTree, string])[] = [
    [{ w: zeros([3]), step: 3, list: [] }, 'a float32 tensor [2] at "w" where a float32 tensor [3] is wanted'],
    [{ w: zeros([2], { dtype: "float64" }), step: 3, list: [] }, "where a float64 tensor [2] is wanted"],
    [{ w: zeros([2]), step: "3", list: [] }, 'a number at "step" where a string is wanted'],
    [{ w: zeros([2]), list: [] }, 'a number at "step" where nothing is wanted'],
    [{ w: zeros([2]), step: 3, list: [], more: 1 }, 'nothing at "more" where a number is wanted'],
    [{ w: zeros([2]), step: 3, list: {} }, 'a list at "list" where a record is wanted'],
  ];
  for (const [like, reason] of cases) assertStringIncludes(problemOf(bytes, like), reason);
});

const withStructure = (structure: string) => encodeSafetensors({ t: zeros([1]) }, { "nanograd.tree": structure });

Deno.test("malformed structures are refused with a reason", () => {
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [encodeSafetensors({ t: zeros([1]) }), "encodeTree did not write it"],
    [withStructure("["), "it is not JSON"],
    [withStructure("{}"), "an invalid structure"],
    [withStructure(`["tensor","t"]`), "an invalid leaf"],
    [withStructure(`["constant","toString"]`), 'no tensor "toString"'],
    [withStructure(`["value"]`), "an invalid leaf"],
    [withStructure(`["value",[1]]`), "an invalid leaf"],
    [withStructure(`["number","1"]`), "an invalid leaf"],
    [withStructure(`["record",["__proto__",["value",1]]]`), "an invalid field"],
    [withStructure(`["record",["a",["value",1]],["a",["value",2]]]`), "two fields of the same name"],
    [withStructure(`["record",["a"]]`), "an invalid field"],
    [withStructure('["list",'.repeat(5000) + '["value",1]' + "]".repeat(5000)), "more than 200 deep"],
    [new Uint8Array(3), "the length of the header"],
  ];
  for (const [bytes, reason] of cases) assertStringIncludes(problemOf(bytes), reason);
});

Deno.test("a file cut off anywhere, or with a byte changed, never throws", () => {
  const bytes = encodeTree({ a: [tensor32([1, 2]), -0], b: { c: "x" } });
  for (let at = 0; at < bytes.length; at++) {
    problemOf(bytes.subarray(0, at));
    for (const bit of [1, 4, 32]) {
      const changed = bytes.slice();
      changed[at]! ^= bit;
      const result = decodeTree(changed);
      if (result._tag === "Left") assertInstanceOf(result.left, CheckpointError);
    }
  }
});

Deno.test("values that cannot be written are refused, with their path", () => {
  const cyclic: Record<string, StoredTree> = {};
  cyclic.self = cyclic;
  const cases: readonly (readonly [unknown, string])[] = [
    [{ a: [new Map()] }, 'what is at "a.0": an instance of Map must be a tensor'],
    [{ a: new Array(2) }, 'what is at "a.0": undefined must be a tensor'],
    [{ f: () => 1 }, 'what is at "f": a function must be a tensor'],
    [JSON.parse('{"__proto__":1}'), "__proto__ is forbidden"],
    [cyclic, "200 deep"],
    [{ a: { [Symbol("mine")]: 1 } }, 'what is at "a": the field Symbol(mine) would be lost'],
    [{ a: Object.assign([1], { b: 2 }) }, 'what is at "a": the field b would be lost'],
  ];
  for (const [tree, reason] of cases) assertThrows(() => encodeTree(tree as StoredTree), CheckpointError, reason);
  assertEquals(decoded(encodeTree({ here: 1, absent: undefined })), { here: 1 });
});

Deno.test("names with escapes come back, whatever files were read before", () => {
  const names = ["\\", "\n", '"', "\\n", "\nb", "=0", "\u0000"];
  for (const [k, before] of names.entries()) {
    for (const name of names) {
      const first = `first ${k}`, treeOf = (name: string) => ({ [first]: tensor32([1]), [name]: tensor32([2]) });
      const bytes = encodeTree(treeOf(before));
      for (let times = 0; times < 5; times++) decoded(bytes);
      const back = decoded(encodeTree(treeOf(name))) as Record<string, Tensor>;
      assertEquals(Object.entries(back).map(([name, t]) => [name, toList(t)]), [[first, [1]], [name, [2]]]);
    }
  }
});

Deno.test("a tree with undefined fields comes back with decodeTree(bytes, like)", () => {
  const tree = {
    bias: undefined,
    layers: [{ weight: tensor32([1, 2]), bias: undefined }, { weight: tensor32([3]), bias: tensor32([4]) }],
    step: 3,
  };
  const back = decodeTree(encodeTree(tree), tree);
  assert(back._tag === "Right", back._tag === "Left" ? back.left.message : "");
  assertEquals(Object.keys(back.right).toSorted(), ["bias", "layers", "step"]);
  assertEquals(Object.keys(back.right.layers[0]!).toSorted(), ["bias", "weight"]);
  assertEquals(toList(back.right.layers[0]!.weight), [1, 2]);
  assertEquals(back.right.layers.map(({ bias }) => bias === undefined ? undefined : toList(bias)), [undefined, [4]]);
  assertStringIncludes(problemOf(encodeTree({ step: 3 }), { step: undefined }), 'a number at "step" where nothing');
});

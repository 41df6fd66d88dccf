/** Files are read back, however large; malicious files are refused at once. */
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import { key } from "../../../autograd/random/key.ts";
import {
  activationLayer,
  activations,
  CheckpointError,
  ConfigError,
  decodeModel,
  decodeSafetensors,
  decodeTree,
  encodeModel,
  encodeSafetensors,
  encodeTree,
  type Layer,
  layerFromConfig,
  layerToConfig,
  sequential,
  type StoredTree,
  tensor32,
  tensor64,
  toList,
  zeros,
} from "../../../mod.ts";

const backAgain = (tree: StoredTree): StoredTree => {
  const result = decodeTree(encodeTree(tree));
  assert(result._tag === "Right", result._tag === "Left" ? result.left.message : "");
  return result.right;
};

Deno.test("a tree of 700,000 numbers comes back, which once overflowed the stack", () => {
  const list = Array.from({ length: 700_000 }, (_, k) => k / 7), back = backAgain({ list }) as { list: number[] };
  assert(back.list.length === list.length && back.list.every((x, k) => x === list[k]));
});

Deno.test("a text of a million lines comes back, and one of ten million quotes", () => {
  for (const text of ["a line\n".repeat(1e6), '"'.repeat(1e7), "\\".repeat(1e6), '\\"'.repeat(1e6)]) {
    assert(backAgain({ text }) instanceof Object);
    assert((backAgain({ text }) as { text: string }).text === text);
    const file = decodeSafetensors(encodeSafetensors({}, { text }));
    assert(file._tag === "Right" && file.right.metadata.text === text);
  }
});

Deno.test("ten thousand tensors, and records of ten thousand fields, come back", () => {
  const names = Array.from({ length: 10_000 }, (_, k) => `field ${k}`);
  const back = backAgain(Object.fromEntries(names.map((name, k) => [name, k % 2 ? k : tensor64(k)])));
  assertEquals(Object.keys(back as object), names);
});

Deno.test("files that would be refused when they are read are not written", () => {
  const many = Object.fromEntries(Array.from({ length: 200_000 }, (_, k) => [`t${k}`, zeros([])]));
  assertThrows(() => encodeSafetensors(many), CheckpointError, "200000 tensors: the header is too large");
  assertThrows(() => encodeTree(new Array(3e6).fill(0)), CheckpointError, "its structure is too large");
  const nest = (depth: number): Layer =>
    depth === 0 ? activationLayer(activations.relu) : sequential([nest(depth - 1)]);
  const variables = (depth: number) => nest(depth).init(key(0));
  assertEquals(decodeModel(encodeModel(nest(64), variables(64)))._tag, "Right");
  assertThrows(() => encodeModel(nest(65), variables(65)), ConfigError, "models may be nested at most 64 deep");
  assertEquals(layerFromConfig(layerToConfig(nest(64)))._tag, "Right");
});

const fileOf = (header: string, data = new Uint8Array()): Uint8Array => {
  const text = new TextEncoder().encode(header), bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
};

const shaped = (shape: readonly number[]) =>
  fileOf(JSON.stringify({ a: { dtype: "F32", shape, data_offsets: [0, 4] } }), new Uint8Array(4));

const claiming = (shape: readonly number[], end: number) =>
  fileOf(JSON.stringify({ a: { dtype: "F32", shape, data_offsets: [0, end] } }));

const empty = (shape: readonly number[]) => claiming(shape, 0);

const hugeLength = (length: bigint): Uint8Array => {
  const bytes = fileOf("{}");
  new DataView(bytes.buffer).setBigUint64(0, length, true);
  return bytes;
};

const inTree = (structure: string) => encodeSafetensors({}, { "nanograd.tree": structure });
const inModel = (config: string) => encodeSafetensors({}, { "nanograd.layer": config });
const brackets = (count: number) => "[".repeat(count) + "]".repeat(count);
const fields = Array.from({ length: 1e6 }, (_, k) => `"${k}":{}`).join();

const hostile: Readonly<Record<string, readonly [Uint8Array, string]>> = {
  "a shape of 1,000 axes": [shaped(new Array(1000).fill(1)), "an array can have at most 64 axes"],
  "a shape of 10,000 axes": [shaped(new Array(10_000).fill(1)), "an array can have at most 64 axes"],
  "a shape of a million axes": [shaped(new Array(900_000).fill(1)), "an array can have at most 64 axes"],
  "a shape of 2^60 elements": [shaped([2 ** 30, 2 ** 30]), "it has 4 bytes, but its shape and dtype need"],
  "an empty shape with an axis of 2^50": [empty([0, 2 ** 50]), "longer than an array can be (2^31 - 1)"],
  "2 MB of brackets": [fileOf(`{"a":${brackets(1e6)}}`), "nested more than 262144 deep"],
  "10 MB of brackets": [fileOf(`{"a":${brackets(5e6)}}`), "nested more than 262144 deep"],
  "10 MB of open braces": [fileOf('{"a":'.repeat(2e6)), "nested more than 262144 deep"],
  "a million empty fields": [fileOf(`{${fields}}`), "more than 1000000 values"],
  "a million empty fields in the metadata": [fileOf(`{"__metadata__":{${fields}}}`), "more than 1000000 values"],
  "a million empty names": [fileOf(`{${'"":0,'.repeat(1e6)}"":0}`), "more than 1000000 values"],
  "ten thousand empty names": [fileOf(`{${'"":0,'.repeat(1e4)}"":0}`), 'the name "" occurs twice'],
  "a million lists": [fileOf(`{"a":[${"[],".repeat(1e6)}[]]}`), "more than 1000000 values"],
  "offsets that claim 2^52 bytes": [claiming([2 ** 50], 2 ** 52), "more than an array can have"],
  "offsets that claim 4 GB": [claiming([2 ** 30], 2 ** 32), "0 bytes of elements: the header describes 4294967296"],
  "offsets beyond 2^53": [claiming([2 ** 60], 2 ** 62), "must be a list of whole numbers"],
  "a header of 2^60 bytes": [hugeLength(2n ** 60n), "it is longer than the rest"],
  "a header of 2^64 - 1 bytes": [hugeLength(2n ** 64n - 1n), "it is longer than the rest"],
  "10 MB of brackets as a tree": [inTree(brackets(5e6)), "nested more than 262144 deep"],
  "a tree 5,000 deep": [inTree('["list",'.repeat(5000) + '["value",1]' + "]".repeat(5000)), "more than 200 deep"],
  "9 million lists as a tree": [inTree(`["list"${",[]".repeat(9e6)}]`), "more than 8388608 values"],
  "10 MB of brackets as a model": [inModel(brackets(5e6)), "nested more than 262144 deep"],
  "a million empty fields as a model": [inModel(`{${fields}}`), "more than 1000000 values"],
};

for (const [what, [bytes, reason]] of Object.entries(hostile)) {
  Deno.test(`${what}: refused, and quickly`, () => {
    const decode = what.endsWith("model") ? decodeModel : /tree/.test(what) ? decodeTree : decodeSafetensors;
    const start = performance.now(), result = decode(bytes), milliseconds = performance.now() - start;
    assert(result._tag === "Left");
    assertStringIncludes(result.left.message, reason);
    assert(result.left.message.length < 1000, `a message of ${result.left.message.length} characters`);
    assert(milliseconds < 20_000, `${milliseconds} ms`); // a hundredth of that on an idle machine
  });
}

Deno.test("Node's Buffer is read as the bytes it shows, though its slice() copies nothing", () => {
  const bytes = encodeSafetensors({ a: tensor64([1, 2]), b: tensor32([3]) }), pool = Buffer.alloc(bytes.length + 24, 7);
  pool.set(bytes, 16);
  const file = decodeSafetensors(pool.subarray(16, 16 + bytes.length));
  assert(file._tag === "Right");
  assertEquals([toList(file.right.tensors.a!), toList(file.right.tensors.b!)], [[1, 2], [3]]);
});

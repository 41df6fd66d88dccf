/**
 * Damaged files: whatever the bytes, decoding returns a value, and soon.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { zeros } from "../../../autograd/values/constructors.ts";
import { decodeOnnx } from "../../../layers/onnx/mod.ts";
import { messagesIn } from "../../../layers/onnx/reading/message_count.ts";

const ignore = Deno.permissions.querySync({ name: "read" }).state !== "granted";
const read = (name: string) => Deno.readFileSync(new URL(`../../fixtures/onnx/${name}.onnx`, import.meta.url));

/** Decodes, and applies what has been decoded: an error is an answer, a hang or another thrown value is not. */
function survive(bytes: Uint8Array, isApplied = true): void {
  const result = decodeOnnx(bytes);
  assert(result._tag === "Left" || result._tag === "Right");
  if (result._tag === "Left" || !isApplied) return;
  const model = result.right;
  const lengths = (shape: readonly (number | string)[]) =>
    shape.map((length) => typeof length === "number" ? length : 2);
  try {
    model.apply(model, Object.fromEntries(model.inputs.map(({ name, shape }) => [name, zeros(lengths(shape))])));
  } catch (error) {
    assert(error instanceof Error);
  }
}

function* random(): Generator<number, never> {
  for (let state = 12345;;) yield (state = (state * 48271) % 2147483647) / 2147483647;
}

Deno.test("files that end early are refused or read", { ignore }, () => {
  const bytes = read("resnet");
  for (let length = 0; length < bytes.length; length += length < 300 ? 1 : 997) {
    survive(bytes.subarray(0, length), false);
  }
});

Deno.test("files with changed bits are refused or read, and what is read runs or says why not", { ignore }, () => {
  const numbers = random();
  for (const name of ["efficientnet_block", "lstm", "style_transfer"]) {
    const bytes = read(name);
    for (let k = 0; k < 120; k++) {
      const changed = bytes.slice(), count = 1 + Math.floor(numbers.next().value * 3);
      for (let i = 0; i < count; i++) {
        // Structure is at the beginning and at the end; what is between is mostly weights.
        const place = Math.floor(numbers.next().value * bytes.length);
        changed[place] = changed[place]! ^ (1 << Math.floor(numbers.next().value * 8));
      }
      survive(changed, k % 4 === 0);
    }
  }
});

Deno.test("lengths of 2^60 are refused, wherever they stand", { ignore }, () => {
  const huge = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]; // 2^60
  for (const tag of [0x3a, 0x42, 0x12, 0x0a, 0x72]) {
    const bytes = Uint8Array.of(tag, ...huge, 1, 2, 3), result = decodeOnnx(bytes);
    assert(result._tag === "Left");
  }
  const bytes = read("mnist_cnn"), numbers = random();
  for (let k = 0; k < 60; k++) {
    const place = Math.floor(numbers.next().value * bytes.length);
    survive(Uint8Array.of(...bytes.subarray(0, 2000 + k), ...huge, ...bytes.subarray(place, place + 3000)), false);
  }
});

Deno.test("random bytes are refused or read", () => {
  const numbers = random();
  for (let k = 0; k < 300; k++) {
    survive(Uint8Array.from({ length: k }, () => Math.floor(numbers.next().value * 256)), false);
  }
});

Deno.test("graphs within graphs are refused beyond the depth that the reader allows", () => {
  // Model -> graph (7) -> node (1) -> attribute (5) -> graph (6) -> node (1) ...
  const wrap = (tag: number, inner: Uint8Array): Uint8Array => {
    const length: number[] = [];
    for (let rest = inner.length; length.length === 0 || rest > 0; rest >>>= 7) {
      length.push((rest & 127) | (rest > 127 ? 128 : 0));
    }
    return Uint8Array.of(tag, ...length, ...inner);
  };
  const problemOf = (deepest: Uint8Array, depth: number): string => {
    let graph = deepest;
    for (let k = 0; k < depth; k++) graph = wrap(0x0a, wrap(0x2a, wrap(0x32, graph)));
    const result = decodeOnnx(wrap(0x3a, graph));
    assert(result._tag === "Left");
    return result.left.message;
  };
  const empty = new Uint8Array(0);
  assertStringIncludes(problemOf(wrap(0x0a, wrap(0x2a, empty)), 32), "opset"); // 99 messages deep: it is read
  for (const tag of [0x32, 0x2a]) { // a graph, a tensor
    assertStringIncludes(
      problemOf(wrap(0x0a, wrap(0x2a, wrap(tag, empty))), 32),
      "graphs lie in graphs, 100 messages deep: 99 is the most",
    );
  }
  assertStringIncludes(problemOf(empty, 200), "601 messages deep");
});

Deno.test("millions of empty messages are refused before any is made", () => {
  const inside = new Uint8Array(4_000_000).map((_, k) => k % 2 === 0 ? 0x0a : 0); // nodes
  const bytes = Uint8Array.from([0x3a, 0x80, 0x92, 0xf4, 0x01, ...new Uint8Array(inside.length)]);
  bytes.set(inside, 5);
  assertEquals(messagesIn(bytes), { count: 20_000_001, depth: 2 });
  const result = decodeOnnx(bytes);
  assert(result._tag === "Left" && result.left.message.includes("its messages count 20000001: 2000000 is the most"));
});

Deno.test("messages are counted as far as the bytes make sense", { ignore }, () => {
  assertEquals(
    [[], [0x3a], [0x3a, 5, 0], [0x0b], [0xff], [8, 1, 9], [0x3a, 2, 0x0a, 0]].map((own) =>
      messagesIn(Uint8Array.from(own)).count
    ),
    [0, 0, 0, 0, 0, 0, 11],
  );
  const { count } = messagesIn(read("resnet"));
  assert(count > 100 && count < 10_000, `${count}`);
});

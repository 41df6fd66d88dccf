import { assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import * as either from "fp-ts/Either.js";
import { decodeIdx } from "../../../../optim/data/mod.ts";
import { encodeIdx } from "./encode_idx.ts";

const arrays = fc.array(fc.nat(4), { minLength: 0, maxLength: 4 }).chain((shape) => {
  const size = shape.reduce((product, length) => product * length, 1);
  return fc.uint8Array({ minLength: size, maxLength: size }).map((data) => ({ shape, data }));
});

function kindOf(bytes: Uint8Array): string {
  const message = messageOf(bytes);
  return /only \d+ must follow/.test(message) ? "oversized" : /takes|must follow/.test(message) ? "truncated" : message;
}

function messageOf(bytes: Uint8Array): string {
  const decoded = decodeIdx(bytes);
  return either.isLeft(decoded) ? decoded.left.message : "decoded";
}

// The bytes as the format's description lays them out: magic number, two big-endian dimensions, the elements.
Deno.test("decodeIdx() reads a 2 x 3 file written out by hand", () => {
  const bytes = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 10, 20, 30, 40, 50, 60);
  assertEquals(decodeIdx(bytes), either.right({ shape: [2, 3], data: Uint8Array.of(10, 20, 30, 40, 50, 60) }));
});

Deno.test("decodeIdx() reads back every array, wherever in a buffer its bytes lie", () => {
  fc.assert(fc.property(arrays, fc.nat(5), ({ shape, data }, before) => {
    const encoded = encodeIdx(shape, data), buffer = new Uint8Array(before + encoded.length + 2).fill(255);
    buffer.set(encoded, before);
    assertEquals(decodeIdx(buffer.subarray(before, before + encoded.length)), either.right({ shape, data }));
  }));
});

Deno.test("decodeIdx() refuses a file cut off at any byte", () => {
  const whole = encodeIdx([2, 3, 2], new Uint8Array(12));
  for (let length = 0; length < whole.length; length++) assertEquals(kindOf(whole.subarray(0, length)), "truncated");
});

Deno.test("decodeIdx() refuses a file with bytes left over", () => {
  fc.assert(fc.property(arrays, fc.uint8Array({ minLength: 1, maxLength: 9 }), ({ shape, data }, rest) => {
    assertEquals(kindOf(Uint8Array.of(...encodeIdx(shape, data), ...rest)), "oversized");
  }));
});

Deno.test("decodeIdx() returns a result whatever the bytes, and never with more elements than bytes", () => {
  const header = fc.tuple(fc.constant(0), fc.constant(0), fc.constant(8), fc.nat(255));
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.tuple(header, fc.uint8Array({ maxLength: 40 })).map(([start, rest]) => Uint8Array.of(...start, ...rest)),
  );
  fc.assert(fc.property(bytes, (given) => {
    const decoded = decodeIdx(given);
    if (either.isLeft(decoded)) return;
    const { shape, data } = decoded.right;
    assertEquals(4 + 4 * shape.length + data.length, given.length);
    assertEquals(shape.reduce((product, length) => product * length, 1), data.length);
  }));
});

Deno.test("decodeIdx() answers when one byte of a good file is flipped", () => {
  const whole = encodeIdx([2, 2], Uint8Array.of(1, 2, 3, 4));
  for (let at = 0; at < whole.length; at++) {
    for (let value = 0; value < 256; value++) {
      const decoded = decodeIdx(whole.with(at, value));
      // The elements may be anything; any change to the 12 bytes before them is found.
      assertEquals(either.isRight(decoded), at >= 12 || value === whole[at]);
    }
  }
});

Deno.test("decodeIdx() allocates nothing for dimensions that the file cannot hold", () => {
  const huge = (rank: number): Uint8Array => Uint8Array.of(0, 0, 8, rank, ...new Array<number>(4 * rank).fill(255));
  for (const rank of [1, 2, 3, 64, 255]) assertEquals(kindOf(huge(rank)), "truncated");
  assertStringIncludes(messageOf(huge(1)), "4294967295 must follow");
});

Deno.test("decodeIdx() accepts a dimension of 0, although the others overflow", () => {
  const shape = [...new Array<number>(100).fill(2 ** 32 - 1), 0];
  assertEquals(decodeIdx(encodeIdx(shape, new Uint8Array(0))), either.right({ shape, data: new Uint8Array(0) }));
});

Deno.test("decodeIdx() says what is wrong and what to do", () => {
  assertEquals(
    messageOf(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 7)),
    "Cannot decode an IDX file: shape [3], followed by 1 byte: 3 must follow; fetch the file again",
  );
  assertStringIncludes(messageOf(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7, 7)), "only 1 must follow");
  assertStringIncludes(messageOf(Uint8Array.of(0, 0, 8)), "3 bytes: the magic number alone takes 4");
  assertStringIncludes(messageOf(Uint8Array.of(0, 0, 8, 2, 0, 0)), "a header of 2 dimensions takes 12");
  assertStringIncludes(messageOf(Uint8Array.of(0x89, 0x50, 0x4e, 0x47)), "magic number 89 50 4e 47");
  assertStringIncludes(messageOf(Uint8Array.of(0x1f, 0x8b, 8, 0)), "unpack it first: it is gzipped");
  assertStringIncludes(messageOf(Uint8Array.of(0, 0, 0x0d, 1)), "element type 0d (32-bit floats): it must be 08");
  assertStringIncludes(messageOf(Uint8Array.of(0, 0, 0x0a, 1)), "element type 0a (unknown)");
});

Deno.test("decodeIdx() refuses what is no bytes", () => {
  for (const bytes of [undefined, null, 3, {}, [0, 0, 8, 0]]) {
    assertEquals(either.isLeft(decodeIdx(bytes as never)), true); // callers without types can pass anything
  }
});

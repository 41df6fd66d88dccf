import { assertEquals } from "@std/assert";
import { ELEMENT_TYPES, WRITTEN_AS } from "../../../layers/checkpoint/element_types.ts";

/** Reads elements of a type from the buffer of an array. */
const read = (name: string, { buffer }: { readonly buffer: ArrayBuffer }): readonly number[] =>
  Array.from(ELEMENT_TYPES.get(name)!.read(buffer));

Deno.test("every dtype is written as an element type that is read as this dtype", () => {
  for (const dtype of ["float32", "float64"] as const) assertEquals(ELEMENT_TYPES.get(WRITTEN_AS[dtype])!.dtype, dtype);
});

Deno.test("half precision is widened: normal, subnormal, infinite and NaN", () => {
  assertEquals(read("F16", new Uint16Array([0x3c00, 0xc000, 1, 0x7c00, 0x7e00])), [1, -2, 2 ** -24, Infinity, NaN]);
  assertEquals(read("BF16", new Uint16Array([0x3f80, 0xc000, 0x7f80])), [1, -2, Infinity]);
});

Deno.test("integers and truth values become numbers", () => {
  assertEquals(read("I64", new BigInt64Array([-3n, 5n])), [-3, 5]);
  assertEquals(read("U32", new Uint32Array([2 ** 32 - 1])), [2 ** 32 - 1]);
  assertEquals(read("I8", new Int8Array([-1])), [-1]);
  assertEquals(read("BOOL", new Uint8Array([0, 1])), [0, 1]);
});

import { assertEquals } from "@std/assert";
import { ByteWriter } from "../../../blas/wasm/byte_writer.ts";

Deno.test("bytes come out in the order in which they were written, however many there are", () => {
  const writer = new ByteWriter(), expected: number[] = [];
  for (let k = 0; k < 2000; k++) {
    writer.byte(k & 0xff);
    writer.bytes([1, 2, k % 7]);
    expected.push(k & 0xff, 1, 2, k % 7);
  }
  assertEquals([...writer.written()], expected);
  const long = Array.from({ length: 5000 }, (_, k) => k & 0x7f);
  writer.bytes(Uint8Array.from(long));
  assertEquals([...writer.written()], [...expected, ...long]);
});

Deno.test("a writer without bytes has none", () => assertEquals(new ByteWriter().written().length, 0));

Deno.test("an instruction is written as its opcode and what follows it, even where there is no room left", () => {
  const writer = new ByteWriter(), expected: number[] = [];
  for (let k = 0; k < 600; k++) {
    writer.instruction([0xfd, k % 200], k % 3 === 0 ? [] : [k % 7, 1]);
    expected.push(0xfd, k % 200, ...(k % 3 === 0 ? [] : [k % 7, 1]));
  }
  assertEquals([...writer.written()], expected);
});

import { assertEquals, assertThrows } from "@std/assert";
import { encodeGeneral, encodeVector, int32 } from "../../../../blas/machine/assembler/encoding.ts";
import { memory } from "../../../../blas/machine/assembler/operands.ts";
import { R8, RAX, RCX } from "../../../../blas/machine/assembler/registers.ts";
import { VECTOR_INSTRUCTIONS } from "../../../../blas/machine/assembler/vector_instructions.ts";

const hexadecimal = (bytes: readonly number[]) => bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");

// echo 'vaddps ymm1,ymm2,[rcx]; vaddps ymm1,ymm2,[r8]; vaddps zmm1,zmm2,[rcx+64]' | tr ';' '\n' | as -msyntax=intel -mnaked-reg
Deno.test("VEX takes two bytes where it can, three for high registers, and EVEX four", () => {
  const { vaddps } = VECTOR_INSTRUCTIONS.binary,
    bytesOf = (bits: 256 | 512, base: typeof RCX, displacement: number) =>
      hexadecimal(encodeVector(vaddps, { bits, reg: 1, vvvv: 2, rm: memory(base, displacement) }).bytes);
  assertEquals(bytesOf(256, RCX, 0), "c5 ec 58 09");
  assertEquals(bytesOf(256, R8, 0), "c4 c1 6c 58 08");
  assertEquals(bytesOf(512, RCX, 64), "62 f1 6c 48 58 49 01");
});

Deno.test("a constant leaves a gap for its distance", () => {
  const { bytes, patch } = encodeGeneral([0x8b], RAX.number, { kind: "datum", number: 3 });
  assertEquals([hexadecimal(bytes), patch], ["48 8b 05 00 00 00 00", { at: 3, datum: { kind: "datum", number: 3 } }]);
});

Deno.test("integers of 32 bits are little-endian, and larger ones are errors", () => {
  assertEquals([int32(-2), int32(0x12345678)], [[254, 255, 255, 255], [0x78, 0x56, 0x34, 0x12]]);
  assertThrows(() => int32(2 ** 31), RangeError, "Cannot encode 2147483648");
});

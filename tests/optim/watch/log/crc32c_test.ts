import { assertEquals } from "@std/assert";
import { crc32c, maskedCrc32c } from "../../../../optim/watch/log/crc32c.ts";
import { recordOf } from "../../../../optim/watch/log/records.ts";

// RFC 3720, B.4, has the sums of 32 zeros and 32 ones; 0xe3069283 is the check value of CRC-32C in catalogues.
Deno.test("crc32c() gives the published sums", () => {
  assertEquals(crc32c(new TextEncoder().encode("123456789")), 0xe3069283);
  assertEquals(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assertEquals(crc32c(new Uint8Array(32).fill(255)), 0x62a8ab43);
  assertEquals(crc32c(new Uint8Array(0)), 0);
});

Deno.test("maskedCrc32c() turns the sum and adds a constant, without a sign", () => {
  const sum = 0xe3069283, turned = ((sum >>> 15) | (sum << 17)) >>> 0;
  assertEquals(maskedCrc32c(new TextEncoder().encode("123456789")), (turned + 0xa282ead8) % 2 ** 32);
});

Deno.test("recordOf() frames data by its length and two sums", () => {
  const record = recordOf(Uint8Array.of(1, 2, 3)), numbers = new DataView(record.buffer);
  assertEquals([record.length, numbers.getBigUint64(0, true)], [19, 3n]);
  assertEquals(numbers.getUint32(8, true), maskedCrc32c(record.slice(0, 8)));
  assertEquals(numbers.getUint32(15, true), maskedCrc32c(Uint8Array.of(1, 2, 3)));
});

import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { GENERAL } from "../../../../blas/machine/assembler/registers.ts";
import { at, checkAccess, overTurns, type Pointer, shifted } from "../../../../blas/machine/code/regions.ts";

Deno.test("the extent of steps is that of the numbers that a loop counts", () => {
  const numbers = fc.record({ start: fc.integer({ min: -50, max: 50 }), step: fc.integer({ min: -9, max: 9 }) });
  fc.assert(fc.property(numbers, fc.integer({ min: 1, max: 9 }), ({ start, step }, turns) => {
    const seen = Array.from({ length: turns }, (_, k) => start + k * step);
    const extent = overTurns({ least: start, most: start }, turns, step);
    assertEquals(extent, { least: Math.min(...seen), most: Math.max(...seen) });
    assertEquals(shifted(extent, 3), { least: extent.least + 3, most: extent.most + 3 });
  }));
});

Deno.test("exactly the accesses inside a region are allowed", () => {
  const region = { name: "a region", address: 640, bytes: 20, writable: false };
  const pointer: Pointer = { kind: "pointer", region, register: GENERAL[0]! };
  for (let offset = -8; offset < 24; offset++) {
    const isInside = offset >= -2 && offset + 4 + 6 <= 20,
      check = () => checkAccess(at(pointer, offset), { least: 2, most: 6 }, 4, false);
    if (isInside) check();
    else assertThrows(check, RangeError, "must lie in its 20 bytes");
  }
});

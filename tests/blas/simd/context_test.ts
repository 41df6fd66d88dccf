import { assertEquals, assertThrows } from "@std/assert";
import { createContext } from "../../../blas/simd/context.ts";

Deno.test("createContext() makes memory of its own each time, up to a size", () => {
  const one = createContext(), other = createContext({ maximumBytes: 1 << 20 });
  assertEquals(one.scratch.memory === other.scratch.memory, false);
  assertEquals(other.scratch.maximumBytes < 1 << 20, true);
  assertThrows(() => createContext({ maximumBytes: 1 }), RangeError, "it must be from 1 MiB");
});

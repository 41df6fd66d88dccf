import { assertEquals } from "@std/assert";
import { createContext } from "../../../blas/simd/context.ts";
import { wideSums } from "../../../blas/simd/wide_sums.ts";

Deno.test("wideSums() keeps what float32 would lose, and puts the sums where the kernel's were", () => {
  const { scratch } = createContext(), address = scratch.reserve(3 * 4), first = address / 4;
  const sums = wideSums(scratch, address, 3), here = () => [...scratch.float32.subarray(first, first + 3)];
  scratch.float32.set([2 ** 24, 1, 2], first);
  sums.carry(0, 2);
  assertEquals(here(), [0, 0, 2], "carried sums begin anew, others go on");
  for (let k = 0; k < 4; k++) {
    scratch.float32[first] = 1;
    sums.carry(0, 1);
  }
  sums.finish();
  assertEquals(here(), [2 ** 24 + 4, 1, 2]);
});

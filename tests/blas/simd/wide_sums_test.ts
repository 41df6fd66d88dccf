import { assertEquals } from "@std/assert";
import { createContext } from "../../../blas/simd/context.ts";
import { GEMV_KERNELS } from "../../../blas/simd/gemv_kernel.ts";
import { wideSums } from "../../../blas/simd/wide_sums.ts";

Deno.test("wideSums() keeps what float32 would lose, and puts the sums where the kernel's were", () => {
  const { scratch, kernels } = createContext(), part = scratch.reserve(7 * 4), wide = scratch.reserve(7 * 8);
  const first = part / 4, here = () => [...scratch.float32.subarray(first, first + 7)];
  const cleared: (readonly number[])[] = [];
  const clear = (address: number, bytes: number) => {
    cleared.push([address, bytes]);
    scratch.float64.fill(0, address / 8, (address + bytes) / 8);
  };
  const sums = wideSums(clear, kernels(GEMV_KERNELS, "float32"), { part, wide, count: 7 });
  assertEquals(cleared, [[wide, 7 * 8]]);
  scratch.float32.set([2 ** 24, 1, 2, 3, 4, 5, 6], first);
  sums.carry(0, 6);
  assertEquals(here(), [0, 0, 0, 0, 0, 0, 6], "carried sums begin anew, others go on");
  for (let k = 0; k < 4; k++) {
    scratch.float32[first] = 1;
    sums.carry(0, 1);
  }
  sums.finish();
  assertEquals(here(), [2 ** 24 + 4, 1, 2, 3, 4, 5, 6]);
});

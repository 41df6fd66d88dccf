/**
 * The kernels of sums over axes, assembled beforehand.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import type { ReduceKernel, ReduceKernels } from "../reduce_kernel.ts";
import type { WindowsKernel } from "../reduce_windows_kernel.ts";
import { SUM_BYTES, SUM_LENGTHS } from "./sum_bytes.ts";
import { instanceOf, unpack } from "./unpack.ts";

/** Makes the kernels of sums, which compute in the memory. */
export function sumKernels(memory: WebAssembly.Memory, dtype: DType): ReduceKernels {
  const { rows, columns } = instanceOf(unpack(SUM_BYTES, SUM_LENGTHS)[dtype === "float32" ? 0 : 1]!, memory);
  return { rows: rows as ReduceKernel, columns: columns as ReduceKernel }; // exported under these names, with this signature
}

/** Makes the kernel of sums over windows. */
export function windowSumKernel(memory: WebAssembly.Memory, dtype: DType): WindowsKernel {
  // Exported under this name, with this signature.
  return instanceOf(unpack(SUM_BYTES, SUM_LENGTHS)[dtype === "float32" ? 2 : 3]!, memory).windows as WindowsKernel;
}

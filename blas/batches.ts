/**
 * Batches of matrix products, computed one product after another.
 *
 * @module
 */
import type { DType } from "./dtype.ts";
import type { Engine } from "./engine.ts";
import { lengthsBetween } from "./shape.ts";
import { type MutableView, unsafeView, type View } from "./view.ts";

/** Returns a `gemmBatched` that calls `gemm` for each product. */
export function gemmBatchedBy(gemm: Engine["gemm"]): Engine["gemmBatched"] {
  return ({ alpha, a, b, beta, c }) => {
    for (let i = 0; i < c.shape[0]!; i++) {
      gemm({ alpha, a: matrixAt(a, i), b: matrixAt(b, i), beta, c: matrixAt(c, i) });
    }
  };
}

const matrixAt = <D extends DType>({ data, shape, stride, offset }: View<D>, i: number): MutableView<D> =>
  unsafeView(data, lengthsBetween(shape, 1), lengthsBetween(stride, 1), offset + i * stride[0]!);

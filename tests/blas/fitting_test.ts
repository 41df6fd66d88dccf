/**
 * Engines that read and write memory by address check what they are given, as the public functions do.
 *
 * @module
 */
import { assertEquals, assertThrows } from "@std/assert";
import type { DType } from "../../blas/dtype.ts";
import type { Engine } from "../../blas/engine.ts";
import { engines, machineEngine, nativeEngine } from "../../blas/engines.ts";
import { DTypeError, ShapeError } from "../../blas/errors.ts";
import { checkMatrixVector, checkOuter, checkProduct, checkProducts, checkVectors } from "../../blas/fitting.ts";
import { allocate, type MutableView } from "../../blas/view.ts";

const zeros = (...shape: readonly number[]): MutableView<"float32"> => allocate("float32", shape);
const product = (a: MutableView<"float32">, b: MutableView<"float32">, c: MutableView<"float32">) => {
  return { alpha: 1, a, b, beta: 0, c };
};
const other = (...shape: readonly number[]) =>
  allocate("float64", shape) as MutableView<DType> as MutableView<"float32">;

Deno.test("operands that fit pass, empty ones too, and others are named with their shapes", () => {
  checkVectors("dot", { x: zeros(3), y: zeros(3) });
  checkOuter({ x: zeros(2), y: zeros(0), a: zeros(2, 0) });
  checkMatrixVector({ ...product(zeros(2, 3), zeros(3), zeros(2)), x: zeros(3), y: zeros(2) });
  checkProduct(product(zeros(2, 0), zeros(0, 4), zeros(2, 4)));
  checkProducts(product(zeros(5, 2, 3), zeros(5, 3, 4), zeros(5, 2, 4)));
  const message =
    "Cannot apply gemm to a [2, 3] and b [2, 3] and c [2, 3]: wanted a [m, k], b [k, n] and c [m, n]; correct " +
    "the operand that does not fit";
  assertEquals(
    assertThrows(() => checkProduct(product(zeros(2, 3), zeros(2, 3), zeros(2, 3))), ShapeError).message,
    message,
  );
  assertThrows(() => checkProduct(product(zeros(2, 3), other(3, 2), zeros(2, 2))), DTypeError, "one dtype");
});

/** Calls that would reach beyond an array, if code believed one of the shapes. */
const CALLS: { readonly [name: string]: (engine: Engine) => unknown } = {
  gemm: ({ gemm }) => gemm(product(zeros(64, 64), zeros(3, 64), zeros(64, 64))),
  "gemm of two dtypes": ({ gemm }) => gemm(product(zeros(64, 64), other(64, 64), zeros(64, 64))),
  "gemm to few rows": ({ gemm }) => gemm(product(zeros(64, 64), zeros(64, 64), zeros(63, 64))),
  gemmBatched: ({ gemmBatched }) => gemmBatched(product(zeros(9, 64, 64), zeros(1, 64, 64), zeros(9, 64, 64))),
};
const VECTOR_CALLS: typeof CALLS = {
  dot: ({ dot }) => dot(zeros(1000), zeros(3)),
  axpy: ({ axpy }) => axpy({ alpha: 1, x: zeros(1000), y: zeros(3) }),
  scal: ({ scal }) => scal({ alpha: 2, x: zeros(3, 4) }),
  nrm2: ({ nrm2 }) => nrm2(zeros(3, 4)),
  asum: ({ asum }) => asum(zeros(3, 4)),
  ger: ({ ger }) => ger({ alpha: 1, x: zeros(3), y: zeros(4), a: zeros(300, 4) }),
  gemv: ({ gemv }) => gemv({ alpha: 1, beta: 0, a: zeros(300, 400), x: zeros(4), y: zeros(3) }),
};

const isAllowed = Deno.permissions.querySync({ name: "ffi" }).state === "granted";
const native = isAllowed ? await nativeEngine().catch(() => undefined) : undefined;
const machine = await machineEngine({ fallback: true });

Deno.test({
  name: "the engine of machine code refuses products that do not fit, also after it wrote code for those that do",
  ignore: machine === engines.simd,
  fn: () => {
    for (let call = 0; call < 3; call++) {
      machine.gemm(product(zeros(64, 64), zeros(64, 64), zeros(64, 64)));
      machine.gemmBatched(product(zeros(9, 64, 64), zeros(9, 64, 64), zeros(9, 64, 64)));
    }
    for (const call of Object.values(CALLS)) assertThrows(() => call(machine), TypeError, "Cannot apply gemm");
  },
});

Deno.test({
  name: "the native engine refuses what does not fit",
  ignore: native === undefined,
  fn: () => {
    for (const [name, call] of Object.entries({ ...CALLS, ...VECTOR_CALLS })) {
      assertThrows(() => call(native!), TypeError, `Cannot apply ${name.split(" ")[0]}`);
    }
  },
});

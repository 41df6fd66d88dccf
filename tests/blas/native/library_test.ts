import { assertEquals, assertThrows } from "@std/assert";
import { openCblas } from "../../../blas/native/library.ts";

const isAllowed = Deno.permissions.querySync({ name: "ffi" }).state === "granted";
const library = (() => {
  try {
    return openCblas();
  } catch {
    return undefined;
  }
})();

Deno.test({
  name: "a file that is no library is named, with what to install",
  ignore: !isAllowed,
  fn: () => {
    assertThrows(
      () => openCblas("no-such-library.so"),
      Error,
      "Cannot open a native BLAS (no-such-library.so: not found)",
    );
    assertThrows(() => openCblas("no-such-library.so"), Error, "pass nativeEngine(path)");
    for (const path of [5, null, Object.create(null)]) {
      assertThrows(() => openCblas(path), TypeError, "path must be a text; leave it out to try the usual names");
    }
  },
});

Deno.test({
  name: "a library without CBLAS's functions is told from one that is missing",
  ignore: !isAllowed || Deno.build.os !== "linux",
  fn: () => void assertThrows(() => openCblas("libc.so.6"), Error, "libc.so.6: it has no cblas_"),
});

Deno.test({
  name: "the functions of both dtypes are found under their names, with their arguments in CBLAS's order",
  ignore: library === undefined,
  fn: () => {
    const { float32, float64 } = library!.cblas;
    const x = Float64Array.of(1, 2, 3, 4), y = Float64Array.of(5, 6, 7, 8);
    assertEquals(float64.dot(2, x, 2, y, 1), 1 * 5 + 3 * 6);
    float64.axpy(3, 10, x, 1, y, 1);
    assertEquals([...y], [15, 26, 37, 8]);
    assertEquals(float32.asum(3, Float32Array.of(-1, 2, -3), 1), 6);
    // Row-major (101), not transposed (111): [[1, 2], [3, 4]] times the vector [1, 10].
    const result = new Float32Array(2);
    float32.gemv(101, 111, 2, 2, 1, Float32Array.of(1, 2, 3, 4), 2, Float32Array.of(1, 10), 1, 0, result, 1);
    assertEquals([...result], [21, 43]);
  },
});

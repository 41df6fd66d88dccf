import { assertEquals } from "@std/assert";
import { createContext } from "../../../blas/simd/context.ts";
import { copyTransposed, transposedAxis } from "../../../blas/simd/copy_transposed.ts";
import { coalesce } from "../../../blas/walk.ts";
import { list, plain, random, viewOf } from "./operands.ts";

Deno.test("a matrix is turned by columns into an array with gaps, which stay as they were", () => {
  const x = viewOf("float32", [30, 400], { permuted: true, step: 1, repeat: false }, random(3));
  const y = viewOf("float32", [30, 400], { ...plain, step: 1 }, () => 7),
    wide = { ...y, shape: y.shape, stride: [400, 1] };
  const walk = coalesce(x.shape, [x.stride, wide.stride]);
  copyTransposed(createContext(), { x, y }, walk, transposedAxis(walk));
  assertEquals(list(y), list(x));
});

Deno.test("only an axis that is contiguous in the source, and others in the target, is turned", () => {
  assertEquals(transposedAxis({ shape: [20, 30], strides: [[1, 20], [30, 1]] }), 0);
  assertEquals(transposedAxis({ shape: [20, 30], strides: [[30, 1], [30, 1]] }), -1);
  assertEquals(transposedAxis({ shape: [20, 3], strides: [[1, 20], [3, 1]] }), -1);
  assertEquals(transposedAxis({ shape: [20, 30], strides: [[1, 20], [1, 20]] }), -1);
});

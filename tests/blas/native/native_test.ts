/**
 * The native engine against the reference engine, where native code may be called and OpenBLAS is installed.
 *
 * @module
 */
import { assertAlmostEquals, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { DType } from "../../../blas/dtype.ts";
import type { Engine } from "../../../blas/engine.ts";
import { nativeEngineOver } from "../../../blas/native/mod.ts";
import { reference } from "../../../blas/reference/mod.ts";
import { type MutableView, unsafeView, type View } from "../../../blas/view.ts";

const allowed = Deno.permissions.querySync({ name: "ffi" }).state === "granted";

/** The engine, where this machine has a library. */
function native(): Engine | undefined {
  try {
    return allowed ? nativeEngineOver(reference) : undefined;
  } catch {
    return undefined;
  }
}
const engine = native(), ignore = engine === undefined;

/** A strided view over its own data, with gaps between elements and room before them. */
type Layout = { readonly dtype: DType; readonly gap: number; readonly flipped: boolean; readonly reversed: boolean };
const layouts = fc.record({
  dtype: fc.constantFrom<DType>("float32", "float64"),
  gap: fc.integer({ min: 1, max: 3 }),
  flipped: fc.boolean(),
  reversed: fc.boolean(),
});

function filled(shape: readonly number[], { dtype, gap, flipped, reversed }: Layout, seed: number): MutableView {
  const order = shape.map((_, axis) => flipped ? axis : shape.length - 1 - axis), stride = shape.map(() => 0);
  let step = gap;
  for (const axis of order) {
    stride[axis] = step;
    step *= Math.max(1, shape[axis]!);
  }
  const values = Array.from({ length: step + 5 }, (_, i) => Math.sin(seed + 7 * i));
  const data = dtype === "float32" ? new Float32Array(values) : new Float64Array(values);
  const turn = reversed && shape.length === 1 && shape[0]! > 0;
  return unsafeView(data, shape, turn ? [-stride[0]!] : stride, turn ? 2 + (shape[0]! - 1) * stride[0]! : 2);
}

const same = (a: View, b: View, scale: number): void =>
  a.data.forEach((x, i) => assertAlmostEquals(x, b.data[i]!, scale * (a.dtype === "float32" ? 1e-5 : 1e-13)));

const sizes = fc.integer({ min: 0, max: 9 });

Deno.test({
  name: "native gemm equals the reference for any layout",
  ignore,
  fn: () =>
    fc.assert(fc.property(
      fc.tuple(sizes, sizes, sizes),
      fc.tuple(layouts, layouts, layouts),
      fc.constantFrom(0, 1, -0.5),
      fc.constantFrom(0, 1, 2),
      ([m, k, n], [la, lb, lc], alpha, beta) => {
        const { dtype } = la, a = filled([m, k], la, 1), b = filled([k, n], { ...lb, dtype }, 2);
        const [c, d] = [filled([m, n], { ...lc, dtype }, 3), filled([m, n], { ...lc, dtype }, 3)];
        engine!.gemm({ alpha, a, b, beta, c });
        reference.gemm({ alpha, a, b, beta, c: d });
        same(c, d, 20);
      },
    )),
});

Deno.test({
  name: "native gemv and ger equal the reference for any layout",
  ignore,
  fn: () =>
    fc.assert(fc.property(
      fc.tuple(sizes, sizes),
      fc.tuple(layouts, layouts, layouts),
      fc.constantFrom(0, 1, 2),
      ([m, n], [la, lx, ly], beta) => {
        const { dtype } = la, a = filled([m, n], la, 1), x = filled([n], { ...lx, dtype }, 2);
        const [y, z] = [filled([m], { ...ly, dtype }, 3), filled([m], { ...ly, dtype }, 3)];
        engine!.gemv({ alpha: 0.5, a, x, beta, y });
        reference.gemv({ alpha: 0.5, a, x, beta, y: z });
        same(y, z, 20);
        const b = filled([m, n], la, 1);
        engine!.ger({ alpha: 2, x: y, y: x, a });
        reference.ger({ alpha: 2, x: y, y: x, a: b });
        same(a, b, 20);
      },
    )),
});

Deno.test({
  name: "native vector operations equal the reference for any layout",
  ignore,
  fn: () =>
    fc.assert(fc.property(sizes, layouts, layouts, fc.constantFrom(0, 1, -2), (n, lx, ly, alpha) => {
      const { dtype } = lx, x = filled([n], lx, 1), tolerance = dtype === "float32" ? 1e-4 : 1e-12;
      const [y, z] = [filled([n], { ...ly, dtype }, 2), filled([n], { ...ly, dtype }, 2)];
      assertAlmostEquals(engine!.dot(x, y), reference.dot(x, y), tolerance);
      assertAlmostEquals(engine!.nrm2(x), reference.nrm2(x), tolerance);
      assertAlmostEquals(engine!.asum(x), reference.asum(x), tolerance);
      engine!.axpy({ alpha, x, y });
      reference.axpy({ alpha, x, y: z });
      same(y, z, 10);
      engine!.scal({ alpha, x: y });
      reference.scal({ alpha, x: z });
      same(y, z, 10);
    })),
});

Deno.test({
  name: "native gemm with beta 0 does not read c",
  ignore,
  fn: () => {
    const a = unsafeView<"float64">(new Float64Array([1, 2, 3, 4]), [2, 2], [2, 1], 0);
    const c = unsafeView<"float64">(new Float64Array(4).fill(NaN), [2, 2], [2, 1], 0);
    engine!.gemm({ alpha: 1, a, b: a, beta: 0, c });
    assertEquals([...c.data], [7, 10, 15, 22]);
  },
});

Deno.test({
  name: "nativeEngine() says which library it found",
  ignore,
  fn: () => assertStringIncludes(engine!.name, "native (lib"),
});

Deno.test({
  name: "nativeEngine() names the library it did not find, and the remedy",
  ignore: !allowed,
  fn: () => {
    const error = assertThrows(() => nativeEngineOver(reference, "no_such_library.so"), Error);
    assertStringIncludes(error.message, "no_such_library.so: not found");
    assertStringIncludes(error.message, "nativeEngine(path)");
  },
});

Deno.test({
  name: "nativeEngine() names the function that a library lacks",
  ignore: !allowed || Deno.build.os !== "linux",
  fn: () =>
    assertStringIncludes(
      assertThrows(() => nativeEngineOver(reference, "libm.so.6"), Error).message,
      "it has no cblas_",
    ),
});

Deno.test({
  name: "nativeEngine() names the flag where native code is not allowed",
  ignore: allowed,
  fn: () => assertStringIncludes(assertThrows(() => nativeEngineOver(reference), Error).message, "--allow-ffi"),
});

Deno.test({
  name: "native: large matrices times vectors, on either side and in any layout, agree with the reference engine",
  ignore,
  fn: () => {
    for (const flipped of [false, true]) {
      for (const gap of [1, 2]) {
        for (const dtype of ["float32", "float64"] as const) {
          for (const [m, k, n] of [[2, 70_000, 1], [1, 70_000, 2], [400, 400, 1], [1, 400, 400]] as const) {
            const layout = { dtype, gap, flipped, reversed: false };
            const a = filled([m, k], layout, 1) as View, b = filled([k, n], layout, 2) as View;
            const [c, expected] = [0, 1].map(() => filled([m, n], layout, 3)) as [MutableView, MutableView];
            engine!.gemm({ alpha: 0.5, a, b, beta: 2, c });
            reference.gemm({ alpha: 0.5, a, b, beta: 2, c: expected });
            same(c as View, expected as View, k);
          }
        }
      }
    }
  },
});

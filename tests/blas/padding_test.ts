/**
 * Where infinity and NaN meet padding, and zeros their signs: every engine, compiled or not, does what the definition says.
 *
 * PyTorch's float64, `F.conv2d(x, w, padding=1)` and its gradients with an infinite element in `w`, in `x` or in the cotangent:
 * padding is 0 times the kernel, so NaN in `y`, and 0 times the cotangent, so NaN in the gradient of `w`; the gradient of `x` has
 * no NaN, since there are no windows beyond the edge.
 *
 * @module
 */
import { assert } from "@std/assert";
import fc from "fast-check";
import type { DType } from "../../blas/dtype.ts";
import type { Engine } from "../../blas/engine.ts";
import { engines } from "../../blas/engines.ts";
import { compileProgram } from "../../blas/simd/program/compile.ts";
import { simdEngine } from "../../blas/simd/mod.ts";
import type { MutableView, View } from "../../blas/view.ts";
import { computed, type Convolution, naive, shapesArbitrary, SMALL } from "./convolutions.ts";
import { elementsOf, filled } from "./program/random_programs.ts";
import { type Tracer, tracer } from "./program/tracing.ts";

const NUMBERS = [0, -0, -0, 1, -1, 2, -0.5, 0, -0, 1, -1, 1], SPECIAL = [Infinity, -Infinity, NaN];

/** What the definition says: padding is written out, where it is seen. */
function wanted({ geometry, x, w, y }: Convolution): ReturnType<typeof naive> {
  const [top, left, bottom, right] = geometry.padding,
    [batch, channels, height, width] = x.shape as [
      number,
      number,
      number,
      number,
    ];
  const rows = top + height + bottom, columns = left + width + right;
  const padded = filled(x.dtype, [batch, channels, rows, columns], (k) => {
    const row = Math.floor(k / columns) % rows - top, column = k % columns - left;
    const plane = Math.floor(k / columns / rows);
    const inside = row >= 0 && row < height && column >= 0 && column < width;
    return inside ? x.data[x.offset + (plane * height + row) * width + column]! : 0;
  });
  const seen = naive({ geometry: { ...geometry, padding: [0, 0, 0, 0] }, x: padded, w, y });
  return { y: seen.y, w: seen.w, x: naive({ geometry, x, w, y }).x };
}

type Functions = Pick<Engine, "conv2d" | "conv2dInput" | "conv2dWeight">;

/** Convolutions as programs, whose instructions run in so many shares. */
function compiledConvolution(shares: number): Functions {
  const form = (
    form: keyof Functions,
    geometry: Parameters<Tracer["convolution"]>[3],
    given: View[],
    result: MutableView,
  ) => {
    const t = tracer(), [a, b] = given.map(({ dtype, shape }) => t.parameter(dtype, shape));
    const executable = compileProgram(t.program(t.convolution(form, [a!, b!], result.shape, geometry)), engines.simd, {
      shares,
    });
    given.forEach((x, k) => executable.write(k, x));
    executable.run();
    elementsOf(executable.read(0)).forEach((x, k) => result.data[result.offset + k] = x);
  };
  return {
    conv2d: ({ geometry, x, w, y }) => form("conv2d", geometry, [x, w] as View[], y as MutableView),
    conv2dInput: ({ geometry, x, w, y }) => form("conv2dInput", geometry, [y, w] as View[], x as MutableView),
    conv2dWeight: ({ geometry, x, w, y }) => form("conv2dWeight", geometry, [x, y] as View[], w as MutableView),
  };
}

const ENGINES: Readonly<Record<string, Functions>> = {
  ...engines,
  unfused: simdEngine({ fused: false }),
  compiled: compiledConvolution(1),
  "compiled, in shares": compiledConvolution(2),
};

const same = (x: number, y: number): boolean => Object.is(x, y) || (x !== 0 && x === y);

Deno.test("infinity and NaN times padding are NaN, and elsewhere nothing is: all forms, geometries, engines, compiled too", () => {
  const shapes = shapesArbitrary({ ...SMALL, batch: { min: 1, max: 2 }, channels: { min: 1, max: 5 } });
  const places = fc.subarray(["x", "w", "y"] as const), seeds = fc.nat();
  fc.assert(
    fc.property(fc.constantFrom<DType>("float32", "float64"), shapes, places, seeds, (dtype, shape, places, seed) => {
      let state = seed + 1;
      const draw = (count: number) => (state = state * 16807 % 2147483647) % count;
      const operand = (name: "x" | "w" | "y") =>
        filled(
          dtype,
          shape[name],
          () => places.includes(name) && draw(12) === 0 ? SPECIAL[draw(3)]! : NUMBERS[draw(NUMBERS.length)]!,
        );
      const convolution = { geometry: shape.geometry, x: operand("x"), w: operand("w"), y: operand("y") };
      const expected = wanted(convolution);
      for (const [engine, functions] of Object.entries(ENGINES)) {
        const found = computed(functions, convolution);
        for (const name of ["y", "x", "w"] as const) {
          const elements = elementsOf(found[name]), at = elements.findIndex((x, k) => !same(x, expected[name][k]!));
          assert(at < 0, `${engine}: element ${at} of ${name} is ${elements[at]}, not ${expected[name][at]}`);
        }
      }
    }),
    { numRuns: 60, endOnFailure: true },
  );
});

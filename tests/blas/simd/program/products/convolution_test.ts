/**
 * Convolutions of programs against the reference engine.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { windowCount } from "../../../../../blas/convolution.ts";
import type { DType } from "../../../../../blas/dtype.ts";
import type { ConvolutionOperation } from "../../../../../blas/simd/program/products/conv_problem.ts";
import { EPILOGUE_INPUT, type Operand } from "../../../../../blas/program/program.ts";
import { reference } from "../../../../../blas/reference/mod.ts";
import { argument, neg } from "../../../../../blas/scalar/scalar.ts";
import { sizeOf } from "../../../../../blas/shape.ts";
import { allocate, type MutableView, unsafeView, type View } from "../../../../../blas/view.ts";
import { prepare, whole } from "./run_product.ts";

const EPSILON = { float32: 2 ** -23, float64: 2 ** -52 } as const;

/** All that makes up a convolution. */
type Sizes = {
  readonly batch: number;
  readonly channels: number;
  readonly filters: number;
  readonly groups: number;
  readonly image: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly padding: readonly [number, number, number, number];
};

type Form = ConvolutionOperation["form"];

/** The shapes of images, kernels and windows; `undefined` where no window fits. */
function shapesOf({ batch, channels, filters, groups, image, kernel, ...how }: Sizes) {
  const windows = [0, 1].map((axis) =>
    windowCount(image[axis]!, kernel[axis]!, {
      stride: how.stride[axis]!,
      dilation: how.dilation[axis]!,
      padding: how.padding[axis]! + how.padding[axis + 2]!,
    })
  );
  if (windows.some((count) => count < 1)) return undefined;
  return {
    x: [batch, channels * groups, ...image],
    w: [filters * groups, channels, ...kernel],
    y: [batch, filters * groups, ...windows],
  };
}

type CheckOptions = { readonly change?: (operand: Operand) => Operand; readonly epilogue?: boolean };

function check(
  dtype: DType,
  form: Form,
  sizes: Sizes,
  { change = (same) => same, epilogue = false }: CheckOptions = {},
): void {
  const shapes = shapesOf(sizes);
  if (shapes === undefined) return;
  const { stride, padding, dilation, groups } = sizes, geometry = { stride, padding, dilation, groups };
  const [result, ...given] = { conv2d: ["y", "x", "w"], conv2dInput: ["x", "y", "w"], conv2dWeight: ["w", "x", "y"] }[
    form
  ] as ["x" | "w" | "y", "x" | "w" | "y", "x" | "w" | "y"];
  let seed = 1;
  const next = () => (seed = seed * 16807 % 2147483647, seed / 2147483647 - 0.5);
  const operands = given.map((name, k) => change(whole(k, shapes[name]))) as [Operand, Operand];
  const data = given.map((name) => {
    const length = sizeOf(shapes[name]);
    return dtype === "float32" ? Float32Array.from({ length }, next) : Float64Array.from({ length }, next);
  });
  const loop = {
    shape: shapes[result],
    operands: [whole(EPILOGUE_INPUT, shapes[result])],
    expressions: [neg(argument(0))],
  };
  const operation = { kind: "convolution", form, geometry, operands, ...epilogue && { epilogue: loop } } as const;
  const runnable = prepare(operation, dtype, data, [shapes[result]]);
  if (runnable === undefined) {
    assert(groups > 1 || (form === "conv2dInput" && sizes.channels === 1), "only these are left to engines");
    return;
  }
  const wanted = allocate(dtype, shapes[result]);
  const views = Object.fromEntries(operands.map(({ shape, stride, offset }, k) => [
    given[k]!,
    unsafeView(data[k]!, shape, stride, offset),
  ]));
  const all = { ...views, [result]: wanted } as Record<"x" | "w" | "y", MutableView<DType>>;
  if (form === "conv2d") reference.conv2d({ geometry, ...all as Record<"x" | "w", View>, y: all.y });
  else if (form === "conv2dInput") reference.conv2dInput({ geometry, ...all as Record<"w" | "y", View>, x: all.x });
  else reference.conv2dWeight({ geometry, ...all as Record<"x" | "y", View>, w: all.w });
  runnable.run();
  const first = runnable.value(2).slice(), terms = sizeOf(shapes.x) + sizeOf(shapes.y);
  const start = wanted.offset; // small arrays are pieces of larger ones
  wanted.data.slice(start, start + wanted.size).forEach((value, i) => {
    assert(
      Math.abs(first[i]! - (epilogue ? -value : value)) <= terms * EPSILON[dtype],
      `${first[i]} at ${i}, wanted ${value}`,
    );
  });
  assert(runnable.intact(), "nothing else must be written");
  runnable.run();
  assertEquals([...runnable.value(2)], [...first], "a second run must not find anything of the first");
}

const FORMS = ["conv2d", "conv2dInput", "conv2dWeight"] as const;
const small = fc.integer({ min: 1, max: 3 });
const margin = fc.integer({ min: 0, max: 3 });
const SIZES = fc.record({
  batch: fc.integer({ min: 1, max: 4 }),
  channels: fc.integer({ min: 1, max: 6 }),
  filters: fc.integer({ min: 1, max: 18 }),
  groups: fc.constantFrom(1, 1, 2),
  image: fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 })),
  kernel: fc.tuple(small, fc.integer({ min: 1, max: 4 })),
  stride: fc.tuple(small, small),
  dilation: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
  padding: fc.tuple(margin, margin, margin, margin),
});

const CNN: Sizes = {
  batch: 3,
  channels: 16,
  filters: 32,
  groups: 1,
  image: [28, 28],
  kernel: [3, 3],
  stride: [2, 2],
  dilation: [1, 1],
  padding: [1, 1, 1, 1],
};

for (const dtype of ["float32", "float64"] as const) {
  for (const form of FORMS) {
    Deno.test(`${form} in a program agrees with the reference engine (${dtype})`, () => {
      fc.assert(fc.property(SIZES, fc.boolean(), (sizes, epilogue) => check(dtype, form, sizes, { epilogue })), {
        numRuns: 120,
      });
    });

    Deno.test(`${form} in a program computes the layers of a small network (${dtype})`, () => {
      check(dtype, form, CNN);
      check(dtype, form, CNN, { epilogue: true });
      check(dtype, form, { ...CNN, channels: 32, filters: 64, image: [14, 14] });
      check(dtype, form, { ...CNN, channels: 1, filters: 16, stride: [1, 1] });
      check(dtype, form, { ...CNN, channels: 8, filters: 8, groups: 2, stride: [1, 1], padding: [0, 0, 0, 0] });
    });

    Deno.test(`${form} in a program with more padding than a large kernel has elements reads nothing before memory (${dtype})`, () => {
      const large = { ...CNN, batch: 2, channels: 2, filters: 3, stride: [1, 1] } as const;
      check(dtype, form, { ...large, image: [12, 3], kernel: [6, 3], padding: [6, 6, 6, 6] });
      check(dtype, form, { ...large, image: [7, 17], kernel: [6, 6], dilation: [2, 2], padding: [10, 11, 12, 10] });
      check(dtype, form, { ...large, image: [9, 8], kernel: [5, 5], padding: [4, 5, 4, 4] });
    });

    Deno.test(`${form} in a program reads repeated windows and images (${dtype})`, () => {
      const repeat = (operand: Operand) =>
        operand.value === 1 && form !== "conv2dWeight" || operand.value === 0 && form === "conv2dWeight"
          ? operand
          : { ...operand, stride: [...operand.stride.slice(0, 2), 0, 0] };
      check(dtype, form, CNN, { change: repeat });
    });
  }
}

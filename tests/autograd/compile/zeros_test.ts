import { assertEquals } from "@std/assert";
import * as either from "../../../blas/either.ts";
import {
  add,
  broadcastTo,
  compile,
  div,
  flatten,
  full,
  glu,
  gradient,
  matmul,
  max,
  min,
  mul,
  neg,
  reshape,
  slice,
  sub,
  sum,
  type Tensor,
  tensor64,
  toList,
} from "../../../autograd/mod.ts";
import { apply, type Primitive } from "../../../autograd/primitive.ts";
import type { DType } from "../../../blas/dtype.ts";
import type { Shape } from "../../../blas/shape.ts";
import { allocate, type View } from "../../../blas/view.ts";

type T64 = Tensor<"float64">;

/** The elements, with the sign of each zero: `assertEquals` takes 0 and -0 in arrays for the same. */
const signed = (t: Tensor): readonly (number | string)[] => toList(flatten(t)).map((x) => Object.is(x, -0) ? "-0" : x);

Deno.test("zeros keep their signs in compiled code: constants, differences, sums and products of one term", () => {
  const zeros = tensor64([1, -1, 0, -0]);
  const functions: Record<string, (x: T64) => T64> = {
    "x / -0": (x) => div(x, full([4], -0, { dtype: "float64" })),
    "x / [-0]": (x) => div(x, full([1], -0, { dtype: "float64" })),
    "0 - x": (x) => sub(0, x),
    "0 + x": (x) => add(0, x),
    "0 x": (x) => mul(x, 0),
    "0 / x": (x) => div(0, x),
    "column times row": (x) => matmul(reshape(x, [4, 1]), full([1, 2], -1, { dtype: "float64" })),
    "sum of one": (x) => sum(reshape(x, [4, 1]), { axes: 1 }),
    "sum of the same": (x) => sum(broadcastTo(reshape(x, [4, 1]), [4, 3]), { axes: 1 }),
    "sum of constants": (x) => add(sum(full([4, 3], -0, { dtype: "float64" }), { axes: 1 }), mul(x, -0)),
    "largest": (x) => max(mul(x, -0), { axes: 0 }),
    "smallest": (x) => min(mul(x, 0), { axes: 0 }),
  };
  for (const [name, f] of Object.entries(functions)) assertEquals(signed(compile(f)(zeros)), signed(f(zeros)), name);
});

Deno.test("zeros keep their signs where products underflow and the products are added to 0", () => {
  for (const dtype of ["float32", "float64"] as const) {
    const tiny = dtype === "float32" ? 1e-38 : 1e-308, x = full<DType>([4, 1], tiny, { dtype });
    const functions: Record<string, (x: Tensor) => Tensor> = {
      "x (-x) + 0": (x) => add(mul(x, neg(x)), 0),
      "0 + x (-x)": (x) => add(0, mul(x, neg(x))),
      "sum of one": (x) => sum(mul(x, neg(x)), { axes: 1 }),
      "derivatives of parts": gradient((x: Tensor) => sum(glu(x, { axis: 0 }))),
      "weighted derivatives of parts": gradient((x: Tensor) => sum(mul(slice(x, 0, 2), mul(-tiny, slice(x, 2, 2))))),
    };
    for (const [name, f] of Object.entries(functions)) {
      for (const given of [x, neg(x)]) assertEquals(signed(compile(f)(given)), signed(f(given)), `${name}, ${dtype}`);
    }
  }
});

Deno.test("settings of -0 and 0 differ for a function that runs outside", () => {
  const filling: Primitive<{ readonly value: number }> = {
    name: "filling",
    samples: () => [],
    shape: ([shape]) => either.right(shape!),
    evaluate: <D extends DType>([x]: readonly View<D>[], { value }: { readonly value: number }, shape: Shape) => {
      const filled = allocate<D>(x!.dtype, shape);
      filled.data.fill(value, filled.offset, filled.offset + filled.size);
      return filled as View<D>;
    },
    vjp: () => null,
  };
  const both = compile((x: T64) => [0, -0].map((value) => apply(filling, { value }, [x])));
  assertEquals(both(tensor64([1])).map(signed), [[0], ["-0"]]);
});

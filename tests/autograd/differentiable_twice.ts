/**
 * Checks that hold for every composed operation: derivatives, strides, dtypes, compiled programs, batches.
 *
 * @module
 */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import * as ng from "../../autograd/mod.ts";
import type { DType, Tensor } from "../../autograd/mod.ts";
import { constantOf } from "../../autograd/tensor.ts";
import type { View } from "../../blas/view.ts";
import { elementsOf, layOut, LAYOUTS } from "../blas/layouts.ts";
import { checkSecondDerivative } from "../torch/second_derivative.ts";

/** An operation with one result, on operands that a function draws. */
export type OperationCase = {
  readonly name: string;
  readonly call: (...inputs: Tensor[]) => Tensor;
  readonly inputs: <D extends DType>(dtype: D) => readonly Tensor<D>[];
  /** The tolerance in float32, relative. */
  readonly rounding?: number;
  /** Whether it has a second derivative that differences can show. Default: true. */
  readonly twice?: boolean;
};

function assertClose(actual: Tensor, expected: Tensor, tolerance: number): void {
  assertEquals(actual.shape, expected.shape);
  const wanted = ng.toList(expected), scale = Math.max(1, ...wanted.map(Math.abs));
  ng.toList(actual).forEach((x, i) => assertAlmostEquals(x, wanted[i]!, tolerance * scale));
}

/** Layouts that show the same elements. */
const SAME_ELEMENTS = Object.entries(LAYOUTS).filter(([name]) => !name.includes("broadcast"));

/** Registers the tests of an operation. */
export function testOperation({ name, call, inputs, rounding = 1e-4, twice = true }: OperationCase): void {
  Deno.test(`${name}: derivatives agree with central differences${twice ? ", and second ones too" : ""}`, () => {
    const xs = inputs("float64");
    ng.checkGradient(call, ...xs);
    if (twice) checkSecondDerivative(call, xs);
  });

  Deno.test(`${name}: float32 agrees with float64, rounded`, () => {
    const narrow = inputs("float32"), wide = narrow.map((t) => ng.cast(t, "float64")), output = call(...narrow);
    assertEquals(output.dtype, "float32");
    assertClose(ng.cast(output, "float64"), call(...wide), rounding);
  });

  Deno.test(`${name}: strides do not change the result, and operands stay as they are`, () => {
    const xs = inputs("float64"), expected = call(...xs);
    for (const [, layout] of SAME_ELEMENTS) {
      const viewed = xs.map((t) => constantOf(layOut(t.dtype, t.shape, elementsOf(t.view), layout(t.shape)) as View));
      const before = viewed.map(({ view }) => view.data.slice());
      assertClose(call(...viewed), expected, 1e-12);
      assertEquals(viewed.map(({ view }) => view.data), before);
    }
  });

  Deno.test(`${name}: compiled, the result and the gradient are the same`, () => {
    const xs = inputs("float64"), loss = (ts: readonly Tensor[]) => ng.sum(ng.square(call(...ts)));
    const wanted = ng.gradient(loss)(xs);
    assertClose(ng.compile((ts: readonly Tensor[]) => call(...ts))(xs), call(...xs), 1e-12);
    ng.compile(ng.gradient(loss))(xs).forEach((found, k) => assertClose(found, wanted[k]!, 1e-11));
  });

  Deno.test(`${name}: vmap gives the results and the gradients of one example after another`, () => {
    const examples = [inputs("float64"), inputs("float64").map((t) => ng.scale(t, 1.1))];
    const slope = ng.gradient((ts: readonly Tensor[]) => ng.sum(ng.square(call(...ts))));
    const stacked = examples[0]!.map((_, k) => ng.stack(examples.map((own) => own[k]!)));
    assertClose(
      ng.vmap((ts: readonly Tensor[]) => call(...ts))(stacked),
      ng.stack(examples.map((own) => call(...own))),
      1e-12,
    );
    ng.vmap(slope)(stacked).forEach((found, k) =>
      assertClose(found, ng.stack(examples.map((own) => slope(own)[k]!)), 1e-11)
    );
  });
}

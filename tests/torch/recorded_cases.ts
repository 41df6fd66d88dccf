/**
 * Comparing operations with what PyTorch recorded: values, and gradients for given cotangents.
 *
 * @module
 */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { add, compile, constant, type DType, gradient, mul, sum, type Tensor, toList } from "../../mod.ts";

/** An array as PyTorch had it, row-major. */
export type RecordedArray = { readonly shape: readonly number[]; readonly data: readonly number[] };

/** A case of a fixture: `grads` are those of the sum over outputs of `sum(upstream * output)`. */
export type RecordedCase = {
  readonly name: string;
  readonly inputs: readonly RecordedArray[];
  readonly upstreams: readonly RecordedArray[];
  readonly outputs: readonly RecordedArray[];
  readonly grads: readonly RecordedArray[];
};

/** An operation with its settings. */
export type Call = (...inputs: Tensor[]) => readonly Tensor[];

/** Makes a tensor of recorded numbers. */
export const tensorOf = <D extends DType>({ shape, data }: RecordedArray, dtype: D): Tensor<D> =>
  constant<D>(Float64Array.from(data), { dtype, shape });

function assertNear(actual: Tensor, { shape, data }: RecordedArray, tolerance: number, what: string): void {
  assertEquals(actual.shape, shape, what);
  const scale = Math.max(1, ...data.map(Math.abs));
  toList(actual).forEach((x, i) => assertAlmostEquals(x, data[i]!, tolerance * scale, what));
}

/** The gradient for the recorded cotangents. */
export const gradientsFor = (
  call: Call,
  upstreams: readonly Tensor[],
): (inputs: readonly Tensor[]) => readonly Tensor[] =>
  gradient((inputs: readonly Tensor[]): Tensor =>
    call(...inputs).map((y, k) => sum(mul(y, upstreams[k]!))).reduce((a, b) => add(a, b))
  );

/**
 * Compares outputs and gradients with the recorded ones: in float64, in float32, and in float64 compiled.
 *
 * @param tolerances Relative to the largest number of an array, or to 1.
 */
export function checkRecorded(
  { inputs, upstreams, outputs, grads }: RecordedCase,
  call: Call,
  tolerances: { readonly [D in DType]: number } = { float64: 1e-9, float32: 1e-4 },
): void {
  for (const dtype of ["float64", "float32"] as const) {
    const xs = inputs.map((x) => tensorOf<DType>(x, dtype)),
      slope = gradientsFor(call, upstreams.map((u) => tensorOf(u, dtype)));
    for (
      const [way, f, g] of [["plain", (ts: readonly Tensor[]) => call(...ts), slope], [
        "compiled",
        compile((ts: readonly Tensor[]) => call(...ts)),
        compile(slope),
      ]] as const
    ) {
      const ys = f(xs);
      assertEquals(ys.map((y) => y.dtype), outputs.map(() => dtype));
      ys.forEach((y, k) => assertNear(y, outputs[k]!, tolerances[dtype], `${dtype}, ${way}: output ${k}`));
      g(xs).forEach((d, k) => assertNear(d, grads[k]!, tolerances[dtype], `${dtype}, ${way}: gradient ${k}`));
    }
  }
}

/**
 * Fourier transforms and windows.
 *
 * @module
 */
import * as ops from "../../../autograd/ops/mod.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { innerShape } from "../../../autograd/tensor_record.ts";
import { typeOfCode } from "../element_types.ts";
import {
  axisIn,
  type Call,
  countIn,
  known,
  maybeNumbersAt,
  numberOf,
  numbersAt,
  type Operator,
  type Operators,
  unary,
} from "../value.ts";

/** A part along the last axis: 0 for real parts, 1 for imaginary ones. */
const part = (t: Tensor, k: 0 | 1): Tensor =>
  ops.squeeze(
    ops.sliceAxes(
      t,
      innerShape(t).map((_, axis) => axis === innerShape(t).length - 1 ? [k, k + 1] as const : [] as const),
    ),
    -1,
  );

/** Cuts an axis off, or fills it up with zeros. */
function fitted(t: Tensor, axis: number, length: number): Tensor {
  const shape = innerShape(t),
    cut = ops.sliceAxes(t, shape.map((_, k) => k === axis ? [0, length] as const : [] as const));
  return ops.pad(cut, shape.map((own, k) => k === axis ? [0, Math.max(0, length - own)] as const : [0, 0] as const));
}

/** The transform of real or complex numbers along an axis, to complex ones. */
function transformed(
  x: Tensor,
  axis: number,
  { inverse, oneSided }: { readonly inverse: boolean; readonly oneSided: boolean },
): Tensor {
  const isComplex = innerShape(x).at(-1) === 2,
    real = part(x, 0),
    imaginary = isComplex ? part(x, 1) : ops.scale(real, 0);
  const z = (inverse ? ops.ifft : ops.fft)({ real, imaginary }, { axis }),
    count = Math.floor(innerShape(real)[axis]! / 2) + 1;
  const kept = (t: Tensor): Tensor => oneSided ? fitted(t, axis, count) : t;
  return ops.stack([kept(z.real), kept(z.imaginary)], -1);
}

function dft(x: Tensor, call: Call): Tensor {
  const rank = innerShape(x).length, old = call.run.opset < 20;
  const axis = axisIn(call, old ? numberOf(call, "axis", 1) : maybeNumbersAt(call, 2)?.[0] ?? -2, rank),
    [length] = maybeNumbersAt(call, 1) ?? [];
  const own = length === undefined ? x : fitted(x, axis, length);
  return transformed(own, axis, {
    inverse: numberOf(call, "inverse", 0) === 1,
    oneSided: numberOf(call, "onesided", 0) === 1,
  });
}

/** Transforms of parts of a signal, one after another. */
function stft(x: Tensor, call: Call): Tensor {
  const [step = 1] = numbersAt(call, 1),
    window = call.inputs[2]?.tensor,
    [batch, count, width] = innerShape(x) as [number, number, number]; // as ONNX specifies signals
  const length = maybeNumbersAt(call, 3)?.[0] ?? innerShape(window ?? x)[window === undefined ? 1 : 0]!;
  const frames = countIn(call, Math.floor((count - length) / step) + 1);
  countIn(call, frames * length);
  const places = Array.from({ length: frames * length }, (_, k) => Math.floor(k / length) * step + k % length);
  const cut = ops.reshape(ops.take(x, places, 1), [batch, frames, length, width]);
  const shaped = window === undefined ? cut : ops.mul(cut, ops.reshape(window, [length, 1]));
  return transformed(shaped, 2, { inverse: false, oneSided: numberOf(call, "onesided", 1) === 1 });
}

/** A window `a - b cos(x) + c cos(2 x)`. */
const window = (a: number, b: number, c: number): Operator => ({
  known: [0],
  compute: (call) => {
    const size = countIn(call, numbersAt(call, 0)[0] ?? 0),
      count = numberOf(call, "periodic", 1) === 1 ? size : size - 1;
    const angle = (k: number): number => 2 * Math.PI * k / Math.max(1, count);
    const values = Array.from({ length: size }, (_, k) => a - b * Math.cos(angle(k)) + c * Math.cos(2 * angle(k)));
    return [known(call.run, typeOfCode(numberOf(call, "output_datatype", 1)) ?? "float32", values, [size])];
  },
});

/** The operators of this file. */
export const signalOperators: Operators = /* @__PURE__ */ (() => ({
  DFT: { ...unary(dft), known: [1, 2] },
  STFT: { ...unary(stft), known: [1, 3] },
  HannWindow: window(0.5, 0.5, 0),
  HammingWindow: window(25 / 46, 21 / 46, 0),
  BlackmanWindow: window(0.42, 0.5, 0.08),
}))();

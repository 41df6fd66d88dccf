/**
 * `conv2dInput` of programs for kernels with an infinite element or NaN: only existing windows take part, whereas tiles
 * also multiply the zeros around the windows. This is slow, and rarely needed.
 *
 * @module
 */
import type { ConvolutionGeometry, ConvolutionSizes } from "../../../convolution.ts";
import { type LaneInstructions, wide } from "../../lane_instructions.ts";
import {
  type Callable,
  type Expression,
  f32,
  f32x4,
  f64,
  f64x2,
  type FunctionBuilder,
  i32,
  type Local,
  type ModuleBuilder,
  v128,
} from "../../../wasm/mod.ts";
import type { Planes } from "./conv_images.ts";

/** Steps between elements of kernels, in bytes. */
type KernelSteps = { readonly filter: number; readonly channel: number; readonly row: number; readonly column: number };

/** Builds a function of the addresses of one image's windows, of kernels, and of the image, all of one group. */
export function buildExactInput(
  m: ModuleBuilder,
  lanes: LaneInstructions,
  { sizes, geometry, given, kernels }: {
    readonly sizes: ConvolutionSizes;
    readonly geometry: ConvolutionGeometry;
    readonly given: Planes;
    readonly kernels: KernelSteps;
  },
): Callable<"none"> {
  const { channels, filters, height, width, kernelHeight, kernelWidth, outputHeight, outputWidth } = sizes;
  const { stride, dilation, padding: [top, left] } = geometry, { bytes, scalar } = lanes;
  return m.function({ parameters: { given: "i32", weight: "i32", target: "i32" } }, (f, at) => {
    const sum = f.local("f64"),
      plus = (address: Local<"i32">, index: Local<"i32">, step: number) =>
        f.let(i32.add(address, i32.mul(index, step)));
    /** Emits `visit` for the window that meets a position with an element of the kernel, if it exists. */
    function window(position: Expression<"i32">, step: number, count: number, then: (index: Local<"i32">) => void) {
      const place = f.let(position), inside = i32.and(i32.ge_s(place, 0), i32.lt_s(place, step * count));
      f.if(i32.and(inside, i32.eqz(i32.rem_s(place, step))), () => then(f.let(i32.div_s(place, step))));
    }
    f.for({ to: channels }, (c) => {
      f.for({ to: height }, (i) => {
        f.for({ to: width }, (j) => {
          f.set(sum, 0);
          f.for({ to: kernelHeight }, (u) => {
            window(i32.sub(i32.add(i, top), i32.mul(u, dilation[0])), stride[0], outputHeight, (row) => {
              f.for({ to: kernelWidth }, (v) => {
                window(i32.sub(i32.add(j, left), i32.mul(v, dilation[1])), stride[1], outputWidth, (column) => {
                  const from = plus(plus(at.given, row, given.row), column, given.column);
                  const through = plus(plus(plus(at.weight, c, kernels.channel), u, kernels.row), v, kernels.column);
                  f.for({ to: filters }, () => {
                    f.set(sum, f64.add(sum, f64.mul(wide(scalar.load(from)), wide(scalar.load(through)))));
                    f.increment(from, given.channel);
                    f.increment(through, kernels.filter);
                  });
                });
              });
            });
          });
          f.do(bytes === 4 ? f32.store(at.target, f32.demote_f64(sum)) : f64.store(at.target, sum));
          f.increment(at.target, bytes);
        });
      });
    });
  });
}

/** Emits a search through this many bytes, a multiple of 16: not 0 if there is infinity or NaN. */
export function emitIsUnbounded(f: FunctionBuilder, bytes: 4 | 8, address: number, length: number): Local<"i32"> {
  const float = bytes === 4 ? f32x4 : f64x2, found = f.local("v128"), end = address + length;
  f.set(found, v128.const(new Array<number>(16).fill(0)));
  f.for({ from: address, to: end, step: 16 }, (at) => {
    const x = f.let(v128.load(at)), difference = f.let(float.sub(x, x)); // 0, or NaN
    f.set(found, v128.or(found, float.ne(difference, difference)));
  });
  return f.let(v128.any_true(found));
}

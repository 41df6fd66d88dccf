/**
 * `conv2dInput` of programs in machine code where elements of the kernels are infinite or NaN: only windows that exist are
 * summed, one term after the other.
 *
 * @module
 */
import type { Code, Move } from "../code/code.ts";
import type { Lanes } from "../code/lanes.ts";
import { at, type Pointer } from "../code/regions.ts";
import type { ConvolutionParts } from "./parts.ts";

/** Tests whether weights have infinities or NaN, in the processor's flags: then not zero. */
export function testUnbounded(code: Code, lanes: Lanes, elements: number, weights: Pointer): void {
  const [sum, zero, x] = code.vectors(3), turns = Math.floor(elements / lanes.count), rest = elements % lanes.count;
  lanes.zero(sum!);
  lanes.zero(zero!);
  code.loop(turns, [[weights, lanes.width]], () => lanes.multiplyAdd(sum!, zero!, at(weights)));
  if (rest > 0) {
    const edge = lanes.edge(rest);
    lanes.load(x!, at(weights), edge);
    lanes.multiplyAdd(sum!, zero!, x!);
    lanes.release(edge);
  }
  code.move(weights, -turns * lanes.width);
  const flags = lanes.flags();
  lanes.compare("unordered", flags, sum!, sum!);
  lanes.testAny(flags);
  code.free(flags, sum!, zero!, x!);
}

/** Writes an image of cotangents. The pointers to cotangents, weights and the image are the same afterwards. */
export function emitExactInput(
  code: Code,
  lanes: Lanes,
  { operation, sizes }: Pick<ConvolutionParts, "operation" | "sizes">,
  { from, weights, to }: { readonly from: Pointer; readonly weights: Pointer; readonly to: Pointer },
): void {
  const { operands: [y, w], geometry: { stride, dilation, padding: [top, left] } } = operation, { bytes } = lanes;
  const { channels, filters, groups, height, width, kernelHeight, kernelWidth, outputHeight, outputWidth } = sizes;
  const x = code.vector(), factor = code.vector(), row = width * bytes, image = height * row;
  const down = Array.from(
    { length: kernelHeight },
    (_, u) => existing(outputHeight, height, stride[0], u * dilation[0] - top),
  );
  const across = Array.from(
    { length: kernelWidth },
    (_, v) => existing(outputWidth, width, stride[1], v * dilation[1] - left),
  );
  /** Adds the terms of one channel and one filter. */
  const terms = () =>
    down.forEach((rows, u) =>
      across.forEach((columns, v) => {
        if (rows.count * columns.count === 0) return;
        lanes.loadOne(factor, at(weights, (u * w.stride[2]! + v * w.stride[3]!) * bytes));
        const source = code.pointerTo(at(from, (rows.first * y.stride[2]! + columns.first) * bytes));
        const target = code.pointerTo(at(to, rows.position * row + columns.position * bytes));
        code.loop(rows.count, [[source, y.stride[2]! * bytes], [target, stride[0] * row]], () => {
          code.loop(columns.count, [[source, bytes], [target, stride[1] * bytes]], () => {
            lanes.loadOne(x, at(target));
            const name = lanes.dtype === "float32" ? "vfmadd231ss" : "vfmadd231sd";
            code.assembler.vector("binary", name, 128, [x, factor, code.operand(at(source), bytes, false)]);
            lanes.storeOne(at(target), x);
          });
          code.move(source, -columns.count * bytes);
          code.move(target, -columns.count * stride[1] * bytes);
        });
        code.free(source, target);
      })
    );
  const moves: readonly Move[] = [
    [from, filters * y.stride[1]! * bytes],
    [weights, filters * w.stride[0]! * bytes],
    [to, channels * image],
  ];
  code.loop(groups, moves, () => {
    code.loop(channels, [[weights, w.stride[1]! * bytes], [to, image]], () => {
      lanes.zero(x);
      code.loop(height * width, [[to, bytes]], () => lanes.storeOne(at(to), x));
      code.move(to, -image);
      code.loop(filters, [[from, y.stride[1]! * bytes], [weights, w.stride[0]! * bytes]], terms);
      code.move(from, -filters * y.stride[1]! * bytes);
      code.move(weights, -filters * w.stride[0]! * bytes);
    });
    code.move(weights, -channels * w.stride[1]! * bytes);
    code.move(to, -channels * image);
  });
  moves.forEach(([pointer, by]) => code.move(pointer, -groups * by));
  code.free(x, factor);
}

/** Returns the windows whose element so far from their beginning is inside, and the position of that of the first. */
function existing(windows: number, length: number, stride: number, from: number) {
  const first = Math.max(0, Math.ceil(-from / stride)),
    last = Math.min(windows - 1, Math.floor((length - 1 - from) / stride));
  return { first, count: Math.max(0, last - first + 1), position: first * stride + from };
}

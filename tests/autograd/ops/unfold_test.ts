/**
 * Windows of any settings: many elements, which are taken and added up by index, and few.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  compile,
  fold,
  gradient,
  mul,
  sum,
  type Tensor,
  tensor64,
  toList,
  unfold,
  vmap,
} from "../../../autograd/mod.ts";

type Settings = {
  readonly size: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly padding: readonly [number, number, number, number];
};

/** Numbers whose sums are exact. */
const numbers = (count: number, seed: number): number[] => Array.from({ length: count }, (_, k) => (k * seed) % 17 - 8);

/** The columns, element by element as the definition says. */
function columnsOf(image: readonly number[], channels: number, [height, width]: readonly number[], settings: Settings) {
  const { size, stride, dilation, padding: [top, left, bottom, right] } = settings;
  const counts = [[height! + top + bottom, 0], [width! + left + right, 1]].map(([length, axis]) =>
    Math.floor((length! - dilation[axis!]! * (size[axis!]! - 1) - 1) / stride[axis!]!) + 1
  );
  const columns: number[] = [];
  for (let c = 0; c < channels; c++) {
    for (let u = 0; u < size[0]; u++) {
      for (let v = 0; v < size[1]; v++) {
        for (let i = 0; i < counts[0]!; i++) {
          for (let j = 0; j < counts[1]!; j++) {
            const row = i * stride[0] + u * dilation[0] - top, column = j * stride[1] + v * dilation[1] - left;
            const inside = row >= 0 && row < height! && column >= 0 && column < width!;
            columns.push(inside ? image[(c * height! + row) * width! + column]! : 0);
          }
        }
      }
    }
  }
  return { columns, counts };
}

const length = fc.integer({ min: 1, max: 11 }), step = fc.integer({ min: 1, max: 4 });
const settings = fc.record<Settings>({
  size: fc.tuple(length, length),
  stride: fc.tuple(step, step),
  dilation: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 3 })),
  padding: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)),
});

Deno.test("unfold() has the definition's columns, and fold() is its adjoint, for windows of any size, plain and mapped", () => {
  fc.assert(
    fc.property(settings, fc.nat(6), fc.nat(6), fc.integer({ min: 1, max: 2 }), (given, more, wider, channels) => {
      const [height, width] = [more, wider].map((extra, k) => (given.size[k]! - 1) * given.dilation[k]! + 1 + extra);
      const image = [height!, width!] as const, x = numbers(channels * height! * width!, 5);
      const { columns, counts } = columnsOf(x, channels, image, given), windows = counts[0]! * counts[1]!;
      const images = tensor64(x, [channels, ...image]), found = unfold(images, given);
      assertEquals(found.shape, [columns.length / windows, windows]);
      assertEquals(toList(found), columns);
      const weights = tensor64(numbers(columns.length, 7), found.shape), folded = fold(weights, image, given);
      assertEquals(folded.shape, [channels, ...image]);
      // Both are linear: the slope of the sum of what unfold returns, weighed, is what fold returns, and the other way round.
      const slope = gradient((x: Tensor<"float64">) => sum(mul(unfold(x, given), weights)))(images);
      assertEquals(toList(folded).map((x) => x + 0), toList(slope).map((x) => x + 0));
      const back = gradient((x: Tensor<"float64">) => sum(mul(fold(x, image, given), images)))(weights);
      assertEquals(toList(back), columns);
      const two = tensor64([...x, ...numbers(x.length, 3)], [2, channels, ...image]);
      assertEquals(toList(vmap((x: Tensor<"float64">) => unfold(x, given))(two)).slice(0, columns.length), columns);
    }),
    { numRuns: 30 },
  );
});

Deno.test("compiled windows have the bits of plain ones, however many elements they have", () => {
  for (const [size, stride] of [[3, 1], [9, 1], [9, 3], [9, 9]] as const) {
    const image = [20, 19] as const, x = tensor64(numbers(2 * 380, 5).map((x) => x / 3), [2, ...image]);
    const both = (x: Tensor<"float64">) => {
      const columns = unfold(x, { size, stride });
      return [columns, fold(columns, image, { size, stride })] as const;
    };
    assertEquals(compile(both)(x).map(toList), both(x).map(toList));
  }
});

import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  avgPool1d,
  avgPool2d,
  broadcastTo,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  ShapeError,
  tensor64,
  toList,
} from "../../../mod.ts";
import json from "../../fixtures/pooling.json" with { type: "json" };

// `tests/fixtures/make_pooling.py` wrote PyTorch's numbers, and says what they are.

type Row = readonly [
  length: number,
  size: number,
  stride: number,
  padding: number,
  dilation: number,
  ceilMode: boolean,
  windows: number | null,
  largest: number | null,
  average: number | null,
];
const ROWS = json as unknown as readonly Row[];

const lineOf = (length: number) => tensor64([[Array.from({ length }, (_, i) => i * 7 % 5 + i / 8)]]);
const total = (values: readonly number[]): number => values.reduce((sum, value, i) => sum + (i + 1) * value, 0);

Deno.test("poolings have the windows and the values of PyTorch's, for all small settings", () => {
  for (const [length, size, stride, padding, dilation, ceilMode, windows, largest, average] of ROWS) {
    const line = lineOf(length), rows = broadcastTo(line, [1, length, length]);
    const settings = { size, stride, padding, ceilMode }, dilated = { ...settings, dilation };
    const what = JSON.stringify({ length, ...dilated });
    if (windows === null || largest === null) {
      assertThrows(() => maxPool2d(rows, dilated), ShapeError, undefined, what);
      continue;
    }
    assertEquals(maxPool2d(rows, dilated).shape, [1, windows, windows], what);
    assertEquals(maxPool3d(broadcastTo(line, [1, length, length, length]), dilated).shape.slice(1), [
      windows,
      windows,
      windows,
    ], what);
    assertAlmostEquals(total(toList(maxPool1d(line, dilated))), largest, 1e-8, what);
    if (average === null) continue;
    assertEquals(avgPool2d(rows, settings).shape, [1, windows, windows], what);
    assertAlmostEquals(total(toList(avgPool1d(line, settings))), average, 1e-8, what);
  }
});

Deno.test("a window that would begin in the padding after the image does not exist in ceilMode, as in PyTorch", () => {
  // Rounding up alone, as ONNX's formula did before it followed PyTorch, would count three windows in each of these.
  for (
    const [length, options] of [
      [3, { size: 2, stride: 2, padding: 1 }],
      [4, { size: 1, stride: 2 }],
      [5, { size: 2, stride: 3, padding: 1 }],
    ] as const
  ) {
    const image = broadcastTo(lineOf(length), [1, length, length]), { size, stride } = options;
    const padding = "padding" in options ? options.padding : 0;
    assertEquals(Math.ceil((length + 2 * padding - size) / stride) + 1, 3);
    assertEquals(maxPool2d(image, { ...options, ceilMode: true }).shape, [1, 2, 2]);
    assertEquals(avgPool2d(image, { ...options, ceilMode: true }).shape, [1, 2, 2]);
  }
});

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { sizesOf } from "../../../blas/convolution.ts";
import { fold, unfold } from "../../../blas/reference/unfold.ts";
import type { View } from "../../../blas/view.ts";
import { convolutionArbitrary, SMALL, unwritten } from "../convolutions.ts";
import { elementsOf } from "../layouts.ts";

/** An image with channels, and a band of its rows of windows. */
const cases = convolutionArbitrary("float64", { ...SMALL, batch: { min: 2, max: 2 }, channels: { min: 1, max: 3 } })
  .chain((convolution) => {
    const sizes = sizesOf(convolution);
    return fc.record({
      convolution: fc.constant(convolution),
      sizes: fc.constant(sizes),
      band: fc.tuple(fc.nat(sizes.outputHeight - 1), fc.nat(sizes.outputHeight - 1)).map((ends) => ({
        first: Math.min(...ends),
        end: Math.max(...ends) + 1,
      })),
      group: fc.nat(sizes.groups - 1),
    });
  });

Deno.test("unfold() writes a column with the elements of every window of the band, 0 for padding", () => {
  fc.assert(fc.property(cases, ({ convolution: { geometry, x }, sizes, band, group }) => {
    const { channels, kernelHeight, kernelWidth, outputWidth, height, width } = sizes;
    const windows = (band.end - band.first) * outputWidth;
    const columns = new Float64Array(channels * kernelHeight * kernelWidth * windows).fill(NaN);
    unfold({ sizes, geometry, band, columns }, x, 1, group * channels);
    columns.forEach((value, p) => {
      const k = Math.floor(p / windows), i = band.first + Math.floor(p % windows / outputWidth), j = p % outputWidth;
      const c = Math.floor(k / (kernelHeight * kernelWidth)), u = Math.floor(k / kernelWidth) % kernelHeight;
      const row = i * geometry.stride[0] - geometry.padding[0] + u * geometry.dilation[0];
      const column = j * geometry.stride[1] - geometry.padding[1] + k % kernelWidth * geometry.dilation[1];
      const inside = row >= 0 && row < height && column >= 0 && column < width;
      assertEquals(value, inside ? x.get(1, group * channels + c, row, column) : 0);
    });
  }));
});

Deno.test("fold() is the adjoint of unfold(), and adds to its output", () => {
  fc.assert(fc.property(cases, ({ convolution: { geometry, x }, sizes, band, group }) => {
    const length = sizes.channels * sizes.kernelHeight * sizes.kernelWidth * (band.end - band.first) *
      sizes.outputWidth;
    const columns = new Float64Array(length), how = { sizes, geometry, band, columns };
    unfold(how, x, 0, group * sizes.channels);
    const seen = Float64Array.from(columns, (_, k) => (k * 7) % 5 - 2); // whole numbers: sums are exact
    const inner = columns.reduce((sum, value, k) => sum + value * seen[k]!, 0);
    const image = unwritten("float64", x.shape);
    image.data.fill(1);
    fold({ ...how, columns: seen }, image as View<"float64">, 0, group * sizes.channels);
    const given = elementsOf(x), back = elementsOf(image as View<"float64">);
    assertEquals(back.reduce((sum, value, k) => sum + (value - 1) * given[k]!, 0), inner);
  }));
});

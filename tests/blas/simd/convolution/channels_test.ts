import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { ConvolutionSizes } from "../../../../blas/convolution.ts";
import { channelSteps } from "../../../../blas/simd/convolution/channels.ts";

Deno.test("steps visit all channels of all images once, image by image, no more at a time than fit", () => {
  const counts = fc.integer({ min: 1, max: 20 });
  fc.assert(fc.property(counts, counts, fc.integer({ min: 1, max: 400_000 }), (batch, groups, bytes) => {
    const { steps, most } = channelSteps({ batch, groups } as ConvolutionSizes, bytes), seen: [number, number][] = [];
    for (const { start, count, parts } of steps) {
      assert(count <= most && (most === 1 || most * bytes <= 262_144));
      let next = 0;
      for (const { at, channel, count: own } of parts) {
        assertEquals(at, next);
        for (let k = 0; k < own; k++) seen.push([Math.floor((start + at) / groups), channel + k]);
        next += own;
      }
      assertEquals(next, count);
    }
    assertEquals(seen, Array.from({ length: batch * groups }, (_, k) => [Math.floor(k / groups), k % groups]));
  }));
});

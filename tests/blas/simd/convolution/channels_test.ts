import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { ConvolutionSizes } from "../../../../blas/convolution.ts";
import { channelSteps, stepOver } from "../../../../blas/simd/convolution/channels.ts";

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

Deno.test("a step over some channels of some images says where each is, counted over all images and in its own", () => {
  const counts = fc.integer({ min: 1, max: 6 }), first = fc.nat(3);
  fc.assert(fc.property(counts, counts, first, first, first, (images, channels, image, channel, more) => {
    const groups = channel + channels + more, sizes = { groups } as ConvolutionSizes; // it reads nothing else
    const { start, count, runs, parts } = stepOver(sizes, { image, images, channel, channels });
    const wanted = Array.from({ length: images * channels }, (_, k) => [
      image + Math.floor(k / channels),
      channel + k % channels,
    ]);
    const places = (some: readonly { readonly at: number; readonly count: number }[]) =>
      some.flatMap(({ at, count }) => Array.from({ length: count }, (_, k) => at + k));
    assertEquals([start, count], [image * groups + channel, wanted.length]);
    for (const some of [runs, parts]) assertEquals(places(some), wanted.map((_, k) => k));
    assertEquals(
      runs.flatMap(({ from, count }) => Array.from({ length: count }, (_, k) => from + k)),
      wanted.map(([image, channel]) => image! * groups + channel!),
    );
    assertEquals(
      parts.flatMap(({ channel, count }) => Array.from({ length: count }, (_, k) => channel + k)),
      wanted.map(([, channel]) => channel),
    );
  }));
});

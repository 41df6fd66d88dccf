import { assert, assertEquals, assertLessOrEqual, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { DataError, decodeImage } from "../../../../optim/data/mod.ts";
import pictures from "../../../fixtures/pictures.json" with { type: "json" };

/** The files, from `tests/fixtures/make_pictures.py`. */
const FILES = pictures.cases.map(({ name, file }) => ({ name, bytes: Uint8Array.fromBase64(file) }));

for (const { name, file, width, height, channels, tolerance, pixels } of pictures.cases) {
  Deno.test(`decodeImage() reads the pixels that Pillow reads: ${name}`, () => {
    const decoded = decodeImage(Uint8Array.fromBase64(file));
    assert(decoded._tag === "Right", decoded._tag === "Left" ? decoded.left.message : "");
    const { data, ...size } = decoded.right;
    assertEquals({ ...size }, { width, height, channels: channels as 1 | 2 | 3 | 4 });
    const off = pixels.map((pixel, k) => Math.abs(pixel - data[k]!));
    assertEquals(off.length, data.length);
    assertLessOrEqual(Math.max(...off), tolerance);
    assertLessOrEqual(off.reduce((sum, x) => sum + x, 0) / off.length, tolerance / 3); // most are closer
  });
}

Deno.test("decodeImage() says what is wrong with a file of another kind", () => {
  const gif = decodeImage(new TextEncoder().encode("GIF89a"));
  assert(gif._tag === "Left" && gif.left instanceof DataError);
  assertEquals(
    gif.left.message,
    "Cannot decode an image: 6 bytes: it must be a PNG or JPEG file; convert it, or leave it out",
  );
  // @ts-expect-error: a text is not bytes
  assertThrows(() => decodeImage("a.png"), TypeError, "pass the bytes of the file");
  // @ts-expect-error: there is no such option
  assertThrows(() => decodeImage(new Uint8Array(), { maxPixel: 1 }), TypeError, "write maxPixels");
});

Deno.test("decodeImage() refuses a file cut off at any byte", () => {
  for (const { name, bytes } of FILES) {
    for (let length = 0; length < bytes.length; length += 1 + length % 7) {
      assertEquals(decodeImage(bytes.subarray(0, length))._tag, "Left", `${name}, ${length} bytes`);
    }
  }
});

Deno.test("decodeImage() answers whatever the bytes, and with no more pixels than its limit", () => {
  const mutated = fc.tuple(
    fc.constantFrom(...FILES),
    fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { minLength: 1, maxLength: 5 }),
  )
    .map(([{ bytes }, changes]) =>
      changes.reduce((changed, [at, value]) => changed.with(at % bytes.length, value), bytes)
    );
  fc.assert(
    fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 60 })), (bytes) => {
      const decoded = decodeImage(bytes, { maxPixels: 4096 });
      if (decoded._tag === "Left") return assert(decoded.left instanceof DataError);
      const { width, height, channels, data } = decoded.right;
      assertEquals(data.length, width * height * channels);
      assertLessOrEqual(width * height, 4096);
    }),
    { numRuns: 400 },
  );
});

Deno.test("decodeImage() names the limit that an image exceeds", () => {
  for (const kind of ["PNG RGB", "JPEG colour"]) {
    const { bytes } = FILES.find(({ name }) => name === kind)!;
    const decoded = decodeImage(bytes, { maxPixels: 7 });
    assert(decoded._tag === "Left");
    assertStringIncludes(decoded.left.message, "at most 7 pixels; pass a larger maxPixels");
  }
});

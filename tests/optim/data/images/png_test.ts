/** PNG files that were made to do harm, or by mistake: `optim/data/images/png.ts` and `optim/data/images/png_chunks.ts`. */
import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { deflateSync } from "node:zlib";
import { decodePng } from "../../../../optim/data/images/png.ts";
import { chunk, encodePng, type Header, pixels, pngFile } from "./encode_png.ts";

function problem(bytes: Uint8Array): string {
  const decoded = decodePng(bytes);
  assert(decoded._tag === "Left");
  return decoded.left.message;
}

Deno.test("decodePng() reads back what was written, and the same image interlaced", () => {
  const data = Uint8Array.from({ length: 60 }, (_, k) => k * 4), decoded = decodePng(encodePng(5, 4, 3, data));
  assert(decoded._tag === "Right");
  assertEquals(decoded.right, { width: 5, height: 4, channels: 3, data });

  // The seven passes of an image of 2 x 2: (0, 0), then (1, 0), then the second row; each row has a filter before it.
  const interlaced = pngFile({ width: 2, height: 2, interlace: 1 }, pixels(Uint8Array.of(0, 10, 0, 20, 0, 30, 40)));
  const passes = decodePng(interlaced);
  assert(passes._tag === "Right");
  assertEquals([...passes.right.data], [10, 20, 30, 40]);
});

Deno.test("decodePng() allocates nothing for sizes that a file claims and cannot hold", () => {
  for (const side of [2 ** 31, 2 ** 32 - 1, 2 ** 16]) {
    assertStringIncludes(problem(pngFile({ width: side, height: side }, pixels(new Uint8Array(9)))), "at most");
  }
  const start = performance.now();
  assertStringIncludes(problem(pngFile({ width: 8000, height: 8000 }, pixels(new Uint8Array(9)))), "so few bytes hold");
  assertLess(performance.now() - start, 2000);
  assertStringIncludes(problem(pngFile({ width: 0, height: 4 }, pixels(new Uint8Array(4)))), "must be at least 1");
});

Deno.test("decodePng() stops inflating pixels once there are too many", () => {
  const bomb = pngFile({ width: 4, height: 4 }, pixels(new Uint8Array(2e7)));
  assertLess(bomb.length, 30_000);
  const start = performance.now();
  assertStringIncludes(problem(bomb), "its pixels take more than the 20 bytes");
  assertLess(performance.now() - start, 2000);
});

Deno.test("decodePng() reads pixels in chunks of a byte, but not in tens of thousands of them", () => {
  const whole = pixels(Uint8Array.of(0, 1, 2)), bytes = whole.subarray(8, whole.length - 4);
  const small = Array.from(bytes, (byte) => chunk("IDAT", Uint8Array.of(byte)));
  const file = (empty: number) =>
    pngFile(
      { width: 2, height: 1 },
      ...small,
      ...Array.from({ length: empty }, () => chunk("IDAT", new Uint8Array(0))),
    );
  const decoded = decodePng(file(2_000));
  assert(decoded._tag === "Right");
  assertEquals([...decoded.right.data], [1, 2]);
  assertStringIncludes(
    problem(file(10_000)),
    `its pixels come in ${10_000 + bytes.length} chunks of 1 bytes; save it again`,
  );
});

Deno.test("decodePng() does not read profiles and comments, which may be bombs of their own", () => {
  const text = (name: string, data: Uint8Array) => chunk(name, Uint8Array.of(65, 0, 0, ...deflateSync(data)));
  const file = pngFile(
    { width: 1, height: 1 },
    text("iCCP", new Uint8Array(1e6)),
    text("zTXt", new Uint8Array(9)),
    pixels(Uint8Array.of(0, 7)),
  );
  const decoded = decodePng(file);
  assert(decoded._tag === "Right");
  assertEquals([...decoded.right.data], [7]);
});

Deno.test("decodePng() says what is wrong", () => {
  const good: Header = { width: 2, height: 1 }, row = pixels(Uint8Array.of(0, 1, 2));
  assertStringIncludes(
    problem(pngFile(good, pixels(Uint8Array.of(0, 1)))),
    "its pixels are cut off after 2 of 3 bytes",
  );
  assertStringIncludes(problem(pngFile(good, pixels(Uint8Array.of(9, 1, 2)))), "Unsupported filter");
  assertStringIncludes(problem(pngFile({ ...good, depth: 3 }, row)), "3 bits a channel of colour type 0 do not exist");
  assertStringIncludes(problem(pngFile({ ...good, depth: 1, interlace: 1 }, row)), "save it without interlacing");
  assertStringIncludes(problem(pngFile({ ...good, interlace: 2 }, row)), "interlacing is unknown");
  assertStringIncludes(problem(pngFile({ ...good, type: 3 }, row)), "alette");
  const file = pngFile(good, row), changed = file.with(50, file[50]! ^ 1);
  assertStringIncludes(problem(changed), "fetch the file again"); // a checksum does not fit
  const late = Uint8Array.from([...file.subarray(0, 8), ...row, ...file.subarray(8)]);
  assertStringIncludes(problem(late), "its first chunk must be a header");
});

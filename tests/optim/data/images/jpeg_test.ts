/** JPEG files that were made to do harm, or by mistake: `optim/data/images/jpeg_segments.ts` too. */
import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { decodeJpeg } from "../../../../optim/data/images/jpeg.ts";
import pictures from "../../../fixtures/pictures.json" with { type: "json" };

const fileOf = (wanted: string): Uint8Array =>
  Uint8Array.fromBase64(pictures.cases.find(({ name }) => name === wanted)!.file);

function problem(bytes: Uint8Array): string {
  const decoded = decodeJpeg(bytes);
  assert(decoded._tag === "Left");
  return decoded.left.message;
}

/** Where a frame's segment begins. */
const frameOf = (bytes: Uint8Array): number =>
  bytes.findIndex((byte, k) => byte === 0xff && (bytes[k + 1] === 0xc0 || bytes[k + 1] === 0xc2) && bytes[k + 2] === 0);

/** Changes bytes from a place on. */
const withBytes = (bytes: Uint8Array, at: number, ...values: readonly number[]): Uint8Array =>
  values.reduce((changed, value, k) => changed.with(at + k, value), bytes);

Deno.test("decodeJpeg() allocates nothing for sizes that a file claims and cannot hold", () => {
  const file = fileOf("JPEG colour"), at = frameOf(file) + 5, start = performance.now();
  assertStringIncludes(problem(withBytes(file, at, 255, 255, 255, 255)), "at most 67108864 pixels");
  assertStringIncludes(problem(withBytes(file, at, 16, 0, 16, 0)), "so few bytes hold at most");
  assertStringIncludes(problem(withBytes(file, at, 0, 0)), "must be at least 1");
  assertLess(performance.now() - start, 2000);
});

Deno.test("decodeJpeg() refuses sampling factors that would make it allocate many times the image", () => {
  const file = fileOf("JPEG grey"), at = frameOf(file), start = performance.now();
  const decoded = decodeJpeg(withBytes(withBytes(file, at + 5, 1, 0, 1, 0), at + 11, 0xff));
  assert(decoded._tag === "Left");
  assertLess(performance.now() - start, 2000);
});

Deno.test("decodeJpeg() refuses a file that goes over its pixels again and again", () => {
  const file = fileOf("JPEG progressive");
  const scan = file.findIndex((byte, k) => byte === 0xff && file[k + 1] === 0xda), end = file.length - 2;
  const repeated = [
    ...file.subarray(0, end),
    ...new Array(200).fill([...file.subarray(scan, scan + 20)]).flat(),
    0xff,
    0xd9,
  ];
  assertStringIncludes(problem(Uint8Array.from(repeated)), "at most 100 scans");
});

Deno.test("decodeJpeg() says what is wrong", () => {
  const file = fileOf("JPEG colour"), at = frameOf(file);
  assertStringIncludes(problem(withBytes(file, at + 1, 0xc9)), "arithmetically coded, which is not supported");
  assertStringIncludes(problem(withBytes(file, at + 4, 12)), "12 bits a channel are not supported");
  assertStringIncludes(problem(withBytes(file, at + 9, 2)), "2 channels are not supported");
  assertStringIncludes(problem(file.subarray(0, file.length - 2)), "its end is missing");
  assertStringIncludes(problem(withBytes(file, at, 0)), "a marker must stand at byte");
  assertStringIncludes(problem(Uint8Array.of(0xff, 0xd8, 0xff, 0xd9)), "it has no pixels");
  assertStringIncludes(problem(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 1)), "has no length");
  const twice = [...file.subarray(0, at), ...file.subarray(at, at + 19), ...file.subarray(at)];
  assertStringIncludes(problem(Uint8Array.from(twice)), "only one frame");
  assertEquals(decodeJpeg(file)._tag, "Right");
  const filled = Uint8Array.from([...file.subarray(0, at), 0xff, 0xff, ...file.subarray(at)]);
  assertEquals(decodeJpeg(filled), decodeJpeg(file)); // markers may be preceded by more of their first byte
  assertStringIncludes(
    problem(Uint8Array.from([...file.subarray(0, at), ...file.subarray(at + 19)])),
    "after its size",
  );
});

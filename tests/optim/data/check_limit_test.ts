import { assertThrows } from "@std/assert";
import { checkLimit } from "../../../optim/data/check_limit.ts";
import { decodeImage, imageFiles } from "../../../optim/data/mod.ts";

Deno.test("limits are numbers: NaN and texts are above no size, and would let every file pass", () => {
  const wrong = (value: unknown): never => value as never; // callers without types can pass anything
  for (const limit of [NaN, -1, wrong("10"), wrong(null)]) {
    assertThrows(
      () => imageFiles(new Uint8Array(), { maxBytes: limit }),
      RangeError,
      `Cannot list pictures with maxBytes ${
        typeof limit === "string" ? '"10"' : limit
      }: it must be a number of 0 or more`,
    );
    assertThrows(() => decodeImage(new Uint8Array(), { maxPixels: limit }), RangeError, "pass 2 ** 24 for 16 million");
  }
  for (const limit of [0, 2.5, Infinity, undefined]) {
    imageFiles(new Uint8Array(), { maxBytes: limit });
    decodeImage(new Uint8Array(), { maxPixels: limit });
    checkLimit("try", { limit }, "limit", "1");
  }
});

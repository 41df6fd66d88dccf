import { assertEquals } from "@std/assert";
import { convolutionalReader } from "../../examples/cnn.ts";
import { key, parameterCount } from "../../mod.ts";

Deno.test("the convolutional network gives a score for each digit, out of images of any size", () => {
  const reader = convolutionalReader();
  // Convolutions 3 x 3: 1 to 8, 8 to 32, 32 to 64; scale and shift of each channel; 64 to 10.
  assertEquals(
    parameterCount(reader.init(key(0))),
    9 * (8 + 8 * 32 + 32 * 64) + 2 * (8 + 32 + 64) + 650,
  );
  for (const size of [28, 32]) {
    assertEquals(reader.outputShape([5, 1, size, size]), { _tag: "Right", right: [5, 10] });
  }
});

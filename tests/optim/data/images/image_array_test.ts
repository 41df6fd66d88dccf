/** Decoded images as tensors: `optim/data/images/image_tensor.ts` too. */
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { type DecodedImage, imageTensor } from "../../../../optim/data/mod.ts";
import { toArray, toList } from "../../../../mod.ts";
import { claimOf } from "../../../../optim/data/images/decoded_image.ts";

const image = (width: number, height: number, channels: 1 | 2 | 3 | 4, data: readonly number[]): DecodedImage => ({
  width,
  height,
  channels,
  data: Uint8Array.from(data),
});

Deno.test("imageTensor() puts channels first, and makes grey of colour and colour of grey", () => {
  const colour = image(2, 1, 3, [255, 0, 0, 0, 255, 255]);
  assertEquals(toArray(imageTensor(colour)), [[[1, 0]], [[0, 1]], [[0, 1]]]);
  const [red, cyan] = toList(imageTensor(colour, { channels: 1 }));
  assertAlmostEquals(red!, 0.299, 1e-6); // ITU-R BT.601, as Pillow's mode L
  assertAlmostEquals(cyan!, 0.587 + 0.114, 1e-6);
  assertEquals(toArray(imageTensor(image(1, 1, 2, [255, 0]), { channels: 3 })), [[[1]], [[1]], [[1]]]);
  assertEquals(toArray(imageTensor(image(1, 1, 1, [0]), { channels: 4 })), [[[0]], [[0]], [[0]], [[1]]]);
  assertEquals(toArray(imageTensor(image(1, 1, 2, [255, 0]), { channels: 4 })), [[[1]], [[1]], [[1]], [[0]]]);
  assertEquals(imageTensor(image(1, 1, 4, [1, 2, 3, 4])).shape, [3, 1, 1]); // alpha is dropped
});

Deno.test("imageTensor() scales 16 bits as it scales 8", () => {
  const deep: DecodedImage = { width: 3, height: 1, channels: 1, data: Uint16Array.of(0, 32768, 65535) };
  assertEquals(toList(imageTensor(deep)), [0, Math.fround(32768 / 65535), 1]);
});

Deno.test("imageTensor() cuts to the shape around the middle, or stretches", () => {
  const wide = image(6, 2, 1, [0, 0, 255, 255, 0, 0, 0, 0, 255, 255, 0, 0]);
  assertEquals(toArray(imageTensor(wide, { size: [2, 2] })), [[[1, 1], [1, 1]]]);
  assertEquals(toArray(imageTensor(wide, { size: [1, 3], fit: "stretch" })), [[[1 / 7, 0.75, 1 / 7].map(Math.fround)]]);
  assertAlmostEquals(toList(imageTensor(wide, { size: [1, 1], fit: "stretch" }))[0]!, 22 / 54, 1e-6); // an average
  assertEquals(imageTensor(wide, { size: [5, 7] }).shape, [1, 5, 7]);
});

Deno.test("imageTensor() refuses options that do not exist", () => {
  const one = image(1, 1, 1, [0]);
  // @ts-expect-error: two channels are not offered
  assertThrows(() => imageTensor(one, { channels: 2 }), RangeError, "channels must be 1, 3 or 4");
  assertThrows(() => imageTensor(one, { size: [0, 2] }), RangeError, "size must be [height, width], whole numbers");
  // @ts-expect-error: one number is not a size
  assertThrows(() => imageTensor(one, { size: 2 }), RangeError, "[height, width]");
  // @ts-expect-error: there is no such fit
  assertThrows(() => imageTensor(one, { fit: "contain" }), RangeError, '"cover" or "stretch"');
});

Deno.test("claims are written as width, height and bytes", () =>
  assertEquals(claimOf(4, 3, 100), "4 x 3 pixels in 100 bytes"));

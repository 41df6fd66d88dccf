import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { inkOf } from "../../../../examples/browser/page/ink.ts";
import { SAMPLE_DIGITS } from "../../../../examples/browser/page/sample_digits.ts";
import { type DigitReader, digitReader } from "../../../../examples/browser/worker/digit_reader.ts";
import { denseLayer, encodeModel, key } from "../../../../mod.ts";
import { BY_HAND } from "../strokes_by_hand.ts";

const ignore = Deno.permissions.querySync({ name: "read" }).state !== "granted";

function savedReader(): DigitReader {
  const made = digitReader(
    Deno.readFileSync(new URL("../../../../examples/browser/digits.safetensors", import.meta.url)),
  );
  assert(made._tag === "Right");
  return made.right;
}

const best = (probabilities: Float32Array): number => probabilities.indexOf(Math.max(...probabilities));

Deno.test("the saved network reads every digit that the page writes, and is sure", { ignore }, () => {
  const reader = savedReader();
  SAMPLE_DIGITS.forEach((strokes, digit) => {
    const { probabilities } = reader.read(inkOf(strokes));
    assertEquals(best(probabilities), digit);
    assertGreater(probabilities[digit]!, 0.9);
  });
});

Deno.test("the saved network reads digits of another hand", { ignore }, () => {
  const reader = savedReader();
  for (const [digit, strokes] of Object.entries(BY_HAND)) {
    assertEquals(best(reader.read(inkOf(strokes)).probabilities), Number(digit));
  }
});

Deno.test("a reading shows what the layers with params see", { ignore }, () => {
  const { layers } = savedReader().read(inkOf(SAMPLE_DIGITS[3]!));
  assertEquals(layers.map(({ channels, side }) => [channels, side]), [[8, 28], [32, 14], [64, 7]]);
  layers.forEach(({ channels, side, values }) => assertEquals(values.length, channels * side * side));
});

Deno.test("digitReader() refuses what is not a network for digits", () => {
  const broken = digitReader(new Uint8Array(3));
  assert(broken._tag === "Left");
  const other = denseLayer(28, 3), unfit = digitReader(encodeModel(other, other.init(key(0))));
  assert(unfit._tag === "Left");
  assertStringIncludes(unfit.left, "it must return [1, 10]; take a file that examples/cnn.ts has saved");
});

import { assert, assertEquals } from "@std/assert";
import { key } from "../../../../mod.ts";
import { EXTENT } from "../../../../examples/browser/messages.ts";
import { DATA_NAMES } from "../../../../examples/browser/settings.ts";
import { drawPoints } from "../../../../examples/browser/worker/problems.ts";

Deno.test("every problem has as many points of each class, to train and to test with, inside the square", () => {
  for (const name of DATA_NAMES) {
    const { positions, classes, training } = drawPoints(name, key(1));
    const ones = (part: Float32Array) => part.reduce((sum, label) => sum + label, 0);
    assertEquals([training, classes.length, positions.length], [240, 360, 720]);
    assertEquals([ones(classes.subarray(0, training)), ones(classes)], [120, 180]);
    assert(positions.every((value) => Math.abs(value) < EXTENT), name);
  }
});

Deno.test("the same key draws the same points, another key others", () => {
  const first = drawPoints("moons", key(1));
  assertEquals(drawPoints("moons", key(1)), first);
  assert(drawPoints("moons", key(2)).positions[0] !== first.positions[0]);
});

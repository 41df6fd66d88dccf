import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  formatBar,
  formatProgress,
  type Progress,
  progressReporter,
  secondsLeft,
  shareDone,
} from "../../examples/progress.ts";

/** The second of four epochs of 1,000 samples, after so many of them. */
const at = (samples: number): Progress => ({
  epoch: 2,
  epochs: 4,
  size: 1000,
  metrics: { loss: { total: samples / 2, weight: samples }, accuracy: { correct: samples * 0.75, samples } },
  epochSeconds: samples / 100,
  seconds: 10 + samples / 100,
});

Deno.test("progress counts all epochs", () => {
  assertEquals(shareDone(at(500)), 0.375);
  // 1,500 samples took 15 seconds, and 2,500 are to come.
  assertAlmostEquals(secondsLeft(at(500)), 25, 1e-9);
  assertEquals(formatProgress(at(500)), "loss 0.5000  accuracy  75.0 %     100 samples/s   0:25 left");
});

Deno.test("progress has other words where epochs and samples are something else", () => {
  const words = { epoch: "part", samples: "characters" }, progress = { ...at(500), words };
  assertEquals(formatProgress(progress), "loss 0.5000  accuracy  75.0 %     100 characters/s   0:25 left");
  assertEquals(formatBar(progress, 20, () => ""), "part 2/4   loss 0.5");
});

Deno.test("formatBar() gives the bar the space that is left", () => {
  const draw = (size: number): string => "=".repeat(size), words = formatProgress(at(500));
  assertEquals(formatBar(at(500), 200, draw), `epoch 2/4 ${"=".repeat(40)}  ${words}`);
  assertEquals(formatBar(at(500), 80, draw), `epoch 2/4 ${"=".repeat(8)}  ${words}`);
  assertEquals(formatBar(at(500), 75, draw), `epoch 2/4   ${words}`);
});

Deno.test("formatBar() never reaches the last column, where a line may wrap", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 300 }), (samples, columns) => {
    assert(formatBar(at(samples), columns, (size) => "=".repeat(size)).length < columns);
  }));
});

Deno.test("progressReporter() writes three lines per epoch without a terminal, and the epoch's own", () => {
  const lines: string[] = [], reporter = progressReporter(false, (line) => lines.push(line));
  for (let samples = 10; samples <= 1000; samples += 10) reporter.step(at(samples));
  reporter.epochEnd("epoch 2/4 done");
  assertEquals(lines.map((line) => line.slice(0, 14)), [
    "epoch 2/4  25 ",
    "epoch 2/4  50 ",
    "epoch 2/4  75 ",
    "epoch 2/4 done",
  ]);
});

Deno.test("progressReporter() writes nothing but the epoch's line where an epoch is one batch", () => {
  const lines: string[] = [], reporter = progressReporter(false, (line) => lines.push(line));
  reporter.step(at(1000));
  reporter.epochEnd("done");
  assertEquals(lines, ["done"]);
});

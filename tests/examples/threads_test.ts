import { assertEquals } from "@std/assert";
import { currentEngine } from "../../blas/mod.ts";
import { onThreads, threadsFlag } from "../../examples/threads.ts";

Deno.test("a program runs on as many threads as it is asked to, and on the engine before afterwards", async () => {
  const name = () => currentEngine().name, before = name();
  assertEquals(await onThreads(1, name), before);
  assertEquals(await onThreads(2, name), "threaded (2)");
  assertEquals(name(), before);
});

Deno.test("--threads takes whole numbers from 1", () => {
  assertEquals(["2", "0", "1.5", "x"].map((text) => threadsFlag.read(text)._tag), ["Right", "Left", "Left", "Left"]);
});

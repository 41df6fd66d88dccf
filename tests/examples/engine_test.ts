import { assertEquals, assertStringIncludes } from "@std/assert";
import { currentEngine } from "../../blas/mod.ts";
import { engineFlag, onEngine } from "../../examples/engine.ts";
import { machine } from "../blas/machine/machine.ts";

const name = () => currentEngine().name;

Deno.test("a program runs on the engine that it is asked to, and on the engine before afterwards", async () => {
  const before = name();
  assertEquals(await onEngine({ engine: "simd", threads: 1 }, name), before);
  assertEquals(await onEngine({ engine: "simd", threads: 2 }, name), "threaded (2)");
  if (machine !== undefined) {
    assertEquals((await onEngine({ engine: "machine", threads: 1 }, name)).startsWith("machine"), true);
    assertStringIncludes(await onEngine({ engine: "machine", threads: 2 }, name), ", 2 threads)");
  }
  assertEquals(name(), before);
});

Deno.test("--engine takes simd or machine", () => {
  assertEquals(["simd", "machine", "Machine", ""].map((text) => engineFlag.read(text)._tag), [
    "Right",
    "Right",
    "Left",
    "Left",
  ]);
});

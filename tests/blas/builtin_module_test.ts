import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fs from "node:fs/promises";
import { denseLayer, key, loadModel, saveModel } from "@nanograd/nanograd";
import { builtin, builtinIfAny } from "../../blas/builtin_module.ts";

Deno.test("builtin() is the module that an import gives", () => {
  assertEquals(builtin("node:fs/promises"), fs);
  assertEquals(builtinIfAny("node:path")?.basename("a/b.ts"), "b.ts");
});

Deno.test("in a runtime without files, as browsers are, saving and loading say so", async () => {
  const { process } = globalThis as { process?: unknown }; // a global of Node that Deno has too
  Object.defineProperty(globalThis, "process", { value: undefined, configurable: true, writable: true });
  try {
    assertThrows(() => builtin("node:path"), Error, "this runtime has no files");
    assertEquals(builtinIfAny("node:path"), undefined);
    const layer = denseLayer(1, 1), saved = await saveModel("model", layer, layer.init(key(0)))();
    const loaded = await loadModel("model")();
    assert(saved._tag === "Left" && loaded._tag === "Left");
    for (const { message } of [saved.left, loaded.left]) assertStringIncludes(message, "this runtime has no files");
  } finally {
    Object.defineProperty(globalThis, "process", { value: process, configurable: true, writable: true });
  }
});

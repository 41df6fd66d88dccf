import { assertEquals } from "@std/assert";
import { untestedFiles } from "./untested_files.ts";

Deno.test("every source file of autograd, layers and optim is named, imported or mirrored by a test", () => {
  assertEquals(untestedFiles().filter((path) => !path.startsWith("blas/")), []);
});

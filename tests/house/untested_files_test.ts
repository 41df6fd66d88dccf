import { assertEquals } from "@std/assert";
import { untestedFiles } from "./untested_files.ts";

Deno.test("every source file of autograd, layers and optim is imported by a test, named in one, or mirrored", () => {
  assertEquals(untestedFiles().filter((path) => !path.startsWith("blas/")), []);
});

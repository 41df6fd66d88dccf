import { assertEquals } from "@std/assert";
import { untestedFiles } from "./untested_files.ts";

Deno.test("every source file is named, imported or mirrored by a test", () => {
  assertEquals(untestedFiles(), []);
});

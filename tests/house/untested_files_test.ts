import { assertEquals } from "@std/assert";
import { untestedFiles } from "./untested_files.ts";

const ignore = Deno.permissions.querySync({ name: "read" }).state !== "granted";

Deno.test("every source file is named, imported or mirrored by a test", { ignore }, () => {
  assertEquals(untestedFiles(), []);
});

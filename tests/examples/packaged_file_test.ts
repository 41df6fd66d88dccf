import { assertEquals } from "@std/assert";
import { readPackaged } from "../../examples/packaged_file.ts";

Deno.test("readPackaged() returns the result, or the reason and the remedy", () => {
  assertEquals(readPackaged("it", () => 3), { _tag: "Right", right: 3 });
  const cases = [
    [new Deno.errors.NotCapable("no access"), "no access: the file must be readable; run it with --allow-read"],
    [
      new Deno.errors.NotFound("gone"),
      "gone: the file must be readable; delete that folder, so that Deno fetches the package again",
    ],
  ] as const;
  for (const [error, message] of cases) {
    const refused = readPackaged("it", () => {
      throw error;
    });
    assertEquals(refused, { _tag: "Left", left: `Cannot read it: ${message}` });
  }
});

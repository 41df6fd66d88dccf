/** The first run of a task in a clone fetches what its program imports, and nothing else. */
import configuration from "../../deno.json" with { type: "json" };
import { assertEquals } from "@std/assert";
import { files } from "../programs.ts";

Deno.test("the demo fetches no packages that only tests need", files, () => {
  // Before it runs a task, Deno fetches all packages that its configuration names, and all that its lock file names:
  // the import map is a file of its own, and tests name their lock file.
  assertEquals("imports" in configuration, false);
  assertEquals(configuration.lock, false);
  assertEquals(
    [...Deno.readDirSync(new URL("../../", import.meta.url))].some(({ name }) => name === "deno.lock"),
    false,
  );
});

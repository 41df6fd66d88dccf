/**
 * Runs the tests in headless Chromium, with the configuration that names the package which drives it. Where Chromium is
 * missing, or permissions are, they stand aside.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { versionOf } from "../../runtimes/elsewhere.ts";

const HERE = new URL("./chromium/", import.meta.url);

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
  .find((path) => versionOf(path) !== undefined);

/** Runs the tests of a file of that folder. */
async function passes(file: string): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "--config", "config.json", "--allow-all", "--no-check", file, "--", CHROMIUM!],
    cwd: HERE,
    env: { NO_COLOR: "1" },
  }).output();
  const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("\n");
  assertEquals(success, true, said);
}

Deno.test({
  name:
    "in Chromium, the playground learns and draws smoothly, the pad reads digits, and both suit keys, readers and phones",
  ignore: CHROMIUM === undefined,
  fn: () => passes("page.ts"),
});

Deno.test({
  name: "in Chromium, the guide's worker trains while its page shows the loss",
  ignore: CHROMIUM === undefined,
  fn: () => passes("guide.ts"),
});

/**
 * How large programs are when they have been bundled and minified for browsers, and that they still work.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";

const ignore = (["read", "run"] as const).some((name) => Deno.permissions.querySync({ name }).state !== "granted");

/**
 * Bytes of each bundle when it was last measured. One that has become larger by more than a few percent fails the test: see
 * what it has in it that it does not need, such as a call at module level that is not marked as pure, or a table that mentions
 * every kernel; or measure again, and write the number down.
 */
const MEASURED = { add: 102_835, network: 196_733, everything: 833_429, nothing: 8_390 } as const;

const run = async (args: readonly string[], input?: string): Promise<string> => {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: new URL("../", import.meta.url),
    env: { NO_COLOR: "1" },
    stdin: input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (input !== undefined) await new Blob([input]).stream().pipeTo(child.stdin);
  const { code, stdout, stderr } = await child.output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
};

/** Bundles a program of `tests/bundles`, and checks its size. */
async function bundled(name: keyof typeof MEASURED): Promise<string> {
  const text = await run(["bundle", "--quiet", "--minify", "--platform=browser", `tests/bundles/${name}.ts`]);
  const most = Math.round(MEASURED[name] * 1.03), bytes = new TextEncoder().encode(text).length;
  assert(bytes <= most, `the bundle of ${name} has ${bytes} bytes, and must not have more than ${most}`);
  return text;
}

Deno.test("a program with one operation has only what that operation needs", { ignore }, async () => {
  assertEquals(await run(["run", "-"], await bundled("add")), "float32 [2] [2, 2]\n");
});

Deno.test("a program that trains a network has no compiler and no convolutions", { ignore }, async () => {
  assertEquals(await run(["run", "-"], await bundled("network")), "true\n");
});

Deno.test("a program with all of the library trains in a bundle as well", { ignore }, async () => {
  assertEquals(await run(["run", "-"], await bundled("everything")), "true true\n");
});

Deno.test("loading the library does nothing: a bundle has none of it if nothing is used", { ignore }, async () => {
  const text = await bundled("nothing");
  assertEquals(text.includes("nanograd"), false, "something of the library is left");
});

import { assertEquals } from "@std/assert";
import { machine } from "./machine.ts";

const granted = (["run", "read"] as const).every((name) => Deno.permissions.querySync({ name }).state === "granted");

/** Runs a file of this folder in a process of its own. */
async function run(file: string, ...args: readonly string[]) {
  const path = new URL(file, import.meta.url).pathname, root = new URL("../../../", import.meta.url);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-ffi", path, ...args],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const [text, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, text: text!, errors: errors! };
}

Deno.test({
  name: "products of random sizes touch no byte around their operands",
  ignore: machine === undefined || !granted,
  fn: async () => {
    for (const seed of [1, 2]) {
      const { code, text, errors } = await run("guarded.ts", String(seed), "1");
      assertEquals([code, errors], [0, ""]);
      assertEquals(Number(text) > 50, true, `only ${text} products`);
    }
  },
});

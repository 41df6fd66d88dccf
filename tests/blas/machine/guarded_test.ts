import { assertEquals } from "@std/assert";
import { machine } from "./machine.ts";

const granted = (["run", "read"] as const).every((name) => Deno.permissions.querySync({ name }).state === "granted");

/** Runs a file of this folder in a process of its own. */
async function run(file: string, ...args: readonly string[]) {
  const path = new URL(file, import.meta.url).pathname, root = new URL("../../../", import.meta.url);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", "--v8-flags=--expose-gc", path, ...args],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const [text, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, text: text!, errors: errors! };
}

Deno.test({
  name: "random instructions touch no byte around their arrays",
  ignore: machine === undefined || !granted,
  fn: async () => {
    for (const seed of [1, 2]) {
      const { code, text, errors } = await run("guarded.ts", String(seed), "0", "250");
      assertEquals([code, errors], [0, ""]);
      const counts: { readonly [kind: string]: number } = JSON.parse(text);
      assertEquals(["gemm", "convolution", "map", "reduce", "rows"].every((kind) => counts[kind]! > 5), true, text);
    }
  },
});

Deno.test({
  name: "code is freed when the programs that it serves are dropped",
  ignore: machine === undefined || !granted,
  fn: async () => {
    for (const threads of ["1", "2"]) {
      const { code, text, errors } = await run("freed.ts", threads);
      assertEquals([code, errors], [0, ""]);
      const [before, meanwhile, afterwards] = JSON.parse(text) as readonly [number, number, number];
      assertEquals([meanwhile >= before + 25, afterwards <= before + 10], [true, true], text);
    }
  },
});

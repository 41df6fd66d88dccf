/**
 * Tests of compiled programs that pass on the machine engine, too; `deno task test:machine` runs them all.
 *
 * @module
 */
import { assertEquals, assertMatch } from "@std/assert";
import { machine } from "./machine.ts";

const granted = (["run", "env"] as const).every((name) => Deno.permissions.querySync({ name }).state === "granted");
const path = (name: string): string => new URL(name, import.meta.url).pathname;

const FILE = "../../autograd/ops/sums_torch_test.ts";

Deno.test("sums on the machine engine are as exact as PyTorch's with 256 bits", {
  ignore: machine === undefined || !granted,
}, () => {
  const args = ["test", "-A", "--no-check", "--quiet", `--preload=${path("preload.ts")}`, path(FILE)];
  const env = { MACHINE_BITS: "256", NO_COLOR: "1" };
  const { success, stdout, stderr } = new Deno.Command(Deno.execPath(), { args, env, cwd: path("../../..") })
    .outputSync();
  const said = new TextDecoder().decode(stdout);
  assertEquals(success, true, `${said.slice(-4000)}${new TextDecoder().decode(stderr).slice(-1000)}`);
  assertMatch(said, /ok \| [1-9]\d\d passed/);
});

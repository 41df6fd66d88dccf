import { assert, assertStringIncludes } from "@std/assert";
import * as either from "../../../blas/either.ts";
import { readFile } from "../../../optim/data/read_file.ts";
import { mnist } from "../../../optim/data/mod.ts";

const reads = Deno.permissions.querySync({ name: "read" }).state === "granted";

for (
  const [path, problem] of [["/dev/zero", "/dev/zero: it is a device, which may never end;"], ["", '"": ']] as const
) {
  Deno.test({
    name: `readFile(${JSON.stringify(path)}) is an error that says why`,
    ignore: !reads || Deno.build.os === "windows",
    fn: async () => {
      const answer = await readFile("read CSV", path);
      assert(either.isLeft(answer));
      assertStringIncludes(answer.left.message, `Cannot read CSV: ${problem}`);
    },
  });
}

Deno.test("mnist() from a URL that no file can be below is Left, and does not throw", async () => {
  const answer = await mnist({ folder: new URL("data:text/plain,hi") })();
  assert(either.isLeft(answer));
  assertStringIncludes(answer.left.message, "folder must be a URL that files can be below");
});

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import * as either from "../../../blas/either.ts";
import { readBytes, writeEncoded } from "../../../layers/checkpoint/files.ts";

const ignore = !(["read", "write"] as const)
  .every((name) => Deno.permissions.querySync({ name }).state === "granted");

Deno.test(
  "a file that is written is read back, and an encoder that throws leaves it unchanged",
  { ignore },
  async () => {
    const folder = await Deno.makeTempDir(), path = `${folder}/bytes`;
    try {
      assert(either.isRight(await writeEncoded(path, "bytes", () => new Uint8Array([1, 2, 3]))()));
      const failed = await writeEncoded(path, "bytes", () => {
        throw new RangeError("no");
      })();
      assert(either.isLeft(failed));
      assertEquals(failed.left.message, "Cannot write a checkpoint: bytes: no; nothing was written");
      assertEquals(await readBytes(path)(), either.right(new Uint8Array([1, 2, 3])));
      assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["bytes"]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

Deno.test("a file that does not exist is an error, and a task does nothing until it is called", async () => {
  const task = readBytes("/nowhere/at/all"), answer = await task();
  assert(either.isLeft(answer));
  assertStringIncludes(answer.left.message, "Cannot read a checkpoint: /nowhere/at/all");
});

Deno.test("a device is an error, since one such as /dev/zero never ends", {
  ignore: ignore || Deno.build.os === "windows",
}, async () => {
  const answer = await readBytes("/dev/zero")();
  assert(either.isLeft(answer));
  assertStringIncludes(
    answer.left.message,
    "Cannot read a checkpoint: /dev/zero: it is a device, which may never end;",
  );
});

Deno.test("an empty path is quoted in the error", async () => {
  const answer = await readBytes("")();
  assert(either.isLeft(answer));
  assertStringIncludes(answer.left.message, 'Cannot read a checkpoint: "": ');
});

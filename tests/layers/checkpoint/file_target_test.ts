import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { loadTree, saveTree, type StoredTree } from "../../../mod.ts";
import { files, inFolder } from "../../programs.ts";

const unix = { ignore: files.ignore || Deno.build.os === "windows" };

/** Tells whether this process may give files away. */
const isRoot = (): boolean =>
  !unix.ignore && Deno.permissions.querySync({ name: "sys", kind: "uid" }).state === "granted" && Deno.uid() === 0;

const modeOf = (path: string): string => ((Deno.statSync(path).mode ?? 0) & 0o7777).toString(8);

const namesIn = (folder: string): readonly string[] => [...Deno.readDirSync(folder)].map(({ name }) => name).toSorted();

async function save(path: string, tree: StoredTree): Promise<void> {
  const saved = await saveTree(path, tree)();
  assert(saved._tag === "Right", saved._tag === "Left" ? saved.left.message : "");
  assertEquals(await loadTree(path)(), { _tag: "Right", right: tree });
}

Deno.test(
  "a file that is replaced keeps its mode, whatever the process's mask is",
  unix,
  () =>
    inFolder(async (folder) => {
      const path = `${folder}/secret`;
      await save(path, { version: 0 });
      for (const mode of [0o600, 0o640, 0o666, 0o400, 0o4755]) {
        await Deno.chmod(path, mode);
        await save(path, { version: mode });
        assertEquals(modeOf(path), mode.toString(8));
      }
    }),
);

Deno.test(
  "a file that is replaced keeps its owner and group",
  { ignore: !isRoot() },
  () =>
    inFolder(async (folder) => {
      const path = `${folder}/theirs`;
      await save(path, { version: 0 });
      await Deno.chown(path, 1234, 2345);
      await Deno.chmod(path, 0o2640);
      await save(path, { version: 1 });
      const { uid, gid } = await Deno.stat(path);
      assertEquals([uid, gid, modeOf(path)], [1234, 2345, "2640"]);
    }),
);

Deno.test(
  "a new file has the mode that the process's mask leaves, as any file",
  unix,
  () =>
    inFolder(async (folder) => {
      await save(`${folder}/new`, {});
      await Deno.writeTextFile(`${folder}/other`, "");
      assertEquals(modeOf(`${folder}/new`), modeOf(`${folder}/other`));
    }),
);

Deno.test(
  "a symbolic link stays one, and the file that it leads to is replaced, beside which the bytes are written",
  unix,
  () =>
    inFolder(async (folder) => {
      await Deno.mkdir(`${folder}/runs`);
      await save(`${folder}/runs/17`, { version: 1 });
      await Deno.chmod(`${folder}/runs/17`, 0o600);
      await Deno.symlink("runs/17", `${folder}/latest`);
      await Deno.symlink("latest", `${folder}/best`);
      await save(`${folder}/best`, { version: 2 });
      assertEquals([await Deno.readLink(`${folder}/best`), await Deno.readLink(`${folder}/latest`)], [
        "latest",
        "runs/17",
      ]);
      assertEquals(await loadTree(`${folder}/runs/17`)(), { _tag: "Right", right: { version: 2 } });
      assertEquals([modeOf(`${folder}/runs/17`), namesIn(`${folder}/runs`)], ["600", ["17"]]);
    }),
);

Deno.test(
  "a link to a file that does not exist yet stays one, and the file comes to be",
  unix,
  () =>
    inFolder(async (folder) => {
      await Deno.mkdir(`${folder}/runs`);
      await Deno.symlink("runs/1", `${folder}/latest`);
      await save(`${folder}/latest`, { version: 1 });
      assertEquals([await Deno.readLink(`${folder}/latest`), namesIn(`${folder}/runs`)], ["runs/1", ["1"]]);
    }),
);

Deno.test(
  "the end of a link counts from the folder that the link is really in",
  unix,
  () =>
    inFolder(async (folder) => {
      await Deno.mkdir(`${folder}/disk/runs`, { recursive: true });
      await Deno.mkdir(`${folder}/home`);
      await Deno.symlink("../disk/runs", `${folder}/home/runs`);
      await Deno.symlink("../17", `${folder}/disk/runs/latest`); // disk/17, and not home/17
      await Deno.symlink("home/runs/../18", `${folder}/next`); // disk/18, and not home/18
      await save(`${folder}/home/runs/latest`, { version: 1 });
      await save(`${folder}/next`, { version: 2 });
      await save(`${folder}/home/runs/../19`, { version: 3 });
      assertEquals([namesIn(`${folder}/disk`), namesIn(`${folder}/home`)], [["17", "18", "19", "runs"], ["runs"]]);
    }),
);

Deno.test("folders, devices and links in a circle are refused, and stay", unix, () =>
  inFolder(async (folder) => {
    await Deno.symlink("b", `${folder}/a`);
    await Deno.symlink("a", `${folder}/b`);
    await Deno.mkdir(`${folder}/runs`);
    for (
      const [name, reason] of [["a", "too many symbolic links"], ["runs", "is not a regular file"], [
        "../../dev/null",
        "is not a regular",
      ]]
    ) {
      const saved = await saveTree(name!.includes("dev") ? "/dev/null" : `${folder}/${name}`, {})();
      assert(saved._tag === "Left");
      assertStringIncludes(saved.left.message, reason!);
    }
    assert(Deno.statSync("/dev/null").isCharDevice);
    assertEquals(namesIn(folder), ["a", "b", "runs"]);
  }));

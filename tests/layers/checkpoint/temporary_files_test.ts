import { assert, assertEquals } from "@std/assert";
import fs from "node:fs/promises";
import { temporaryFor } from "../../../layers/checkpoint/temporary_files.ts";
import { loadTree, saveTree } from "../../../mod.ts";
import { files, inFolder, programs } from "../../programs.ts";

const namesIn = (folder: string): readonly string[] => [...Deno.readDirSync(folder)].map(({ name }) => name).toSorted();

async function save(path: string): Promise<void> {
  const saved = await saveTree(path, { version: 1 })();
  assert(saved._tag === "Right", saved._tag === "Left" ? saved.left.message : "");
}

/** The number of a process that has ended. */
async function deadProcess(): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), { args: ["--version"], stdout: "null" }).spawn();
  await child.status;
  return child.pid;
}

const named = (path: string, process: number | string = "") => `${path}.${process}${crypto.randomUUID()}.tmp`;

Deno.test(
  "the next save clears what a killed process left, and nothing else",
  programs,
  () =>
    inFolder(async (folder) => {
      const path = `${folder}/t.safetensors`, dead = await deadProcess();
      const stale = named(path, `${dead}-`);
      const kept = [
        named(path, `${Deno.pid}-`), // this process may be writing it
        named(path), // by an earlier version, and new
        named(`${folder}/other`, `${dead}-`), // of another file
        `${path}.mine.tmp`,
        `${path}.tmp`,
      ];
      for (const name of [stale, ...kept]) await Deno.writeTextFile(name, "half");
      await save(path);
      const wanted = [path, ...kept].map((name) => name.slice(folder.length + 1)).toSorted();
      assertEquals(namesIn(folder), wanted);
    }),
);

Deno.test(
  "what nobody has written to for ten minutes is cleared, whoever's it is, and where Deno may not ask",
  files,
  () =>
    inFolder(async (folder) => {
      const path = `${folder}/t`, old = new Date(Date.now() - 11 * 60_000);
      for (const name of [named(path), named(path, "1-")]) {
        await Deno.writeTextFile(name, "half");
        await Deno.utime(name, old, old);
      }
      const recent = new Date(Date.now() - 9 * 60_000), young = named(path, "1-");
      await Deno.writeTextFile(young, "half");
      await Deno.utime(young, recent, recent);
      await save(path);
      assertEquals(namesIn(folder), ["t", young.slice(folder.length + 1)].toSorted());
    }),
);

Deno.test(
  "what a process with this one's number left, as in a container that started again, is cleared",
  files,
  () =>
    inFolder(async (folder) => {
      const path = `${folder}/t`, before = new Date(performance.timeOrigin - 1000), stale = temporaryFor(path);
      await Deno.writeTextFile(stale, "half");
      await Deno.utime(stale, before, before);
      await save(path);
      assertEquals(namesIn(folder), ["t"]);
    }),
);

Deno.test(
  "many saves to one file at once all succeed, and leave nothing but the file",
  files,
  () =>
    inFolder(async (folder) => {
      await Promise.all(Array.from({ length: 20 }, () => save(`${folder}/t`)));
      assertEquals(namesIn(folder), ["t"]);
    }),
);

Deno.test(
  "a save whose temporary file another machine clears, since it cannot see this process, writes it again",
  files,
  () =>
    inFolder(async (folder) => {
      const path = `${folder}/t`, { rename } = fs;
      for (const [times, tag] of [[1, "Right"], [2, "Left"]] as const) {
        const written: string[] = [];
        try {
          fs.rename = async (from, to) => {
            if (written.push(String(from)) <= times) await fs.unlink(from);
            await rename(from, to);
          };
          assertEquals((await saveTree(path, { times })())._tag, tag);
        } finally {
          fs.rename = rename;
        }
        assertEquals([await loadTree(path)(), namesIn(folder)], [{ _tag: "Right", right: { times: 1 } }, ["t"]]);
        // The second time without a process, so that nobody clears it soon.
        assertEquals(written.map((name) => name.includes(`.${Deno.pid}-`)), [true, false]);
      }
    }),
);

Deno.test(
  "a name as long as file systems take can be saved, and what a killed process left beside it is cleared",
  programs,
  () =>
    inFolder(async (folder) => {
      for (const name of ["n".repeat(255), "ñ".repeat(127)]) {
        const path = `${folder}/${name}`,
          stale = temporaryFor(path).replace(`.${Deno.pid}-`, `.${await deadProcess()}-`);
        await Deno.writeTextFile(stale, "half");
        await save(path);
        assertEquals(namesIn(folder), [name]);
        await Deno.remove(path);
      }
    }),
);

Deno.test("a long name is cut between characters, so that all file systems take it", () => {
  const path = temporaryFor(`/folder/${"x".repeat(199)}${"é".repeat(20)}`);
  assertEquals(path.slice(0, path.indexOf(".")), `/folder/${"x".repeat(199)}`);
});

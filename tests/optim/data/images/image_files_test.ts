/** Pictures in folders and archives: `optim/data/images/files_below.ts` and `optim/data/read_file.ts` too. */
import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { DataError, imageFiles, type ImageSource } from "../../../../optim/data/mod.ts";
import { files as filesGuard, inFolder } from "../../../programs.ts";
import { tarOf, zipOf } from "../archives/pack.ts";
import { encodePng } from "./encode_png.ts";

const PNG = encodePng(2, 1, 1, [0, 255]);
const NAMES = ["dog/b.png", "cat/1.PNG", "cat/deeper/2.png"];

async function listed(source: ImageSource) {
  const list = await imageFiles(source)();
  assert(list._tag === "Right", list._tag === "Left" ? list.left.message : "");
  const { classes, files } = list.right;
  return { classes, files: files.map(({ name, label }) => [name, label]), bytes: await files[0]!.read() };
}

async function problem(source: ImageSource): Promise<string> {
  const list = await imageFiles(source)();
  assert(list._tag === "Left" && list.left instanceof DataError);
  return list.left.message;
}

const EXPECTED = {
  classes: ["cat", "dog"],
  files: [["cat/1.PNG", 0], ["cat/deeper/2.png", 0], ["dog/b.png", 1]],
  bytes: new Uint8Array(PNG),
};

Deno.test(
  "imageFiles() lists the same pictures of a folder, an archive of any kind, and files at hand",
  filesGuard,
  () =>
    inFolder(async (folder) => {
      for (const name of NAMES) {
        await Deno.mkdir(`${folder}/${name.slice(0, name.lastIndexOf("/"))}`, { recursive: true });
        await Deno.writeFile(`${folder}/${name}`, PNG);
      }
      await Deno.writeTextFile(`${folder}/dog/notes.txt`, "not a picture");
      await Deno.writeFile(`${folder}/cat/.hidden.png`, PNG);
      await Deno.symlink("..", `${folder}/dog/circle`);
      assertEquals(await listed(folder), EXPECTED);
      assertEquals(await listed(new URL(`file://${folder}`)), EXPECTED);

      const entries = NAMES.map((name) => ({ name, bytes: PNG })),
        wrapped = entries.map(({ name, bytes }) => ({ name: `all/${name}`, bytes }));
      const tar = tarOf(entries), zip = zipOf(entries);
      for (
        const source of [
          entries,
          zip,
          tar,
          zipOf(wrapped),
          tarOf(wrapped.map((own) => ({ ...own, name: `./${own.name}` }))),
        ]
      ) {
        assertEquals(await listed(source), EXPECTED);
      }
      await Deno.writeFile(`${folder}/pictures.zip`, zip);
      assertEquals(await listed(`${folder}/pictures.zip`), EXPECTED);
    }),
);

Deno.test(
  "folders that all have links to each other are listed, each behind two of them at most",
  filesGuard,
  () =>
    inFolder(async (folder) => {
      const names = Array.from({ length: 7 }, (_, k) => `c${k}`);
      for (const name of names) {
        await Deno.mkdir(`${folder}/${name}`);
        await Deno.writeFile(`${folder}/${name}/1.png`, PNG);
        for (const other of names) if (other !== name) await Deno.symlink(`../${other}`, `${folder}/${name}/${other}`);
      }
      const found = await imageFiles(folder)();
      assert(found._tag === "Right");
      assertEquals(found.right.files.length, 7 * (1 + 6 + 6 * 5));
    }),
);

Deno.test(
  "a class whose folder is a link to another disk is listed, and links in circles end",
  filesGuard,
  () =>
    inFolder(async (folder) => {
      for (const path of ["data/dog", "disk/cats/deeper"]) await Deno.mkdir(`${folder}/${path}`, { recursive: true });
      for (const name of ["data/dog/b.png", "disk/cats/1.PNG", "disk/cats/deeper/2.png"]) {
        await Deno.writeFile(`${folder}/${name}`, PNG);
      }
      await Deno.symlink("../disk/cats", `${folder}/data/cat`);
      await Deno.symlink("../../data", `${folder}/disk/cats/home`); // data/cat/home is data again
      await Deno.symlink("..", `${folder}/disk/cats/deeper/up`);
      await Deno.symlink("nowhere", `${folder}/data/gone`);
      assertEquals(await listed(`${folder}/data`), EXPECTED);
    }),
);

Deno.test("imageFiles() says which path or layout is wrong", filesGuard, () =>
  inFolder(async (folder) => {
    assertStringIncludes(await problem(`${folder}/none`), "pass a path that exists");
    assertStringIncludes(await problem(folder), "it has no PNG or JPEG files; ");
    assertStringIncludes(await problem([{ name: "1.png", bytes: PNG }]), '"1.png" is not in a sub-folder');
    assertStringIncludes(await problem(PNG), "must be a ZIP or TAR archive");
    const climbing = { name: "../cat/1.png", bytes: PNG };
    assertStringIncludes(await problem(zipOf([climbing])), "must not lead out of the archive");
    // @ts-expect-error: a number is no source
    assertThrows(() => imageFiles(3), TypeError, "pass one of them");

    await Deno.mkdir(`${folder}/cat`);
    await Deno.writeFile(`${folder}/cat/1.png`, PNG);
    const list = await imageFiles(folder)();
    assert(list._tag === "Right");
    await Deno.remove(`${folder}/cat/1.png`);
    await assertRejects(() => list.right.files[0]!.read(), DataError, "Cannot read a picture");
  }));

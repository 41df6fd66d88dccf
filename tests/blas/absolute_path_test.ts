import { assert, assertEquals } from "@std/assert";
import { absolutePath } from "../../blas/absolute_path.ts";
import { full, loadTree, saveTree } from "../../mod.ts";
import { readOnnx } from "../../layers/onnx/mod.ts";
import { imageFiles, readCsv } from "../../optim/data/mod.ts";
import { loadRun, runLog, runRecord, saveRun } from "../../optim/watch/mod.ts";
import { files, inFolder } from "../programs.ts";

const unix = { ignore: files.ignore || Deno.build.os === "windows" };

Deno.test("a relative path is that of the folder of the process, and what follows in it stays as it is", unix, () => {
  assertEquals(absolutePath("a/../b/"), `${Deno.cwd()}/a/../b/`); // a may be a link to another folder
  assertEquals([absolutePath("/a"), absolutePath("")], ["/a", ""]);
  const url = new URL("file:///a");
  assertEquals(absolutePath(url), url);
});

/** Calls a function in a folder, and goes on in another one. */
function calledIn<A>(folder: string, other: string, f: () => A): A {
  Deno.chdir(folder);
  try {
    return f();
  } finally {
    Deno.chdir(other);
  }
}

const namesIn = (folder: string): readonly string[] => [...Deno.readDirSync(folder)].map(({ name }) => name).toSorted();

Deno.test(
  "what is saved, logged and listed is where the process was when it began, wherever it goes on",
  unix,
  () =>
    inFolder(async (folder) => {
      const home = Deno.cwd(), [here, there] = ["here", "there"].map((name) => `${folder}/${name}`) as [string, string];
      for (const own of [here, there]) await Deno.mkdir(`${own}/pictures/cat`, { recursive: true });
      await Deno.writeTextFile(`${here}/t.csv`, "a\n1\n");
      await Deno.writeFile(`${here}/pictures/cat/1.png`, new Uint8Array(7));
      const record = await runRecord({ seed: 0 }), state = { weight: full([1000], 1) };
      try {
        for (const name of ["a", "b", "c"]) {
          const saved = await calledIn(here, there, saveTree(`${name}.safetensors`, state));
          assertEquals(saved._tag, "Right");
        }
        assertEquals((await calledIn(here, there, saveRun("run", record, state)))._tag, "Right");
        assertEquals((await calledIn(here, there, loadTree("a.safetensors", state)))._tag, "Right");
        assertEquals((await calledIn(here, there, readCsv("t.csv", { columns: { a: "number" } })))._tag, "Right");
        const found = await calledIn(here, there, loadRun("run", state));
        assert(found._tag === "Right" && found.right._tag === "Some");
        const listed = await calledIn(here, there, imageFiles("pictures"));
        assert(listed._tag === "Right");
        assertEquals((await listed.right.files[0]!.read()).length, 7);
        const write = calledIn(here, there, () => runLog("log", { events: false, csv: true }));
        write(write.initial, { step: 0, scalars: { loss: 1 } });
      } finally {
        Deno.chdir(home);
      }
      assertEquals(namesIn(here), [
        "a.safetensors",
        "b.safetensors",
        "c.safetensors",
        "log",
        "pictures",
        "run",
        "t.csv",
      ]);
      assertEquals([namesIn(`${here}/run`), namesIn(there)], [["checkpoint.safetensors", "run.json"], ["pictures"]]);
    }),
);

Deno.test("a process whose folder was removed gets errors as values", unix, () =>
  inFolder(async (folder) => {
    const home = Deno.cwd(), gone = `${folder}/gone`, record = await runRecord({ seed: 0 }), state = { a: 1 };
    await Deno.mkdir(gone);
    try {
      Deno.chdir(gone);
      await Deno.remove(gone);
      const tasks = [
        saveTree("t", state),
        loadTree("t"),
        saveRun("r", record, state),
        imageFiles("p"),
        readOnnx("m"),
        readCsv("t", { columns: { a: "number" } }),
      ];
      for (const task of tasks) assertEquals((await task())._tag, "Left");
    } finally {
      Deno.chdir(home);
    }
    assertEquals(namesIn(folder), []);
  }));

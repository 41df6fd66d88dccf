import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import fs from "node:fs/promises";
import { key } from "../../../autograd/random/key.ts";
import { zeros } from "../../../autograd/values/constructors.ts";
import { leaves } from "../../../autograd/tree/tree.ts";
import { toList } from "../../../autograd/values/read.ts";
import { isTensor } from "../../../autograd/tensor.ts";
import {
  adam,
  CheckpointError,
  denseLayer,
  loadTree,
  parameters,
  saveTree,
  type StoredLeaf,
  type StoredTree,
} from "../../../mod.ts";
import { files, inFolder, programs } from "../../programs.ts";

const namesIn = (folder: string): readonly string[] => [...Deno.readDirSync(folder)].map(({ name }) => name).toSorted();

const listed = (tree: StoredTree) => leaves<StoredLeaf>(tree).map((leaf) => isTensor(leaf) ? toList(leaf) : leaf);

const optimizer = adam(), { params } = denseLayer(3, 2).init(key(0));

const training = {
  optimizer: optimizer.step(optimizer.init(params), params),
  key: key(7),
  note: "half way",
  best: -Infinity,
};

async function right(path: string | URL): Promise<StoredTree> {
  const loaded = await loadTree(path)();
  assert(loaded._tag === "Right", loaded._tag === "Left" ? loaded.left.message : "");
  return loaded.right;
}

Deno.test(
  "saveTree() and loadTree() keep a training: tensors, keys, numbers, texts, and nothing else lies around",
  files,
  () =>
    inFolder(async (folder) => {
      for (const path of [`${folder}/tree.safetensors`, new URL(`file://${folder}/by_url.safetensors`)]) {
        for (const tree of [{ old: 1 }, training]) {
          assertEquals(await saveTree(path, tree)(), { _tag: "Right", right: undefined });
          assertEquals(listed(await right(path)), listed(tree));
        }
        const loaded = await loadTree(path, training)();
        assert(loaded._tag === "Right");
        assertEquals(parameters(loaded.right.optimizer).map(toList), parameters(training.optimizer).map(toList));
        assertEquals([loaded.right.key, loaded.right.note, loaded.right.best], [key(7), "half way", -Infinity]);
      }
      assertEquals(namesIn(folder), ["by_url.safetensors", "tree.safetensors"]);
    }),
);

Deno.test("a task does nothing until it is called, and can be called again", files, () =>
  inFolder(async (folder) => {
    const save = saveTree(`${folder}/t`, { a: 1 }), load = loadTree(`${folder}/t`);
    assertEquals(namesIn(folder), []);
    assertEquals((await load())._tag, "Left");
    await save();
    assertEquals(await load(), { _tag: "Right", right: { a: 1 } });
    await Deno.remove(`${folder}/t`);
    await save();
    assertEquals((await load())._tag, "Right");
  }));

Deno.test("a tree that cannot be saved or loaded says why, as a value", files, () =>
  inFolder(async (folder) => {
    const cases = [
      [await loadTree(`${folder}/none`)(), `Cannot read a checkpoint: ${folder}/none`],
      [await saveTree(`${folder}/no/folder`, { a: 1 })(), `Cannot write a checkpoint: ${folder}/no/folder`],
      [await saveTree(`${folder}/f`, { f: (() => 1) as unknown as number })(), 'what is at "f": a function must be'],
    ] as const;
    for (const [result, message] of cases) {
      assert(result._tag === "Left");
      assertInstanceOf(result.left, CheckpointError);
      assertStringIncludes(result.left.message, message);
    }
    assertEquals(namesIn(folder), []);
    await saveTree(`${folder}/t`, { w: zeros([2]) })();
    const other = await loadTree(`${folder}/t`, { w: zeros([3]) })();
    assert(other._tag === "Left");
    assertStringIncludes(other.left.message, 'a float32 tensor [2] at "w" where a float32 tensor [3] is wanted');
  }));

Deno.test(
  "a disk that is full in the middle of writing leaves the old file, and no half of the new one",
  files,
  () =>
    inFolder(async (folder) => {
      const path = `${folder}/t`, { open } = fs;
      await saveTree(path, { version: 1 })();
      let written = 0;
      try {
        fs.open = async (...given) => {
          const file = await open(...given), whole = file.write.bind(file) as (bytes: Uint8Array) => Promise<unknown>;
          const write = (bytes: Uint8Array) =>
            written > 0
              ? Promise.reject(new Error("no space left on device"))
              : whole(bytes.subarray(0, written = 100));
          return Object.assign(file, { write });
        };
        const failed = await saveTree(path, { version: 2, weight: zeros([1000]) })();
        assertEquals(written, 100);
        assert(failed._tag === "Left");
        assertStringIncludes(failed.left.message, "no space left on device");
      } finally {
        fs.open = open;
      }
      assertEquals(await right(path), { version: 1 });
      assertEquals(namesIn(folder), ["t"]);
    }),
);

/** Saves trees of one number each, a million times over, until it is killed. */
const WRITER = (module: URL, path: string): string => `
import { full, saveTree } from ${JSON.stringify(module.href)};
for (let version = 0;; version++) {
  const saved = await saveTree(${JSON.stringify(path)}, { version, weight: full([250_000], version) })();
  if (saved._tag === "Left") throw saved.left;
  if (version === 0) console.log("written");
}`;

Deno.test(
  "a program that is killed while it saves leaves a whole file, the old or the new",
  programs,
  () =>
    inFolder(async (folder) => {
      const path = `${folder}/t.safetensors`, program = `${folder}/writer.ts`;
      await Deno.writeTextFile(program, WRITER(new URL("../../../mod.ts", import.meta.url), path));
      for (const after of [0, 3, 7]) {
        const writer = new Deno.Command(Deno.execPath(), {
          args: ["run", "--no-prompt", "--allow-read", "--allow-write", program],
          cwd: new URL("../../../", import.meta.url),
          stdout: "piped",
          stderr: "null",
        }).spawn();
        const reader = writer.stdout.getReader(), first = await reader.read();
        assertEquals(new TextDecoder().decode(first.value), "written\n");
        await new Promise((resolve) => setTimeout(resolve, after));
        writer.kill("SIGKILL");
        await reader.cancel();
        assertEquals((await writer.status).success, false);
        const { version, weight } = await right(path) as { readonly version: number; readonly weight: StoredLeaf };
        assert(isTensor(weight) && weight.shape[0] === 250_000 && toList(weight).every((x) => x === version));
        assertEquals((await saveTree(path, { version })())._tag, "Right");
        assertEquals(namesIn(folder), ["t.safetensors", "writer.ts"]); // what it left is cleared by the next save
        await Deno.remove(path);
      }
    }),
);

/** Files work wherever `node:fs/promises` does, and where Deno does not permit them the answer is a value. */
import { parse } from "@babel/parser";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { files, inFolder, programs } from "../../programs.ts";

const root = new URL("../../../", import.meta.url);

/** Whether code, its comments and texts left aside, names Deno's global object. */
const namesDeno = (source: string): boolean =>
  /\bDeno\b/.test(source) &&
  parse(source, { sourceType: "module", plugins: ["typescript"], tokens: true }).tokens!
    .some((token) => "value" in token && token.value === "Deno" && token.type.label === "name");

/** The parts that call native code through Deno's foreign function interface. */
const NATIVE = /^(blas\/(native|machine)|optim\/distributed)\//;

function* sources(folder: URL): Generator<URL> {
  for (const entry of Deno.readDirSync(folder)) {
    if (entry.isDirectory) yield* sources(new URL(`${entry.name}/`, folder));
    else if (entry.name.endsWith(".ts")) yield new URL(entry.name, folder);
  }
}

Deno.test("only what calls native code needs the Deno global", files, () => {
  const found = ["autograd/", "blas/", "layers/", "optim/"].flatMap((folder) => [...sources(new URL(folder, root))])
    .filter((file) => namesDeno(Deno.readTextFileSync(file)))
    .map(({ pathname }) => pathname.slice(root.pathname.length));
  assertEquals(found.filter((path) => !NATIVE.test(path)), []);
});

/** Saves and loads a model and a tree, and prints what came back. */
const PROGRAM = `
import { denseLayer, key, loadModel, loadTree, saveModel, saveTree, tensor32, toList } from "./nanograd.mjs";
const layer = denseLayer(2, 3), variables = layer.init(key(0)), answers = [];
for (let k = 0; k < 2; k++) {
  answers.push(await saveModel("model", layer, variables)(), await saveTree("tree", { a: tensor32([1, 2]), k })());
}
const model = await loadModel("model")(), tree = await loadTree("tree", { a: tensor32([0, 0]), k: 0 })();
answers.push(toList(model.right.variables.params.weight).join() === toList(variables.params.weight).join());
answers.push(toList(tree.right.a), tree.right.k);
answers.push((await loadModel("none")())._tag, (await saveTree("no/folder", {})())._tag);
console.log(JSON.stringify(answers));
`;

/** Whether a program of this name can be started. */
async function canStart(program: string, ...args: readonly string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(program, { args: [...args], stdout: "null", stderr: "null" }).output();
    return success;
  } catch {
    return false;
  }
}

for (const runtime of ["node", "bun"]) {
  Deno.test(
    `saveModel(), loadModel(), saveTree() and loadTree() work on ${runtime}, if it is there`,
    programs,
    () =>
      inFolder(async (folder) => {
        if (!await canStart(runtime, "--version")) return;
        const module = new URL("mod.ts", root).pathname, bundled = `${folder}/nanograd.mjs`;
        // Bundling takes a program that Deno fetches: without a network there may be none.
        if (!await canStart(Deno.execPath(), "bundle", "-o", bundled, module)) return;
        await Deno.writeTextFile(`${folder}/program.mjs`, PROGRAM);
        const { stdout, stderr } = await new Deno.Command(runtime, { args: ["program.mjs"], cwd: folder }).output();
        const right = { _tag: "Right" }, decoder = new TextDecoder();
        assertEquals(
          decoder.decode(stdout).trim(),
          JSON.stringify([right, right, right, right, true, [1, 2], 1, "Left", "Left"]),
          decoder.decode(stderr),
        );
      }),
  );
}

/** Tries to save and to load, and prints the errors. */
const TRIES = (module: URL, path: string): string => `
import { loadTree, saveTree } from ${JSON.stringify(module.href)};
for (const task of [saveTree(${JSON.stringify(path)}, { a: 1 }), loadTree(${JSON.stringify(path)})]) {
  const answer = await task();
  console.log(answer._tag === "Left" ? answer.left.message : "Right");
}`;

Deno.test(
  "where Deno does not permit to read or to write, the answer says which flag is missing",
  programs,
  () =>
    inFolder(async (folder) => {
      const program = `${folder}/program.ts`;
      await Deno.writeTextFile(program, TRIES(new URL("mod.ts", root), `${folder}/t`));
      const run = async (...flags: readonly string[]) => {
        const { code, stdout } = await new Deno.Command(Deno.execPath(), {
          args: ["run", "--no-check", "--no-prompt", ...flags, program],
          cwd: root,
          stderr: "null",
        }).output();
        assertEquals(code, 0);
        return new TextDecoder().decode(stdout).trim().split("\n") as [string, string];
      };
      for (
        const [flags, missing] of [[[], "read"], [["--allow-write"], "read"], [["--allow-read"], "write"]] as const
      ) {
        const [saved, loaded] = await run(...flags);
        assertStringIncludes(saved, `Cannot write a checkpoint: ${folder}/t: Requires ${missing} access`);
        assertStringIncludes(saved, "in Deno with --allow-read and --allow-write");
        assert(loaded.startsWith(`Cannot read a checkpoint: ${folder}/t`));
      }
      assertEquals(await run("--allow-read", "--allow-write"), ["Right", "Right"]);
    }),
);

Deno.test("a folder that is a link to one that Deno may not see is saved in, again and again", {
  ignore: programs.ignore || Deno.build.os === "windows",
}, () =>
  inFolder(async (folder) => {
    const program = `${folder}/program.ts`,
      own = `${folder}/own`,
      tries = TRIES(new URL("mod.ts", root), `${own}/disk/t`);
    await Deno.mkdir(own);
    await Deno.mkdir(`${folder}/disk`);
    await Deno.symlink("../disk", `${own}/disk`);
    await Deno.writeTextFile(program, tries + tries.replace(/^import.*$/m, ""));
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--no-prompt", `--allow-read=${own}`, `--allow-write=${own}`, program],
      cwd: root,
      stderr: "null",
    }).output();
    assertEquals(new TextDecoder().decode(stdout), "Right\n".repeat(4));
  }));

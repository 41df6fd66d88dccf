/** The recipes of CONTRIBUTING.md, followed to the letter in a copy of the repository. */
import { assert, assertEquals } from "@std/assert";
import { inFolder, programs } from "../programs.ts";

const root = new URL("../../", import.meta.url);

/** What the copy needs. */
const COPIED = ["autograd", "blas", "layers", "optim", "tests", "deno.json", "deps.ts", "imports.json", "mod.ts"];

/** What a recipe does: writes a file, or inserts lines below the first line with a text. */
type Deed = { readonly path: string; readonly below?: string; readonly code: string };

/** Returns the deeds of all recipes, in order. */
function deedsIn(document: string): readonly Deed[] {
  const form = /(?:New file|\b[Ii]n)\s+`([^`]+)`(?:,\s+below\s+`([^`]+)`)?:\n\n`{3,4}ts ignore\n([\s\S]*?)^`{3}/gm;
  return [...document.matchAll(form)].map(([, path, below, code]) => ({
    path: path!,
    ...below === undefined ? {} : { below },
    code: code!,
  }));
}

async function follow(folder: string, { path, below, code }: Deed): Promise<void> {
  const file = `${folder}/${path}`;
  if (below === undefined) {
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    return await Deno.writeTextFile(file, code);
  }
  const lines = (await Deno.readTextFile(file)).split("\n"), at = lines.findIndex((line) => line.includes(below));
  assert(at >= 0, `${path} has no line with ${below}`);
  await Deno.writeTextFile(file, [...lines.slice(0, at + 1), code.trimEnd(), ...lines.slice(at + 1)].join("\n"));
}

/** Runs Deno in a folder, where it must succeed. */
function deno(folder: string, ...args: readonly string[]): string {
  const env = { NO_COLOR: "1" }, decoder = new TextDecoder();
  const { success, stdout, stderr } = new Deno.Command(Deno.execPath(), { args: [...args], cwd: folder, env })
    .outputSync();
  const said = decoder.decode(stdout) + decoder.decode(stderr);
  assert(success, `deno ${args.join(" ")}: ${said}`);
  return said;
}

Deno.test("the recipes of CONTRIBUTING.md work", programs, () =>
  inFolder(async (folder) => {
    const deeds = deedsIn(await Deno.readTextFile(new URL("CONTRIBUTING.md", root)));
    assertEquals(deeds.length, 24);
    new Deno.Command("cp", { args: ["-r", ...COPIED, folder], cwd: root }).outputSync();
    for (const deed of deeds) await follow(folder, deed);
    const made = deeds.filter(({ below }) => below === undefined).map(({ path }) => path);
    deno(folder, "check", "mod.ts", ...made);
    const own = made.filter((path) => path.endsWith("_test.ts"));
    const generic = ["tests/autograd/ops/all_ops_test.ts", "tests/layers/layers_test.ts"];
    const told = deno(
      folder,
      "test",
      "-A",
      "--no-check",
      "--filter",
      "/logit|Gain|signSgd|findM|counting/",
      ...own,
      ...generic,
    );
    for (const name of ["logit", "Gain", "signSgd", "findMagnitudes", "countingEngine"]) {
      assert(told.includes(name), told);
    }
    deno(folder, "test", "-A", "--no-check", "--filter", "imports", "tests/architecture_test.ts");
  }));

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { loadMobyDick } from "../../examples/moby_dick.ts";
import { inFolder, programs } from "../programs.ts";

const root = new URL("../../", import.meta.url);

/** Prints the book. */
const PROGRAM = (module: string): string => `
import { loadMobyDick } from ${JSON.stringify(module)};
const book = loadMobyDick();
await new Blob([book._tag === "Right" ? book.right : book.left]).stream().pipeTo(Deno.stdout.writable);`;

Deno.test("the book begins as it should, and is whole", programs, () =>
  inFolder(async (folder) => {
    const module = new URL("examples/moby_dick.ts", root).href, program = `${folder}/program.ts`;
    await Deno.writeTextFile(program, PROGRAM(module));
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--config", "examples/charlm.json", "--allow-read", program],
      cwd: root,
    }).output();
    const book = new TextDecoder().decode(stdout);
    assertMatch(book, /^CHAPTER 1\. Loomings\.\n\nCall me Ishmael\. /, new TextDecoder().decode(stderr));
    assertStringIncludes(book.slice(-200), "as it rolled five thousand years ago.");
    assertEquals([book.length > 1_190_000, new Set(book).size], [true, 83]);
  }));

Deno.test(
  "the import map of the program has all that it imports, in the versions of the others",
  programs,
  async () => {
    const { success, stderr } = new Deno.Command(Deno.execPath(), {
      args: ["run", "--config", "examples/charlm.json", "--allow-read", "examples/charlm.ts", "--help"],
      cwd: root,
      stdout: "null",
    }).outputSync();
    assertEquals(success, true, new TextDecoder().decode(stderr));
    const importsOf = async (path: string): Promise<Readonly<Record<string, string>>> =>
      JSON.parse(await Deno.readTextFile(new URL(path, root))).imports;
    const { "moby-dick/": _, ...own } = await importsOf("examples/charlm.json"), all = await importsOf("imports.json");
    for (const [name, specifier] of Object.entries(own)) assertEquals(all[name], specifier);
  },
);

Deno.test("without the package of the book, the error names the task that has it", () => {
  const missing = loadMobyDick();
  assert(missing._tag === "Left");
  assertStringIncludes(missing.left, "deno task charlm does that");
});

Deno.test("a book that cannot be read is told with the remedy", () => {
  const missing = loadMobyDick(new URL("file:///nowhere/data.txt"));
  assert(missing._tag === "Left");
  assertMatch(missing.left, /^Cannot read Moby-Dick: .*: the file must be readable; /);
});

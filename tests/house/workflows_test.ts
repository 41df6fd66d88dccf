/** The workflows use what the repository says. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { files } from "../programs.ts";

const root = new URL("../../", import.meta.url), folder = new URL(".github/workflows/", root);

const textOf = (path: string): string => Deno.readTextFileSync(new URL(path, root));

Deno.test("workflows pin every action by its whole version, and Deno by that of the README", files, () => {
  const version = /npx -y deno@([\d.]+) /.exec(textOf("README.md"))![1]!;
  for (const { name } of Deno.readDirSync(folder)) {
    const text = textOf(`.github/workflows/${name}`);
    const used = [...text.matchAll(/uses: (.*)/g)].map(([, action]) => action!);
    assert(used.length > 0, name);
    for (const action of used) assertMatch(action, /^[\w-]+\/[\w-]+@v\d+\.\d+\.\d+$/, name);
    for (const [, pinned] of text.matchAll(/deno-version: (.*)/g)) assertEquals(pinned, version, name);
  }
});

Deno.test("npm is given a folder and not the name of a repository: a path begins with a dot", files, () => {
  for (const { name } of Deno.readDirSync(folder)) {
    const text = textOf(`.github/workflows/${name}`);
    for (const [, path] of text.matchAll(/npm (?:publish|install|pack) ([^\s-]\S*)/g)) {
      assertMatch(path!, /^\.\//, name);
    }
  }
});

Deno.test("workflows run tasks and files that exist", files, () => {
  const { tasks } = JSON.parse(textOf("deno.json")) as { readonly tasks: object };
  for (const { name } of Deno.readDirSync(folder)) {
    const text = textOf(`.github/workflows/${name}`);
    for (const [, task] of text.matchAll(/deno task ([\w:]+)/g)) assert(task! in tasks, `${name}: ${task}`);
    for (const [, path] of text.matchAll(/run: (\.ci\/\w+)/g)) assert(Deno.statSync(new URL(path!, root)).isFile, path);
  }
});

import { assertEquals } from "@std/assert";
import { brokenMarkdownLinks } from "./markdown_links.ts";

const ROOT = new URL("../../", import.meta.url);
const granted = (["read", "write"] as const)
  .every((name) => Deno.permissions.querySync({ name }).state === "granted");

const documentsIn = (folder: string): readonly string[] =>
  [...Deno.readDirSync(new URL(folder, ROOT))].flatMap(({ name, isDirectory }) =>
    isDirectory ? documentsIn(`${folder}${name}/`) : name.endsWith(".md") ? [folder + name] : []
  );

Deno.test({
  name: "every link between the documents leads to a file, and to a heading of it",
  ignore: !granted,
  fn: () => {
    const documents = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", ...documentsIn("docs/")];
    assertEquals(brokenMarkdownLinks(documents, ROOT), []);
  },
});

Deno.test({
  name: "a link to a missing document, or to a missing heading, is named; code and other sites are not looked at",
  ignore: !granted,
  fn: async () => {
    const folder = await Deno.makeTempDir(), root = new URL(`file://${folder}/`);
    try {
      await Deno.writeTextFile(
        `${folder}/a.md`,
        "# The `one` part, first\n[b](b.md) [c](c.md#no) [d](#the-one-part-first)",
      );
      await Deno.writeTextFile(`${folder}/c.md`, "`[x](none.md)` [y](https://example.com)\n```ts\n[z](none.md)\n```\n");
      assertEquals(brokenMarkdownLinks(["a.md", "c.md"], root), ["a.md: b.md", "a.md: c.md#no"]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

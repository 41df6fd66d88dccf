import { assertEquals } from "@std/assert";
import { brokenLinks } from "../../site/links.ts";

const ignore = (["read", "write"] as const).some((name) => Deno.permissions.querySync({ name }).state !== "granted");

/** Runs a test on a folder with these files. */
async function withFiles(
  files: Record<string, string>,
  test: (folder: string) => void,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(`${folder}/${path.split("/").slice(0, -1).join("/")}`, {
        recursive: true,
      });
      await Deno.writeTextFile(`${folder}/${path}`, text);
    }
    test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "brokenLinks() accepts links to pages, folders, elements and other sites",
  ignore,
  fn: () =>
    withFiles({
      "index.html":
        '<a href="a/b.html#here">b</a> <a href="/a/">a</a> <a href="https://example.com/none">x</a> <a href="#top">',
      "a/index.html": '<img src="../index.html"> <a href=".">',
      "a/b.html": '<h2 id="here">',
    }, (folder) =>
      assertEquals(brokenLinks(folder), [{
        page: "index.html",
        link: "#top",
      }])),
});

Deno.test({
  name: "brokenLinks() names links to missing files, missing elements and files of the machine",
  ignore,
  fn: () =>
    withFiles({
      "index.html": '<a href="none.html">, <a href="b.html#none">, <a href="file:&#x2F;&#x2F;&#x2F;x.ts">',
      "b.html": "",
    }, (folder) => {
      const page = "index.html";
      assertEquals(brokenLinks(folder), [
        { page, link: "none.html" },
        { page, link: "b.html#none" },
        { page, link: "file:///x.ts" },
      ]);
    }),
});

Deno.test({
  name: "brokenLinks() takes paths from the base of the site",
  ignore,
  fn: () =>
    withFiles({
      "index.html": '<a href="/nanograd/index.html"> <a href="/index.html">',
    }, (folder) => {
      assertEquals(brokenLinks(folder, "/nanograd/"), [{
        page: "index.html",
        link: "/index.html",
      }]);
    }),
});

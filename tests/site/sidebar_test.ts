import { assertEquals } from "@std/assert";
import { sidebarOf } from "../../site/sidebar.ts";

Deno.test("sidebarOf() lists the links of each section", () => {
  const contents =
    "# Guide\n[Not](not.md)\n\n## Basics\n\n- [Tensors](tensors.md): arrays\n\n## Recipes\n\n- [GAN](recipes/gan.md)\n";
  assertEquals(sidebarOf(contents), [
    { text: "Basics", items: [{ text: "Tensors", link: "/tensors" }] },
    { text: "Recipes", items: [{ text: "GAN", link: "/recipes/gan" }] },
  ]);
});

Deno.test({
  name: "every chapter of the guide is in its table of contents",
  ignore: Deno.permissions.querySync({ name: "read" }).state !== "granted",
  fn: () => {
    const docs = new URL("../../docs/", import.meta.url);
    const chapters = ["", "recipes/"].flatMap((folder) =>
      [...Deno.readDirSync(new URL(folder, docs))].filter(({ name }) => name.endsWith(".md") && name !== "README.md")
        .map(({ name }) => `/${folder}${name.slice(0, -3)}`)
    );
    const listed = sidebarOf(Deno.readTextFileSync(new URL("README.md", docs)))
      .flatMap(({ items }) => items);
    assertEquals(
      listed.map(({ link }) => link).toSorted(),
      chapters.toSorted(),
    );
  },
});

import { assertEquals } from "@std/assert";
import { files, inFolder } from "../programs.ts";
import { exportedNames, linkNames, type MarkdownState, type Token } from "../../site/api_links.ts";

class MadeToken implements Token {
  content = "";
  children: Token[] | null = null;
  constructor(readonly type: string) {}
}

const token = (
  type: string,
  content = "",
  children: Token[] | null = null,
): Token => Object.assign(new MadeToken(type), { content, children });

/** Applies the rule to the children of a paragraph, or of a heading, and returns what they became. */
function linked(
  children: readonly Token[],
  opening = "paragraph_open",
): readonly string[] {
  const inline = token("inline", "", [...children]),
    rules: ((state: MarkdownState) => void)[] = [];
  linkNames(
    { core: { ruler: { push: (_, rule) => void rules.push(rule) } } },
    new Map([["gradient", "~/gradient.html"]]),
    "/api/",
  );
  rules.forEach((rule) => rule({ tokens: [token(opening), inline], Token: MadeToken }));
  return inline.children!.map(({ content, type }) => content || type);
}

const LINK = '<a href="/api/~/gradient.html" target="_self">';

Deno.test("code that is the name of an export becomes a link, called or not", () => {
  assertEquals(linked([token("code_inline", "gradient")]), [
    LINK,
    "gradient",
    "</a>",
  ]);
  assertEquals(linked([token("code_inline", "gradient(f)")]), [
    LINK,
    "gradient(f)",
    "</a>",
  ]);
});

Deno.test("other code, links of the author's own and headings stay as they are", () => {
  assertEquals(linked([token("code_inline", "gradients")]), ["gradients"]);
  assertEquals(linked([token("text", "gradient")]), ["gradient"]);
  assertEquals(linked([token("code_inline", "gradient")], "heading_open"), [
    "gradient",
  ]);
  const own = [
    token("link_open"),
    token("code_inline", "gradient"),
    token("link_close"),
  ];
  assertEquals(linked(own), ["link_open", "gradient", "link_close"]);
});

Deno.test("without pages of the API no name is known", () => {
  assertEquals(exportedNames(undefined).size, 0);
});

Deno.test(
  "names of entry points apart have their pages there, and names of the library come first",
  files,
  () =>
    inFolder(async (folder) => {
      for (
        const page of [
          "~/gradient",
          "data/~/augment",
          "data/~/gradient",
          "blas/~/gemm",
          "blas/~/Engine.prototype.name",
        ]
      ) {
        await Deno.mkdir(`${folder}/${page.slice(0, page.lastIndexOf("/"))}`, {
          recursive: true,
        });
        await Deno.writeTextFile(`${folder}/${page}.html`, "");
      }
      assertEquals(Object.fromEntries(exportedNames(folder)), {
        gradient: "~/gradient.html",
        augment: "data/~/augment.html",
        gemm: "blas/~/gemm.html",
      });
    }),
);

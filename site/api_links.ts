/**
 * Links from the guide to the API: what stands in it as code and is the name of an export leads to its page.
 *
 * @module
 */
import { existsSync, readdirSync } from "node:fs";

/** The parts of a token of markdown-it that are used here. */
export type Token = {
  readonly type: string;
  readonly content: string;
  children: Token[] | null;
};

/** The parts of markdown-it that are used here. */
export type Markdown = {
  readonly core: {
    readonly ruler: {
      push(name: string, rule: (state: MarkdownState) => void): void;
    };
  };
};

/** What a rule of markdown-it works on. */
export type MarkdownState = {
  readonly tokens: readonly Token[];
  readonly Token: new (
    type: string,
    tag: string,
    nesting: number,
  ) => Token & { content: string };
};

/** Returns the names that have a page in a folder made by `deno doc --html`; none if there is no folder. */
export function exportedNames(api: string | undefined): ReadonlySet<string> {
  if (api === undefined || !existsSync(`${api}/~`)) return new Set();
  const pages = readdirSync(`${api}/~`).map((file) =>
    file.replace(/\.html$/, "")
  );
  return new Set(pages.filter((name) => /^\w+$/.test(name)));
}

/** Makes markdown-it put a link around code that is the name of an export, alone or called, outside of headings. */
export function linkNames(
  md: Markdown,
  names: ReadonlySet<string>,
  pages: string,
): void {
  md.core.ruler.push("link_names", ({ tokens, Token }) => {
    const html = (content: string): Token =>
      Object.assign(new Token("html_inline", "", 0), { content });
    tokens.forEach((token, k) => {
      if (
        token.type !== "inline" || token.children === null ||
        tokens[k - 1]?.type === "heading_open"
      ) return;
      let depth = 0; // inside a link of the author's own
      token.children = token.children.flatMap((child) => {
        if (child.type === "link_open") depth++;
        if (child.type === "link_close") depth--;
        const name = child.type === "code_inline" && depth === 0
          ? nameIn(child.content)
          : undefined;
        if (name === undefined || !names.has(name)) return [child];
        return [
          html(`<a href="${pages}${name}.html" target="_self">`),
          child,
          html("</a>"),
        ];
      });
    });
  });
}

/** Returns the name in `name`, or in `name(…)`. */
const nameIn = (code: string): string | undefined =>
  /^(\w+)(\(.*\))?$/.exec(code)?.[1];

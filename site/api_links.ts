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

/**
 * Returns the names that have a page in a folder made by `deno doc --html`, and the paths of their pages in it; none if
 * there is no folder. Entry points apart have folders of their own there; a name of the library itself comes first.
 */
export function exportedNames(
  api: string | undefined,
): ReadonlyMap<string, string> {
  if (api === undefined || !existsSync(`${api}/~`)) return new Map();
  const folders = readdirSync(api, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(`${api}/${entry.name}/~`)).map(({ name }) => `${name}/~`);
  return new Map(
    [...folders.sort(), "~"].flatMap((folder) =>
      readdirSync(`${api}/${folder}`).map((file) => file.replace(/\.html$/, ""))
        .filter((name) => /^\w+$/.test(name)).map((name) => [name, `${folder}/${name}.html`] as const)
    ),
  );
}

/** Makes markdown-it put a link around code that is the name of an export, alone or called, outside of headings. */
export function linkNames(
  md: Markdown,
  names: ReadonlyMap<string, string>,
  pages: string,
): void {
  md.core.ruler.push("link_names", ({ tokens, Token }) => {
    const html = (content: string): Token => Object.assign(new Token("html_inline", "", 0), { content });
    tokens.forEach((token, k) => {
      if (
        token.type !== "inline" || token.children === null ||
        tokens[k - 1]?.type === "heading_open"
      ) return;
      let depth = 0; // inside a link of the author's own
      token.children = token.children.flatMap((child) => {
        if (child.type === "link_open") depth++;
        if (child.type === "link_close") depth--;
        const name = child.type === "code_inline" && depth === 0 ? nameIn(child.content) : undefined;
        const page = name === undefined ? undefined : names.get(name);
        if (page === undefined) return [child];
        return [
          html(`<a href="${pages}${page}" target="_self">`),
          child,
          html("</a>"),
        ];
      });
    });
  });
}

/** Returns the name in `name`, or in `name(…)`. */
const nameIn = (code: string): string | undefined => /^(\w+)(\(.*\))?$/.exec(code)?.[1];

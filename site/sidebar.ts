/**
 * The sidebar of the site, which is the table of contents in `docs/README.md`.
 *
 * @module
 */

/** A group of pages, as VitePress takes it. */
export type Group = {
  readonly text: string;
  readonly items: readonly { readonly text: string; readonly link: string }[];
};

/** Returns the groups of a page of contents: the links of each section, under its heading. */
export function sidebarOf(contents: string): readonly Group[] {
  return contents.split(/^## /m).slice(1).map((section) => ({
    text: section.split("\n")[0]!,
    items: [...section.matchAll(/\[([^\]]+)\]\(([^):]+)\.md\)/g)]
      .map(([, text, path]) => ({ text: text!, link: `/${path}` })),
  }));
}

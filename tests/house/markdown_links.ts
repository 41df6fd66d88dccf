/**
 * Links between the documents of the repository that lead nowhere.
 *
 * @module
 */

/**
 * Lists the relative links of documents that lead to no file, or to no heading of a document.
 *
 * @param documents Paths relative to `root`.
 * @param root The folder of the repository, as a URL with a slash at its end.
 */
export function brokenMarkdownLinks(documents: readonly string[], root: URL): readonly string[] {
  const textOf = (path: string): string | undefined => {
    try {
      return Deno.statSync(new URL(path, root)).isFile ? Deno.readTextFileSync(new URL(path, root)) : "";
    } catch {
      return undefined;
    }
  };
  return documents.flatMap((document) =>
    linksIn(textOf(document) ?? "").filter((link) => {
      const [path, fragment] = link.split("#") as [string, string?];
      const target = path === "" ? document : new URL(path, new URL(document, root)).href.slice(root.href.length);
      const text = textOf(target);
      return text === undefined || (fragment !== undefined && !headingsIn(text).includes(fragment));
    }).map((link) => `${document}: ${link}`)
  );
}

const withoutCode = (text: string): string => text.replaceAll(/^```[\s\S]*?^```/gm, "").replaceAll(/`[^`\n]*`/g, "x");

const linksIn = (text: string): readonly string[] =>
  [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!).filter((link) => !/^\w+:/.test(link));

/** The names of the headings in links, as GitHub and VitePress make them. */
const headingsIn = (text: string): readonly string[] =>
  [...text.replaceAll(/^```[\s\S]*?^```/gm, "").matchAll(/^#+ (.+)$/gm)]
    .map(([, heading]) => heading!.toLowerCase().replaceAll(/[^\w\s-]/g, "").trim().replaceAll(/\s+/g, "-"));

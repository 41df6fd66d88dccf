/**
 * Links of a static site that lead nowhere.
 *
 * @module
 */
import { dirname, join, normalize, relative } from "node:path";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";

/** A link, and the page that it is on. */
export type BrokenLink = { readonly page: string; readonly link: string };

/**
 * Lists the links between the pages of a folder that lead to no file, or to no element of a page. Links to other sites are
 * not followed; links to files of the machine on which the site was built are broken.
 *
 * @param folder Where the site lies.
 * @param base The path of the site on its server, with a slash at both ends.
 */
export function brokenLinks(folder: string, base = "/"): readonly BrokenLink[] {
  const texts = new Map<string, string>();
  const textOf = (file: string): string => {
    const text = texts.get(file) ?? readFileSync(file, "utf8");
    texts.set(file, text);
    return text;
  };
  const leads = (page: string, link: string): boolean => {
    const [address = "", fragment = ""] = decoded(link).split("#");
    const path = address.split("?")[0]!;
    const target = path === ""
      ? page
      : path.startsWith("/")
      ? path.startsWith(base) ? join(folder, path.slice(base.length)) : undefined
      : normalize(join(dirname(page), path));
    if (target === undefined || !existsSync(target)) return false;
    const file = statSync(target).isDirectory() ? join(target, "index.html") : target;
    if (!existsSync(file)) return false;
    return fragment === "" || !file.endsWith(".html") ||
      idsIn(textOf(file)).has(fragment);
  };
  return pagesIn(folder).flatMap((page) => {
    const links = new Set(
      [...textOf(page).matchAll(/\s(?:href|src)="([^"]*)"/g)].map(([, link]) => link!),
    );
    return [...links].filter((link) => !/^(https?|mailto|data):/.test(link) && !leads(page, link))
      .map((link) => ({ page: relative(folder, page), link: decoded(link) }));
  });
}

const pagesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? pagesIn(path) : entry.name.endsWith(".html") ? [path] : [];
  });

const idsIn = (html: string): ReadonlySet<string> =>
  new Set(
    [...html.matchAll(/\s(?:id|name)="([^"]*)"/g)].map(([, id]) => decoded(id!)),
  );

/** Undoes what HTML and addresses do to a text. */
function decoded(text: string): string {
  const plain = text.replaceAll("&#x2F;", "/").replaceAll("&#x27;", "'")
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}

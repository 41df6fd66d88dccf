/**
 * What `deno doc --html` writes, made part of the site.
 *
 * @module
 */

/** No icon: browsers ask for one otherwise, and find none. */
const ICON = '<link rel="icon" href="data:,">';

/** Keeps pages within the width of a phone. */
const STYLE = `<style>
.ddoc > div, #content > main { min-width: 0; max-width: 100%; }
.ddoc pre { overflow-x: auto; }
#guide { padding: 0 0.5rem; color: inherit; text-decoration: underline; }
@media (max-width: 640px) {
  .ddoc:not(:has(#categoryPanel)) { padding: 0.25rem 0.75rem; }
  #content { display: block; }
  .ddoc pre.highlight { margin-left: 0; margin-right: 0; }
  #topnav { height: auto; margin-left: 0; padding-left: 0; position: static; }
  #topnav > div { flex-wrap: wrap; gap: 0.5rem; }
  #searchbar { min-width: 0; max-width: 9rem; }
  .anchorable, .symbolTitle + div code { overflow-wrap: anywhere; }
}
</style>`;

/**
 * Returns a page with a link to the guide and the names by which the package is imported, and without links that lead
 * nowhere: those to sources lead into the machine on which the site was built, unless the sources are published.
 *
 * @param html The page.
 * @param options `guide`: the path of the guide on the server; `root`: the folder of the repository, as a URL with a slash
 * at its end; `sources`: where the files of the repository can be read, with a slash at its end.
 */
export function apiPage(
  html: string,
  { guide, root, sources }: {
    readonly guide: string;
    readonly root: string;
    readonly sources: string | undefined;
  },
): string {
  const here = root.replaceAll("/", "&#x2F;");
  const linked = sources === undefined
    ? html.replaceAll(/<a\s[^>]*href="file:[^"]*"[^>]*>[\s\S]*?<\/a>/g, "")
    : html.replaceAll(`href="${here}`, `href="${sources}`);
  return linked
    .replaceAll(
      / href="#(type_param_\w+)"/g,
      (link, id) => linked.includes(`id="${id}"`) ? link : "",
    )
    .replaceAll(" from &quot;.&quot;", " from &quot;@nanograd/nanograd&quot;")
    .replaceAll(
      / from &quot;([a-z]+)&quot;/g, // an entry point apart
      " from &quot;@nanograd/nanograd/$1&quot;",
    )
    .replace(
      '<button id="theme-toggle"',
      `<a id="guide" href="${guide}">Guide</a>$&`,
    )
    .replace("</head>", `${ICON}${STYLE}$&`);
}

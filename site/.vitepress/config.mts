/**
 * The guide as a site: its pages are those of `docs/`, its sidebar the contents of `docs/README.md`.
 *
 * `deno task site` calls it with `SITE_BASE`, the path that the site will have on its server, and `SITE_API`, a folder
 * with the pages of the API.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { env } from "node:process";
import { exportedNames, linkNames } from "../api_links.ts";
import { sidebarOf } from "../sidebar.ts";

const base = env.SITE_BASE ?? "/", names = exportedNames(env.SITE_API);

/** Colors of the pages, and tables that fill the width but never leave it. */
const STYLE = `
:root { --vp-c-brand-1: #1f6f5c; --vp-c-brand-2: #26866f; --vp-c-brand-3: #2f9a80; --vp-c-brand-soft: #2f9a8024; }
.dark { --vp-c-brand-1: #6fd0b6; --vp-c-brand-2: #4fb79b; --vp-c-brand-3: #2f9a80; --vp-c-brand-soft: #6fd0b624; }
:root { --vp-layout-max-width: 1600px; --vp-code-color: var(--vp-c-text-1); --vp-code-font-size: 0.8125em; }
.VPDoc.has-aside .content-container { max-width: 56rem !important; }
.vp-doc a:has(> code) { text-decoration: none; }
.vp-doc td code { white-space: nowrap; }
@media (max-width: 640px) { .vp-doc td code { white-space: normal; } .vp-doc table { font-size: 0.85em; } }
`;

export default {
  title: "nanograd",
  description: "Automatic differentiation and neural networks in TypeScript, with nothing to install",
  base,
  srcDir: "../docs",
  outDir: "./dist",
  rewrites: { "README.md": "index.md" },
  lastUpdated: false,
  head: [["link", { rel: "icon", href: "data:," }], ["style", {}, STYLE]],
  themeConfig: {
    search: { provider: "local" },
    nav: [
      { text: "Guide", link: "/start" },
      { text: "API", link: "/api/all_symbols.html", target: "_self" },
    ],
    sidebar: sidebarOf(
      readFileSync(new URL("../../docs/README.md", import.meta.url), "utf8"),
    ),
    outline: [2, 3],
  },
  markdown: {
    config: (md: Parameters<typeof linkNames>[0]) => linkNames(md, names, `${base}api/`),
  },
  // The pages lie outside of this folder, so that packages must be found from here.
  vite: {
    resolve: {
      alias: { vue: new URL("../node_modules/vue", import.meta.url).pathname },
    },
  },
};

/**
 * Builds the site, the guide and the API, into `site/dist`, and checks its links: `deno task site`.
 *
 * `SITE_BASE=/nanograd/` builds it for a path on a server, `SITE_SOURCES=https://HOST/PATH/` links the API to its sources.
 *
 * @module
 */
import { apiPage } from "./api_pages.ts";
import { brokenLinks } from "./links.ts";

const here = new URL("./", import.meta.url), root = new URL("../", here);
const base = Deno.env.get("SITE_BASE") ?? "/",
  sources = Deno.env.get("SITE_SOURCES");

/** Runs Deno, and stops where it fails. */
async function deno(
  cwd: URL,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<void> {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env,
  }).spawn().status;
  if (code === 0) return;
  console.error(
    `Cannot build the site: deno ${args.slice(0, 2).join(" ")} ended with code ${code}`,
  );
  Deno.exit(1);
}

/** Applies a function to the text of every page below a folder. */
async function mapPages(
  folder: string,
  change: (html: string) => string,
): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) await mapPages(path, change);
    else if (name.endsWith(".html")) {
      await Deno.writeTextFile(path, change(await Deno.readTextFile(path)));
    }
  }
}

const api = await Deno.makeTempDir();
await deno(root, [
  "doc",
  "--quiet",
  "--html",
  "--name=nanograd",
  `--output=${api}`,
  "mod.ts",
  "blas/mod.ts",
  "layers/onnx/mod.ts",
  "optim/data/mod.ts",
  "optim/distributed/mod.ts",
  "optim/watch/mod.ts",
]);
await mapPages(
  api,
  (html) => apiPage(html, { guide: base, root: root.href, sources }),
);

await deno(here, ["install", "--quiet", "--frozen"]);
await deno(here, ["run", "-A", "npm:vitepress", "build"], {
  SITE_BASE: base,
  SITE_API: api,
});
await Deno.rename(api, new URL("dist/api", here)).catch(async () => {
  await copyFolder(api, new URL("dist/api", here).pathname); // the temporary folder is on another disk
  await Deno.remove(api, { recursive: true });
});

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}

const broken = brokenLinks(new URL("dist", here).pathname, base);
for (const { page, link } of broken) {
  console.error(`${page}: ${link} leads nowhere`);
}
console.log(
  broken.length === 0
    ? "site/dist is ready: any static web server can serve it"
    : `${broken.length} links lead nowhere`,
);
Deno.exit(broken.length === 0 ? 0 : 1);

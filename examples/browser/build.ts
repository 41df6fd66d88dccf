/**
 * Builds the page into `examples/browser/dist`, as plain files for any web server: `deno task browser`.
 *
 * @module
 */
const here = new URL("./", import.meta.url);

/** The files that are copied as they are. */
const COPIED = ["index.html", "style.css", "digits.safetensors"] as const;

/** The programs, and the files that they become. */
const BUNDLED = [["page/main.ts", "page.js"], ["worker/worker.ts", "worker.js"]] as const;

/**
 * Builds the page.
 *
 * @param folder The folder to build into.
 * @throws {Error} If a program cannot be bundled; the message contains the bundler's.
 */
export async function buildPage(folder: URL): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await Promise.all([
    ...COPIED.map((name) => Deno.copyFile(new URL(name, here), new URL(name, folder))),
    ...BUNDLED.map(([source, name]) => bundle(new URL(source, here), new URL(name, folder))),
  ]);
}

async function bundle(source: URL, target: URL): Promise<void> {
  const args = ["bundle", "--quiet", "--platform=browser", "--minify", `--output=${target.pathname}`, source.pathname];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: here }).output();
  if (success) return;
  throw new Error(`Cannot bundle ${source.pathname}: ${new TextDecoder().decode(stderr).trim()}`);
}

if (import.meta.main) {
  await buildPage(new URL("dist/", here));
  console.log(
    "examples/browser/dist is ready: any static web server can serve it, such as npx serve examples/browser/dist",
  );
}

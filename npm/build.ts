/**
 * Builds the npm package in `npm/dist`: `deno task npm`; `npm publish ./npm/dist` publishes it.
 *
 * `deno pack` makes the modules and their declarations; what it cannot know of the package is added here.
 *
 * @module
 */
import { completed, type Manifest } from "./manifest.ts";

const root = new URL("../", import.meta.url), dist = new URL("dist/", import.meta.url);

/** Runs a program, and stops with what it said if it fails. */
function run(program: string, args: readonly string[], cwd: URL): void {
  const { success, stdout, stderr } = new Deno.Command(program, { args: [...args], cwd }).outputSync();
  if (success) return;
  for (const said of [stdout, stderr]) console.error(new TextDecoder().decode(said));
  console.error(`Cannot build the npm package: ${program} ${args[0]} failed`);
  Deno.exit(1);
}

await Deno.remove(dist, { recursive: true }).catch(() => undefined); // there may be none
await Deno.mkdir(dist);
const archive = new URL("packed.tgz", dist);
run(Deno.execPath(), ["pack", "--no-source-maps", "--allow-dirty", "-o", archive.pathname], root);
run("tar", ["xzf", archive.pathname, "--strip-components=1"], dist);
await Deno.remove(archive);

const path = new URL("package.json", dist), server = Deno.env.get("GITHUB_SERVER_URL");
const packed = JSON.parse(await Deno.readTextFile(path)) as Manifest; // deno pack has written it
const manifest = completed(packed, server && `${server}/${Deno.env.get("GITHUB_REPOSITORY")}`);
await Deno.writeTextFile(path, `${JSON.stringify(manifest, null, 2)}\n`);
console.log(`npm/dist: ${manifest.name} ${manifest.version}`);

/**
 * Measures bundles of the programs in `tests/bundles`, and writes their sizes into `docs/limits.md` and into
 * `tests/bundles/sizes.json`, whose numbers a test holds:
 *
 *     deno run --allow-read --allow-write --allow-run bench/bundle_sizes.ts
 *
 * @module
 */
import { gzipSync } from "node:zlib";
import { fillPlace } from "./breadth/markdown.ts";
import { bytesBySource, type SourceMap } from "./bundles/bytes_by_source.ts";
import { type BundleSize, partsTable, sizesTable } from "./bundles/markdown.ts";

const root = new URL("../", import.meta.url);
const PROGRAMS = {
  add: "`gradient` of `add` and `sum`",
  network: "a network of two layers, a step of `adam`",
  compiled: "the same, with a compiled step",
  inference: "a network that reads its params with `decodeTree`",
  model: "any model, read with `decodeModel`",
  served: "the same, compiled",
  everything: "everything",
  nothing: "nothing, although it imports `mod.ts`",
} as const;

/** Bundles a program, with the text of its source map at the end if that is wanted. */
function bundle(name: string, ...options: readonly string[]): string {
  const args = ["bundle", "--quiet", "--minify", "--platform=browser", ...options, `tests/bundles/${name}.ts`];
  const { success, stdout, stderr } = new Deno.Command(Deno.execPath(), { args, cwd: root }).outputSync();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(`Cannot bundle ${name}: ${new TextDecoder().decode(stderr)}`);
}

/** Returns the bytes of `everything` by paths from the root. */
function bytesByPath(): ReadonlyMap<string, number> {
  const opening = "//# sourceMappingURL=data:application/json;base64,";
  const [text, encoded] = bundle("everything", "--sourcemap=inline").split(opening) as [string, string];
  const map = JSON.parse(atob(encoded.trim())) as SourceMap; // esbuild has written it
  const here = new RegExp(`^.*?(?=(autograd|blas|layers|optim|mod|deps)(/|\\.ts))`);
  return new Map([...bytesBySource(text, map)].map(([path, count]) => [path.replace(here, ""), count]));
}

const measured = new Map<string, number>(), sizes: BundleSize[] = [];
for (const [name, program] of Object.entries(PROGRAMS)) {
  const bytes = new TextEncoder().encode(bundle(name));
  measured.set(name, bytes.length);
  sizes.push({ program, minified: bytes.length, gzipped: gzipSync(bytes).length });
}
const document = new URL("docs/limits.md", root), text = Deno.readTextFileSync(document);
const filled = fillPlace(fillPlace(text, "sizes", sizesTable(sizes)), "parts", partsTable(bytesByPath()));
Deno.writeTextFileSync(document, filled);
const json = `${JSON.stringify(Object.fromEntries(measured), null, 2)}\n`;
Deno.writeTextFileSync(new URL("tests/bundles/sizes.json", root), json);
console.log(json);

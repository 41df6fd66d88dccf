import { assertEquals } from "@std/assert";
import { completed } from "../../npm/manifest.ts";

const packed = { name: "n", version: "1.0.0", dependencies: { ndarray: "^1.1.1" } };

Deno.test("the manifest keeps what deno pack wrote, and says that nothing happens on import", () => {
  const manifest = completed(packed);
  assertEquals([manifest.name, manifest.version, manifest.dependencies], ["n", "1.0.0", packed.dependencies]);
  assertEquals(manifest.sideEffects, false);
  assertEquals("repository" in manifest, false);
});

Deno.test("the repository is the one whose workflow publishes", () => {
  const { repository } = completed(packed, "https://example.com/a/b") as { readonly repository?: unknown };
  assertEquals(repository, { type: "git", url: "git+https://example.com/a/b.git" });
});

Deno.test("the packages that only pictures need are optional", () => {
  const dependencies = { ndarray: "^1.1.1", vega: "^6.4.0", "@dagrejs/dagre": "^3.1.3" };
  const manifest = completed({ ...packed, dependencies });
  assertEquals(manifest.dependencies, { ndarray: "^1.1.1" });
  assertEquals(manifest.peerDependencies, { vega: "^6.4.0", "@dagrejs/dagre": "^3.1.3" });
  assertEquals(manifest.peerDependenciesMeta, { vega: { optional: true }, "@dagrejs/dagre": { optional: true } });
});

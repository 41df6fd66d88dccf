/**
 * The manifest of the npm package.
 *
 * @module
 */

/** What `deno pack` writes. */
export type Manifest = {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
};

/** The packages that only pictures need, of the entry `./watch`: who draws none need not install them. */
const FOR_PICTURES: ReadonlySet<string> = new Set(["@dagrejs/dagre", "vega"]);

/**
 * Completes a manifest: what the package is, that none of its modules does anything when it is imported, the oldest Node
 * that it is tested on, and which packages are optional.
 *
 * @param repository The URL of the repository, which npm compares with that of the workflow that publishes.
 */
export function completed(packed: Manifest, repository?: string) {
  const optional = Object.entries(packed.dependencies).filter(([name]) => FOR_PICTURES.has(name));
  return {
    ...packed,
    dependencies: Object.fromEntries(Object.entries(packed.dependencies).filter(([name]) => !FOR_PICTURES.has(name))),
    peerDependencies: Object.fromEntries(optional),
    peerDependenciesMeta: Object.fromEntries(optional.map(([name]) => [name, { optional: true }])),
    description: "Automatic differentiation and neural networks, written entirely in TypeScript",
    keywords: ["autodiff", "deep-learning", "machine-learning", "neural-network", "simd", "tensor", "webassembly"],
    ...repository ? { repository: { type: "git", url: `git+${repository}.git` } } : {},
    engines: { node: ">=20" },
    sideEffects: false,
    publishConfig: { access: "public" },
  };
}

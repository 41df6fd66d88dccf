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

/**
 * Completes a manifest: what the package is, that none of its modules does anything when it is imported, and the
 * oldest Node that it is tested on.
 *
 * @param repository The URL of the repository, which npm compares with that of the workflow that publishes.
 */
export function completed(packed: Manifest, repository?: string) {
  return {
    ...packed,
    description: "Automatic differentiation and neural networks, written entirely in TypeScript",
    keywords: ["autodiff", "deep-learning", "machine-learning", "neural-network", "simd", "tensor", "webassembly"],
    ...repository ? { repository: { type: "git", url: `git+${repository}.git` } } : {},
    engines: { node: ">=20" },
    sideEffects: false,
    publishConfig: { access: "public" },
  };
}

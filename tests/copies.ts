/**
 * Further copies of the library, as in a program that loads it by two URLs.
 *
 * @module
 */

/** What `mod.ts` exports. */
export type Library = typeof import("../mod.ts");

const FOLDERS = ["autograd", "blas", "layers", "optim"];

/** Copies a folder's files; symbolic links are not followed. */
async function copyFolder(from: URL, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(new URL(`${name}/`, from), `${to}/${name}`);
    else await Deno.copyFile(new URL(name, from), `${to}/${name}`);
  }
}

/**
 * Loads a copy of the library from a temporary folder, and removes the folder.
 *
 * @param version The version that the copy states. Default: the library's own.
 */
export async function loadCopy(version?: string): Promise<Library> {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of FOLDERS) await copyFolder(new URL(`../${name}/`, import.meta.url), `${folder}/${name}`);
    for (const name of ["mod.ts", "deps.ts"]) {
      await Deno.copyFile(new URL(`../${name}`, import.meta.url), `${folder}/${name}`);
    }
    if (version !== undefined) {
      await Deno.writeTextFile(`${folder}/blas/version.ts`, `export const VERSION = "${version}";\n`);
    }
    return await import(`file://${folder}/mod.ts`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

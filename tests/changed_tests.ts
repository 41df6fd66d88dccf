/**
 * Runs the tests of the folders that differ from the last commit, without type checks: `deno task test:fast`. Folders
 * or files can be given instead: `deno task test:fast tests/optim`.
 *
 * @module
 */

/** The folders of the library, whose tests lie in folders of the same names under `tests/`. */
const SOURCES = ["autograd", "blas", "layers", "optim"];

/**
 * Returns the test folders that belong to some files: the folder that mirrors a source file's, and a test file's own.
 * A folder inside another of them is not listed again.
 *
 * @param files Paths from the root of the repository, with forward slashes.
 */
export function testFoldersOf(files: readonly string[]): readonly string[] {
  const folders = files.filter((file) => file.endsWith(".ts")).flatMap((file) => {
    const parts = file.split("/").slice(0, -1);
    if (parts[0] === "tests") return [parts.length > 1 ? parts.join("/") : file];
    if (parts[0] === "examples") return ["tests/examples"];
    return SOURCES.includes(parts[0] ?? "") ? [["tests", ...parts].join("/")] : [];
  });
  const distinct = [...new Set(folders)].sort();
  return distinct.filter((folder) => !distinct.some((other) => folder.startsWith(`${other}/`)));
}

/** Files that differ from the last commit, new ones included. */
async function changedFiles(): Promise<readonly string[]> {
  const { success, stdout } = await new Deno.Command("git", {
    args: ["status", "--porcelain", "--untracked-files=all", "--no-renames"],
  }).output();
  if (!success) return [];
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "").map((line) => line.slice(3));
}

const exists = (path: string): boolean => {
  try {
    return Deno.statSync(path) !== null;
  } catch {
    return false;
  }
};

if (import.meta.main) {
  const folders = Deno.args.length > 0 ? Deno.args : testFoldersOf(await changedFiles()).filter(exists);
  if (folders.length === 0) {
    console.log("Nothing has changed that has tests; name a folder, such as tests/optim");
  } else {
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "-P=full", "--no-check", "--parallel", ...folders],
    }).spawn().status;
    Deno.exit(code);
  }
}

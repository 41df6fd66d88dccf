/**
 * Tests that write files and start programs.
 *
 * @module
 */

const granted = (name: "read" | "write" | "run"): boolean => Deno.permissions.querySync({ name }).state === "granted";

/** For tests that write files. */
export const files = { ignore: !(granted("read") && granted("write")) } as const;

/** For tests that start programs. */
export const programs = { ignore: files.ignore || !granted("run") } as const;

/** Runs a test in a folder of its own, which is removed in the end. */
export async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs a program of this repository that may read and write files; how it ended, and what it wrote. */
export async function runProgram(program: string, ...args: readonly string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-read", "--allow-write", program, ...args],
    cwd: new URL("../", import.meta.url),
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout), errors: decoder.decode(stderr) };
}

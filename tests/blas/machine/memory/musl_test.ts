/**
 * What machine code asks of the C library (blas/machine/memory/libc.ts), asked of musl by a program in C, since no Deno runs
 * on musl here. It needs `musl-gcc`, which Debian has as `musl-tools`.
 *
 * @module
 */
import { assertEquals, assertStringIncludes } from "@std/assert";

const decoder = new TextDecoder();

/** Runs a program, or says that it does not exist. */
function run(program: string, ...args: readonly string[]) {
  try {
    return new Deno.Command(program, { args: [...args] }).outputSync();
  } catch {
    return undefined;
  }
}

const granted = (["run", "write"] as const).every((name) => Deno.permissions.querySync({ name }).state === "granted");
const ignore = !granted || Deno.build.arch !== "x86_64" || run("musl-gcc", "--version")?.success !== true;

Deno.test(
  "musl has the functions, names and constants that machine code uses, and they do the same",
  { ignore },
  () => {
    const folder = Deno.makeTempDirSync();
    try {
      const source = new URL("musl.c", import.meta.url).pathname, program = `${folder}/check`;
      const built = run("musl-gcc", "-o", program, source);
      assertEquals(decoder.decode(built?.stderr), "");
      const said = decoder.decode(run(program)?.stdout);
      assertStringIncludes(said, "code runs: ok");
      assertEquals(said.split("\n").filter((line) => line !== "" && !line.endsWith(": ok")), []);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
);

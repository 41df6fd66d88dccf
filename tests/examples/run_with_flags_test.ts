import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import * as either from "fp-ts/Either.js";
import { wholeNumber } from "../../examples/flags.ts";
import { type Output, runWithFlags } from "../../examples/run_with_flags.ts";
import { files } from "../programs.ts";

/** A console that keeps its lines. */
function kept() {
  const lines: string[] = [], errors: string[] = [];
  const output: Output = { log: (line) => void lines.push(line), error: (line) => void errors.push(line) };
  return { lines, errors, output };
}

const PROGRAM = {
  about: "Counts.",
  usage: "count [flags]",
  flags: { to: { name: "to", placeholder: "N", help: "how far", fallback: 3, example: "3", read: wholeNumber(1) } },
};

Deno.test("runWithFlags() runs with the settings, explains itself, and names what is wrong", async () => {
  const run = async (...args: readonly string[]) => {
    const { lines, errors, output } = kept(), count = (to: number) => either.right(output.log(`to ${to}`));
    const code = await runWithFlags(
      PROGRAM,
      args,
      ({ to }) => to < 9 ? count(to) : either.left("Cannot count so far: it must be below 9; try 3"),
      output,
    );
    return [code, ...lines, ...errors];
  };
  assertEquals(await run(), [0, "to 3"]);
  assertEquals(await run("--to=5"), [0, "to 5"]);
  assertEquals(await run("--to", "9"), [1, "Cannot count so far: it must be below 9; try 3"]);
  assertEquals(await run("--too=5"), [1, "Cannot train with --too: this flag does not exist; did you mean --to?"]);
  const [code, help] = await run("--help");
  assertEquals(code, 0);
  assertStringIncludes(String(help), "--to N      how far (default: 3)");
});

Deno.test("every example that is a program answers --help, and all but the one of many processes take --threads", {
  ...files,
}, async () => {
  const folder = new URL("../../examples/", import.meta.url);
  const programs = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) =>
      name.endsWith(".ts") && Deno.readTextFileSync(new URL(name, folder)).includes("import.meta.main")
    );
  assert(programs.length >= 11, String(programs));
  for (const name of programs) {
    const { main } = await import(new URL(name, folder).href), { lines, errors, output } = kept();
    assertEquals([await main(["--help"], output), errors], [0, []], name);
    assertStringIncludes(lines.join("\n"), "Usage: ");
    assertEquals(lines.join("\n").includes("--threads N"), name !== "distributed.ts", name);
  }
});

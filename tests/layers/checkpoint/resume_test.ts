import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";

const granted = (name: "read" | "write" | "run"): boolean => Deno.permissions.querySync({ name }).state === "granted";
const programs = { ignore: !(granted("read") && granted("write") && granted("run")) };

/** Runs the training in a process of its own; what it printed, a line for each step. */
async function run(file: string, steps: number) {
  const command = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--allow-read",
      "--allow-write",
      "tests/layers/checkpoint/training_program.ts",
      file,
      String(steps),
    ],
    cwd: new URL("../../../", import.meta.url),
    env: { NO_COLOR: "1" },
  });
  const { code, stdout, stderr } = await command.output(), decoder = new TextDecoder();
  return { code, lines: decoder.decode(stdout).trimEnd().split("\n"), errors: decoder.decode(stderr) };
}

Deno.test(
  "a training that is stopped, loaded in a new process and goes on is the one that never stopped, bit for bit",
  programs,
  async () => {
    const folder = await Deno.makeTempDir();
    try {
      const whole = await run(`${folder}/whole`, 8);
      const parts = [await run(`${folder}/parts`, 3), await run(`${folder}/parts`, 1), await run(`${folder}/parts`, 4)];
      assertEquals([whole, ...parts].map(({ code }) => code), [0, 0, 0, 0]);
      assertEquals(parts.flatMap(({ lines }) => lines), whole.lines);
      assertEquals(whole.lines.length, 8);
      assertMatch(whole.lines[7]!, /^8 \d\.\d{6,}$/);
      // Params, moments, running statistics and the key: the files are equal byte for byte.
      assertEquals(await Deno.readFile(`${folder}/parts`), await Deno.readFile(`${folder}/whole`));

      await Deno.truncate(`${folder}/parts`, 1000);
      const broken = await run(`${folder}/parts`, 1);
      assertEquals(broken.code, 1);
      assertStringIncludes(broken.errors, "Cannot decode safetensors");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

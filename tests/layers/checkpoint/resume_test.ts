import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { inFolder, programs, runProgram } from "../../programs.ts";

/** Runs the training in a process of its own. */
const run = (file: string, steps: number) =>
  runProgram("tests/layers/checkpoint/training_program.ts", file, String(steps));

Deno.test(
  "a training stopped, loaded in a new process and continued is the one that never stopped, bit for bit",
  programs,
  () =>
    inFolder(async (folder) => {
      const whole = await run(`${folder}/whole`, 8);
      const parts = [await run(`${folder}/parts`, 3), await run(`${folder}/parts`, 1), await run(`${folder}/parts`, 4)];
      assertEquals([whole, ...parts].map(({ code }) => code), [0, 0, 0, 0]);
      // The losses of all steps.
      assertEquals(parts.map(({ output }) => output).join(""), whole.output);
      assertMatch(whole.output, /^(\d \d\.\d{6,}\n){8}$/);
      // Params, moments, running statistics and the key: the files are equal byte for byte.
      assertEquals(await Deno.readFile(`${folder}/parts`), await Deno.readFile(`${folder}/whole`));

      await Deno.truncate(`${folder}/parts`, 1000);
      const broken = await run(`${folder}/parts`, 1);
      assertEquals(broken.code, 1);
      assertStringIncludes(broken.errors, "Cannot decode safetensors");
    }),
);

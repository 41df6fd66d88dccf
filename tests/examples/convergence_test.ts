import { assert, assertEquals, assertMatch } from "@std/assert";
import { tableOf } from "../../examples/convergence.ts";
import { PROBLEMS, SETTINGS } from "../../examples/problems.ts";

Deno.test("the convergence table has a line for every optimizer, all columns in line", () => {
  const [title, heading, rule, ...rows] = tableOf("iris", { ...PROBLEMS.iris!, epochs: 2 }, [0, 1]);
  assertEquals(title, "\niris: medians of 2 runs, at most 2 epochs\n");
  assertMatch(heading!, /^\| optimizer +\|.*\| loss < 0.08 \| seconds \|$/);
  assertEquals(rows.length, SETTINGS.length);
  assertEquals(new Set([heading, rule, ...rows].map((line) => line!.length)).size, 1);
  rows.forEach((line, k) => {
    const { name, rates } = SETTINGS[k]!;
    assert(line.startsWith(`| ${name} `), line);
    assertEquals(Number(line.split("|")[2]), rates.small);
  });
});

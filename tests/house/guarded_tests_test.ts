import { assertEquals } from "@std/assert";
import { guardedFiles } from "./guarded_tests.ts";

const texts: Record<string, string> = {
  "tests/plain_test.ts": 'import { a } from "./a.ts";\nDeno.test("a", () => a());',
  "tests/reading_test.ts": 'Deno.test("b", () => Deno.readTextFileSync("b"));',
  "tests/indirect_test.ts": 'import { helper } from "./helper.ts";',
  "tests/library_test.ts": 'import { save } from "../layers/save.ts";',
  "tests/node_test.ts": 'const fs = await import("node:fs/promises");',
  "tests/a.ts": "export const a = () => 1;",
  "tests/helper.ts": 'import { b } from "./b.ts";',
  "tests/b.ts": 'import { helper } from "./helper.ts";\nexport const b = Deno.args;',
  "layers/save.ts": "export const save = () => Deno.writeFile;",
};
const tests = Object.keys(texts).filter((path) => path.endsWith("_test.ts"));

Deno.test("tests that touch the runtime are guarded ones, also through what they import, and others are not", () => {
  const guarded = guardedFiles(tests, (path) => texts[path] ?? "", (path) => path.startsWith("tests/"));
  assertEquals(guarded, ["tests/reading_test.ts", "tests/indirect_test.ts", "tests/node_test.ts"]);
});

import { assert, assertEquals } from "@std/assert";
import { mutationsOf } from "./sites.ts";
import { stagesOf } from "./stages.ts";

const SOURCE = `import { one } from "./one.ts";
type Width = 1 | 2;
/** 1 + 1 */
export function f(a: number, flag = true): number {
  if (a < 3) throw new RangeError("too small: " + a * 2);
  const text = "a" + "b";
  return flag && [a].some((x) => x > 0) ? Math.max(a, 0) - one : a;
}
`;

Deno.test("mutations change operators, numbers, conditions and functions, but no types, imports, texts and errors", () => {
  const found = mutationsOf("f.ts", SOURCE);
  assertEquals(found.map(({ line, what }) => `${line}: ${what}`), [
    "4: true becomes false",
    "5: a < 3 becomes !(a < 3)",
    "5: < becomes <=",
    "5: 3 becomes (3 + 1)",
    "7: flag && [a].some((x) => x > 0) becomes !(flag && [a].some((x) => x > 0))",
    "7: && becomes ||",
    "7: some becomes every",
    "7: > becomes >=",
    "7: 0 becomes 1",
    "7: Math.max becomes Math.min",
    "7: 0 becomes 1",
    "7: - becomes +",
  ]);
  for (const { start, end, what } of found) assert(what.startsWith(SOURCE.slice(start, end)));
});

Deno.test("the tests of a file come first, then those of its folder, then the general ones, each once", () => {
  const tests = [
    "tests/a/b_test.ts",
    "tests/a/c_test.ts",
    "tests/a/deep/d_test.ts",
    "tests/e_test.ts",
    "tests/soak/soak_test.ts",
  ];
  const imported = new Map([["tests/e_test.ts", ["a/b.ts"]]]);
  assertEquals(stagesOf("a/b.ts", tests, imported), [
    ["tests/a/b_test.ts", "tests/e_test.ts"],
    ["tests/a/c_test.ts"],
    ["tests/soak/soak_test.ts"],
  ]);
});

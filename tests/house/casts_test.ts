import { assertEquals } from "@std/assert";
import { unexplainedCasts } from "./casts.ts";
import { filesIn, textOf } from "./source_files.ts";

const FOLDERS = ["autograd", "blas", "layers", "optim"];

Deno.test({
  name: "every cast in the library has a comment that gives its reason",
  ignore: Deno.permissions.querySync({ name: "read" }).state !== "granted",
  fn: () => {
    const found = FOLDERS.flatMap(filesIn).flatMap((path) =>
      unexplainedCasts(textOf(path)).map(({ line, code }) => `${path}:${line}: ${code}`)
    );
    assertEquals(found, []);
  },
});

Deno.test("a cast without a comment is found, and one with a comment on its line or on the line above is not", () => {
  const program = `import { a as b } from "c";
const one = a as number;

const two = b as string; // a reason

/** A reason. */
const three = f(b as
  readonly number[]);
const four = [1] as const;

const text = "x as y", five = (b as unknown) as { readonly z: 1 };
export { b as d };
`;
  assertEquals(unexplainedCasts(program), [
    { line: 2, code: "a as number" },
    { line: 11, code: "(b as unknown) as { readonly z: 1 }" },
    { line: 11, code: "b as unknown" },
  ]);
});

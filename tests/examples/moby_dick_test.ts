import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { loadMobyDick } from "../../examples/moby_dick.ts";

const read = Deno.permissions.querySync({ name: "read" }).state === "granted";

Deno.test("the book begins as it should, and is whole", { ignore: !read }, () => {
  const book = loadMobyDick();
  assert(book._tag === "Right");
  assertMatch(book.right, /^CHAPTER 1\. Loomings\.\n\nCall me Ishmael\. /);
  assertStringIncludes(book.right.slice(-200), "as it rolled five thousand years ago.");
  assertEquals([book.right.length > 1_190_000, new Set(book.right).size], [true, 83]);
});

Deno.test("a book that cannot be read is told with the remedy", () => {
  const missing = loadMobyDick(new URL("file:///nowhere/data.txt"));
  assert(missing._tag === "Left");
  assertMatch(missing.left, /^Cannot read Moby-Dick: .*: the file must be readable; /);
});

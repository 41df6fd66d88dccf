import { assertEquals } from "@std/assert";
import * as fpts from "fp-ts/function.js";
import { pipe } from "../../blas/pipe.ts";

Deno.test("pipe() applies functions in the order in which they are written, as fp-ts does", () => {
  const increased = (x: number) => x + 1, text = (x: number) => `${x}`, length = (x: string) => x.length;
  assertEquals(pipe(9, increased), 10);
  assertEquals(pipe(9, increased, text), "10");
  assertEquals(pipe(9, increased, text, length), fpts.pipe(9, increased, text, length));
});

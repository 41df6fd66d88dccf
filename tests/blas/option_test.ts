import { assertEquals } from "@std/assert";
import * as fpts from "fp-ts/Option.js";
import * as option from "../../blas/option.ts";

Deno.test("the functions of Option return what fp-ts's functions return", () => {
  assertEquals(option.none, fpts.none);
  for (const value of [undefined, null, 0, "", false, Number.NaN, "text"]) {
    assertEquals(option.some(value), fpts.some(value));
    assertEquals(option.fromNullable(value), fpts.fromNullable(value));
  }
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import { DataError } from "../../../optim/data/mod.ts";
import { failed, inBytes, orThrow, problemOf } from "../../../optim/data/data_error.ts";
import { right } from "../../../blas/either.ts";

const DETAILS = { action: "read a thing", given: "3 bytes", problem: "it is short", remedy: "fetch it again" };

Deno.test("DataError carries its parts, and joins them in a message", () => {
  const cause = new Error("below"), error = new DataError(DETAILS, { cause });
  assertEquals(error.message, "Cannot read a thing: 3 bytes: it is short; fetch it again");
  assertEquals({ ...DETAILS, name: "DataError" }, { ...error, name: error.name });
  assert(error instanceof Error && error.cause === cause);
});

Deno.test("orThrow() gives the answer or throws the error", () => {
  assertEquals(orThrow(right(3)), 3);
  assertThrows(() => orThrow(failed(DETAILS)), DataError, "it is short");
});

Deno.test("problemOf() makes one line of what was thrown, without a period", () => {
  assertEquals([problemOf(new Error("Broken.\nMore")), problemOf("x"), problemOf(new Error(""))], [
    "Broken",
    "x",
    "it is damaged",
  ]);
  assertEquals([inBytes(1), inBytes(2)], ["1 byte", "2 bytes"]);
});

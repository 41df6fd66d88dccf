import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { CheckpointError, ConfigError } from "../../../layers/checkpoint/errors.ts";

const details = {
  action: "decode a checkpoint",
  given: "5 bytes",
  problem: "they are too few",
  remedy: "fetch it again",
};

Deno.test("errors of files and configurations have a message, its parts and a cause", () => {
  for (const Class of [CheckpointError, ConfigError]) {
    const cause = new RangeError("inner"), error = new Class(details, { cause });
    assertInstanceOf(error, Error);
    assertEquals(error.message, "Cannot decode a checkpoint: 5 bytes: they are too few; fetch it again");
    const { action, given, problem, remedy } = error;
    assertEquals([error.name, { action, given, problem, remedy }], [Class.name, details]);
    assertStrictEquals(error.cause, cause);
  }
});

import { assertEquals, assertThrows } from "@std/assert";
import { completeOptions } from "../../../autograd/compile/options.ts";

Deno.test("completeOptions() fills in the defaults", () => {
  assertEquals(completeOptions({}), { variants: 32, warn: true, profile: false, passes: {} });
  assertEquals(completeOptions({ variants: 1, warn: false, profile: true }), {
    variants: 1,
    warn: false,
    profile: true,
    passes: {},
  });
});

Deno.test("completeOptions() refuses wrong numbers, types, names and passes", () => {
  for (const variants of [0, -1, 1.5, NaN, Infinity]) {
    assertThrows(() => completeOptions({ variants }), RangeError, `Cannot compile with variants ${variants}`);
  }
  assertThrows(() => completeOptions({ warn: 1 as never }), TypeError, "Cannot compile with warn 1");
  assertThrows(() => completeOptions({ profile: "yes" as never }), TypeError, 'Cannot compile with profile "yes"');
  assertThrows(() => completeOptions({ variant: 1 } as never), TypeError, "variant");
  assertThrows(() => completeOptions({ passes: { without: ["fuse" as never] } }), Error, "fuse");
});

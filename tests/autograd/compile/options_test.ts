import { assertEquals, assertThrows } from "@std/assert";
import { type CompileOptions, completeOptions } from "../../../autograd/compile/options.ts";

Deno.test("completeOptions() keeps 32 programs and warns where nothing else is said", () => {
  assertEquals(completeOptions({}), { variants: 32, warn: true, passes: {} });
  assertEquals(completeOptions({ variants: 2, warn: false }), { variants: 2, warn: false, passes: {} });
});

Deno.test("completeOptions() names what is wrong, and what to do", () => {
  const wrong: readonly (readonly [options: unknown, message: string])[] = [
    [{ variants: 0 }, "Cannot compile with variants 0: it must be a whole number above 0"],
    [{ variants: 1.5 }, "leave it out for 32"],
    [{ warn: "no" }, "Cannot compile with warn no: it must be true or false"],
    [{ passes: { without: ["fuse"] } }, 'Cannot optimize without "fuse"'],
    [{ passes: { with: [] } }, "with"],
    [{ variant: 3 }, "variant"],
  ];
  for (const [options, message] of wrong) {
    assertThrows(() => completeOptions(options as CompileOptions), Error, message);
  }
});

import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { checkVersion, MADE_BY, shared } from "../../blas/shared.ts";
import { VERSION } from "../../blas/version.ts";
import configuration from "../../deno.json" with { type: "json" };

Deno.test("VERSION is that of deno.json", () => {
  assertEquals(VERSION, configuration.version);
});

Deno.test("shared() makes a value for the first who asks, and gives it to all others", () => {
  let made = 0;
  const first = shared("shared_test", () => ({ made: ++made })),
    second = shared("shared_test", () => ({ made: ++made }));
  assertStrictEquals(first, second);
  assertEquals(made, 1);
});

Deno.test("shared() keeps a value that is undefined", () => {
  let made = 0;
  for (let k = 0; k < 2; k++) shared("shared_test: undefined", () => void made++);
  assertEquals(made, 1);
});

Deno.test("checkVersion() refuses what says that another version made it, and nothing else", () => {
  for (const value of [{}, [], new Map(), { [MADE_BY]: VERSION }]) checkVersion("tensor", value);
  assertThrows(
    () => checkVersion("key", { [MADE_BY]: "9.0.0" }),
    TypeError,
    `Cannot use a key of nanograd 9.0.0 with nanograd ${VERSION}: `,
  );
});

Deno.test("what is shared cannot be seen among the globals", () => {
  assertEquals(Object.keys(globalThis).filter((name) => name.includes("nanograd")), []);
  assertEquals(Object.getOwnPropertyDescriptor(globalThis, Symbol.for("nanograd shared"))?.enumerable, false);
});

import { assertEquals, assertThrows } from "@std/assert";
import { key } from "../../autograd/mod.ts";
import { initializers } from "../../layers/mod.ts";
import { checkEpsilon, checkFlag, checkKey, checkName, checkSize, initializerConfig } from "../../layers/checks.ts";

Deno.test("checks accept valid settings", () => {
  checkSize("build Dense", "inputSize", 1);
  checkEpsilon("build LayerNorm", 0);
  checkName("build Dense", "");
  checkFlag("build Dense", "bias", false);
  checkKey("Dense", key(0));
});

Deno.test("checks refuse invalid settings, and name the setting and its value", () => {
  for (const size of [0, -1, 1.5, NaN]) {
    assertThrows(() => checkSize("build Dense", "inputSize", size), RangeError, `with inputSize ${size}`);
  }
  for (const epsilon of [-1, NaN, Infinity]) assertThrows(() => checkEpsilon("build", epsilon), RangeError, "1e-5");
  assertThrows(() => checkName("build Dense", 3 as never), TypeError, "Cannot build Dense with name 3");
  assertThrows(() => checkFlag("build Dense", "bias", 1 as never), TypeError, "Cannot build Dense with bias 1");
  assertThrows(() => checkKey("Dense", 0 as never), TypeError, "Cannot initialize Dense with 0");
});

Deno.test("initializerConfig() leaves out the default initializer, settings compared", () => {
  assertEquals(initializerConfig(initializers.normal(1), initializers.normal(1)), {});
  assertEquals(initializerConfig(initializers.normal(2), initializers.normal(1)), {
    initializer: { name: "normal", config: { std: 2 } },
  });
});

import { assertEquals, assertThrows } from "@std/assert";
import { activations, key, tensor64 } from "../../mod.ts";
import { checkOptions, type OptionNames } from "../../blas/options.ts";

type Options = { readonly learningRate?: number; readonly nesterov?: boolean };

const NAMES: OptionNames<Options> = { learningRate: true, nesterov: true };

const messageOf = (options: unknown): string =>
  assertThrows(() => checkOptions("build sgd", options as Options, NAMES), TypeError).message;

Deno.test("checkOptions() accepts known names, and fields that are undefined", () => {
  for (const options of [{}, { learningRate: 1 }, { nesterov: true, learningRate: 1 }, { momentum: undefined }]) {
    checkOptions("build sgd", options as Options, NAMES);
  }
});

Deno.test("checkOptions() names the unknown option, the existing options, and the one that was meant", () => {
  const told = "the options are learningRate, nesterov; ";
  assertEquals(
    messageOf({ momentum: 0.9 }),
    `Cannot build sgd with the option "momentum": ${told}correct the name, or leave it out`,
  );
  for (
    const misspelt of ["learning_rate", "LearningRate", "learningrate", "learnigRate", "learninggRate", "learningRaze"]
  ) {
    assertEquals(
      messageOf({ [misspelt]: 1 }),
      `Cannot build sgd with the option "${misspelt}": ${told}write learningRate`,
    );
  }
  assertEquals(
    messageOf({ toString: 1 }),
    `Cannot build sgd with the option "toString": ${told}correct the name, or leave it out`,
  );
});

Deno.test("checkOptions() rejects options that are not a record", () => {
  for (
    const [given, name] of [[null, "null"], [3, "3"], ["x", '"x"'], [[1], "an array of 1"], [() => 1, "a function"]]
  ) {
    assertEquals(
      messageOf(given),
      `Cannot build sgd with ${name} for options: they must be a record of options; pass { learningRate: … }`,
    );
  }
});

Deno.test("checkOptions() takes true, false and undefined for a flag, and nothing else", () => {
  const check = (nesterov: unknown) =>
    checkOptions("build sgd", { nesterov } as Options, { learningRate: true, nesterov: "flag" });
  for (const flag of [true, false, undefined]) check(flag);
  for (const [given, name] of [[0, "0"], [1, "1"], ["yes", '"yes"'], [null, "null"]] as const) {
    assertThrows(() => check(given), TypeError, `Cannot build sgd with nesterov ${name}: it must be true or false`);
  }
});

Deno.test("the list of names is complete, or does not type-check", () => {
  // @ts-expect-error: nesterov is missing
  const missing: OptionNames<Options> = { learningRate: true };
  // @ts-expect-error: momentum is none of the options
  const extra: OptionNames<Options> = { learningRate: true, nesterov: true, momentum: true };
  assertEquals([missing, extra].length, 2);
});

Deno.test("a tensor, a key, an activation or a typed array in place of options is named, not its first field", () => {
  const answers = [tensor64(1), key(0), activations.relu, new Float32Array(2)].map((given) =>
    messageOf(given).match(/^Cannot build sgd with (.*) for options/)?.[1]
  );
  assertEquals(answers, [
    "a float64 tensor []",
    "a record of tag, words",
    "a record of tag, name, config, forward",
    "an instance of Float32Array",
  ]);
});

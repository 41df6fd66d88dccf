import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import * as either from "fp-ts/Either.js";
import { helpText, parseArguments, type Settings } from "../../examples/arguments.ts";

const DEFAULTS: Settings = {
  epochs: 5,
  batch: 64,
  learningRate: 0.001,
  seed: 0,
  limit: undefined,
  engine: "simd",
  threads: 1,
  run: "mnist_run",
  saveEvery: 200,
  resume: false,
  out: "mnist_curves.svg",
};

const parse = (line: string) => parseArguments(line.split(" ").filter((word) => word !== ""));

/** The settings that a command line asks for. */
function settings(line: string): Settings {
  const parsed = parse(line);
  assert(either.isRight(parsed) && parsed.right.kind === "train");
  return parsed.right.settings;
}

/** What is wrong with a command line. */
function problems(line: string): readonly string[] {
  const parsed = parse(line);
  assert(either.isLeft(parsed));
  return parsed.left;
}

Deno.test("parseArguments() gives the defaults where nothing is said", () => {
  assertEquals(settings(""), DEFAULTS);
});

const RUN = { run: "here", saveEvery: 7, resume: true };

Deno.test("parseArguments() takes every flag, with a space or an equals sign", () => {
  const wanted = {
    epochs: 2,
    batch: 128,
    learningRate: 3e-4,
    seed: 42,
    limit: 5000,
    engine: "machine" as const,
    threads: 2,
    out: "here/a.svg",
    ...RUN,
  };
  assertEquals(
    settings(
      "--epochs 2 --batch 128 --learning-rate 3e-4 --seed 42 --limit 5000 --engine machine --threads 2 --out here/a.svg " +
        "--run here --save-every 7 --resume",
    ),
    wanted,
  );
  assertEquals(
    settings(
      "--out=here/a.svg --threads=2 --engine=machine --limit=5000 --seed=42 --learning-rate=.0003 --batch=128 --epochs=2 " +
        "--resume --save-every=7 --run=here",
    ),
    wanted,
  );
});

Deno.test("parseArguments() reads back every setting", () => {
  const count = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
  const rate = fc.double({ min: 0, minExcluded: true, noNaN: true, noDefaultInfinity: true });
  fc.assert(fc.property(count, count, rate, fc.maxSafeNat(), count, (epochs, batch, learningRate, seed, limit) => {
    const line = `--epochs ${epochs} --batch ${batch} --learning-rate ${learningRate} --seed ${seed} --limit ${limit}`;
    assertEquals(settings(line), { ...DEFAULTS, epochs, batch, learningRate, seed, limit });
  }));
});

Deno.test("parseArguments() returns a result whatever the words", () => {
  const word = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.constantFrom(
      "--",
      "-",
      "--epochs",
      "--seed=",
      "-h",
      "--out",
      "--__proto__",
      "--constructor.x",
      "--limit.y",
      "3",
    ),
  );
  fc.assert(fc.property(fc.array(word), (args) => {
    const parsed = parseArguments(args);
    assert(either.isRight(parsed) || parsed.left.every((line) => line.startsWith("Cannot train with ")));
    assert(either.isRight(parsed) || parsed.left.length > 0);
  }));
});

Deno.test("parseArguments() refuses invalid numbers", () => {
  const refused = {
    epochs: ["0", "-1", "2.5", "1e3", "NaN", "Infinity", "-Infinity", "abc", "0x10", "9007199254740992", "+3", "१"],
    batch: ["0", "-64", "0.5", "NaN"],
    "learning-rate": ["0", "-0.1", "-.1", "NaN", "Infinity", "-inf", "1e400", "1e-400", "0x1", "fast", ".", "1,5"],
    seed: ["-1", "1.5", "NaN", "9007199254740992"],
    limit: ["0", "-5", "1.5", "NaN"],
    out: ["picture.png", ".svg", "folder/.svg", "svg"],
  };
  for (const [flag, values] of Object.entries(refused)) {
    for (const value of values) {
      for (const line of [`--${flag} ${value}`, `--${flag}=${value}`]) {
        const found = problems(line);
        assertEquals(found.length, 1, line);
        assertStringIncludes(found[0]!, `Cannot train with --${flag} ${value}: it takes `);
      }
    }
  }
});

Deno.test("parseArguments() names every problem at once, and the remedy", () => {
  assertEquals(problems("--epochs 2.5 --epoch 3 --batch"), [
    "Cannot train with --epoch: this flag does not exist; did you mean --epochs?",
    "Cannot train with --epochs 2.5: it takes a whole number from 1 to 2^53 - 1; try --epochs 5",
    "Cannot train with --batch without a value: it takes a whole number from 1 to 2^53 - 1; try --batch 64",
  ]);
});

Deno.test("parseArguments() refuses a flag without its value, a flag twice, unknown flags and loose words", () => {
  const first = (line: string): string => problems(line)[0]!;
  for (const line of ["--epochs", "--epochs=", "--epochs --batch 3"]) {
    assertStringIncludes(first(line), "--epochs without a value");
  }
  assertStringIncludes(first("--seed 1 --seed 1"), "--seed given 2 times");
  for (const flag of ["--momentum", "--no-epochs", "-e", "-x3", "--", "--epochs.x", "--__proto__", "-"]) {
    assertStringIncludes(first(flag === "--" ? "-- --epochs" : flag), "this flag does not exist");
  }
  assertStringIncludes(first("--momentum=3"), "Cannot train with --momentum: this flag does not exist; --help lists");
  assertStringIncludes(first("5"), 'Cannot train with "5"');
});

Deno.test("parseArguments() gives help whatever else is said", () => {
  for (const line of ["--help", "-h", "--help --epochs 0", "--epochs 3 -h"]) {
    assertEquals(parse(line), either.right({ kind: "help" }));
  }
});

Deno.test("the help text lists every flag and its default", () => {
  for (
    const [flag, value] of [["epochs N", "5"], ["batch N", "64"], ["learning-rate RATE", "0.001"], ["seed N", "0"]]
  ) {
    assert(new RegExp(`--${flag} .*\\(default: ${value}\\)`).test(helpText()), flag);
  }
  assert(/--limit N .*\(default: all\)/.test(helpText()));
  assert(/--out FILE .*\(default: mnist_curves\.svg\)/.test(helpText()));
  assert(helpText().split("\n").every((line) => line.length <= 120));
});

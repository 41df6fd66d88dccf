import { assert, assertEquals } from "@std/assert";
import * as either from "fp-ts/Either.js";
import {
  batchFlag,
  filePath,
  formatHelp,
  limitFlag,
  parseFlags,
  positiveNumber,
  wholeNumber,
} from "../../examples/flags.ts";

const flags = {
  rate: { name: "rate", placeholder: "R", help: "how fast", fallback: 0.5, example: "0.1", read: positiveNumber },
  batch: batchFlag(8, "images"),
  limit: limitFlag,
} as const;

const parse = (...args: readonly string[]) => parseFlags(flags, args);

Deno.test("parseFlags() reads every setting under its own name and type", () => {
  const parsed = parse("--rate", "0.25", "--limit=3");
  assert(parsed._tag === "Right" && parsed.right.kind === "run");
  const { rate, batch, limit }: { rate: number; batch: number; limit: number | undefined } = parsed.right.settings;
  assertEquals({ rate, batch, limit }, { rate: 0.25, batch: 8, limit: 3 });
  assertEquals(parse(), { _tag: "Right", right: { kind: "run", settings: { rate: 0.5, batch: 8, limit: undefined } } });
  assertEquals(parse("--rate", "x", "-h"), { _tag: "Right", right: { kind: "help" } });
});

Deno.test("parseFlags() names every problem: loose words, unknown flags, wrong and doubled values", () => {
  assertEquals(parse("word", "--rat", "1", "--rate", "-1", "--batch", "2", "--batch", "3"), {
    _tag: "Left",
    left: [
      'Cannot train with "word": values must follow a flag; --help lists the flags',
      "Cannot train with --rat: this flag does not exist; did you mean --rate?",
      "Cannot train with --rate -1: it takes a finite number above 0; try --rate 0.1",
      "Cannot train with --batch given 2 times: once is enough; keep one of them",
    ],
  });
});

Deno.test("formatHelp() has a line for every flag, and defaults where there are some", () => {
  assertEquals(formatHelp("Does it.", "deno task it", flags).split("\n"), [
    "Does it.",
    "",
    "Usage: deno task it",
    "",
    "  --rate R    how fast (default: 0.5)",
    "  --batch N   images per step (default: 8)",
    "  --limit N   train only on the first N images (default: all)",
    "  -h, --help  show this text",
  ]);
});

Deno.test("values are read completely, or refused with what is wanted", () => {
  const { left, right } = either;
  assertEquals(wholeNumber(1)("12"), right(12));
  for (const text of ["0", "1.5", "-1", "", "1e3", "99999999999999999999"]) {
    assertEquals(wholeNumber(1)(text), left("a whole number from 1 to 2^53 - 1"));
  }
  assertEquals(positiveNumber("1e-3"), right(0.001));
  assertEquals(positiveNumber(".5"), right(0.5));
  for (const text of ["0", "-1", "1e999", "Infinity", "NaN", ""]) {
    assertEquals(positiveNumber(text), left("a finite number above 0"));
  }
  assertEquals(filePath("txt")("a/b.TXT"), right("a/b.TXT"));
  for (const text of ["", "a", ".txt", "a/.txt", "a.txt.b"]) {
    assertEquals(filePath("txt")(text), left("the path of a file that ends in .txt"));
  }
});

import { assertThrows } from "@std/assert";
import { adam, clipNorm } from "../../optim/mod.ts";
import { checkFlag, checkOptimizer, checkPart, checkTransform } from "../../optim/check_parts.ts";

Deno.test("truth values, optimizers and transforms are accepted where they belong", () => {
  checkFlag("sgd", "nesterov", false);
  checkOptimizer("accumulate", adam());
  checkTransform("masked", clipNorm(1));
  for (const part of [adam(), clipNorm(1)]) checkPart("chain", part);
});

Deno.test("other values are refused by name", () => {
  assertThrows(() => checkFlag("sgd", "nesterov", 1), TypeError, "Cannot build sgd with 1 for nesterov");
  assertThrows(() => checkOptimizer("accumulate", clipNorm(1)), TypeError, "as its optimizer");
  assertThrows(() => checkTransform("masked", adam()), TypeError, "as its transform");
  assertThrows(() => checkPart("chain", null), TypeError, "Cannot build chain with null as a part");
});

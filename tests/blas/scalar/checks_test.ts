import { assertThrows } from "@std/assert";
import { checkArguments, checkFunctionName, checkReplacer, checkScalars } from "../../../blas/scalar/checks.ts";
import { argument } from "../../../blas/scalar/scalar.ts";

Deno.test("the checks of scalar expressions let good values pass, and name others", () => {
  checkArguments([1]);
  checkFunctionName({ exp: Math.exp }, "exp");
  checkReplacer(() => undefined);
  checkScalars([argument(0)]);
  assertThrows(() => checkArguments(null), TypeError, "arguments must be an array of numbers");
  assertThrows(
    () => checkFunctionName({ exp: Math.exp }, "constructor"),
    TypeError,
    "the functions are exp; pass the name",
  );
  assertThrows(() => checkReplacer(3), TypeError, "it must be a function of a part");
  assertThrows(() => checkScalars(3 as never), TypeError, "they must be scalar expressions in an array");
  assertThrows(() => checkScalars([{}]), TypeError, "it must be a scalar expression");
});

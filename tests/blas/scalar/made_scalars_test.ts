import { assertEquals, assertThrows } from "@std/assert";
import { checkScalar, madeOf } from "../../../blas/scalar/made_scalars.ts";
import { evaluateScalar } from "../../../blas/scalar/evaluate.ts";
import { add, argument, exp, substitute } from "../../../blas/scalar/scalar.ts";
import { derivative } from "../../../blas/scalar/derivative.ts";

const x = argument(0);

Deno.test("expressions are what the builders have made, and no copy of them", () => {
  checkScalar("test", exp(x));
  const made = madeOf({ kind: "mine" });
  checkScalar("test", made);
  assertEquals([made.kind, Object.isFrozen(made)], ["mine", true]);
  for (const forged of [{ ...x }, structuredClone(x), null, 1, "x"]) {
    assertThrows(
      () => checkScalar("test", forged),
      TypeError,
      "it must be a scalar expression; begin with argument(0)",
    );
  }
});

Deno.test("forged expressions are refused by whoever would walk their parts", () => {
  const forged = { ...exp(x), inputs: null } as unknown as typeof x;
  for (
    const walk of [
      () => add(forged, 1),
      () => derivative(forged, 0),
      () => evaluateScalar(forged, [1]),
      () => substitute(forged, () => undefined),
      () => substitute(exp(x), () => forged),
    ]
  ) assertThrows(walk, TypeError, "it must be a scalar expression");
});

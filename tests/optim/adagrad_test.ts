import { assertThrows } from "@std/assert";
import { adagrad } from "../../optim/adagrad.ts";

// Its numbers are compared with PyTorch's in tests/torch/optimizers_test.ts.
Deno.test("adagrad refuses invalid settings, and names them", () => {
  for (const name of ["learningRate", "epsilon", "weightDecay"] as const) {
    for (const bad of [NaN, Infinity, -1]) {
      assertThrows(
        () => adagrad({ [name]: bad }),
        RangeError,
        `Cannot build adagrad with ${name} ${bad}: ${name} must be`,
      );
    }
  }
});

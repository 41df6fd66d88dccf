import { assertThrows } from "@std/assert";
import { rmsprop } from "../../optim/rmsprop.ts";

// Its numbers are compared with PyTorch's in tests/torch/optimizers_test.ts.
Deno.test("rmsprop refuses invalid settings, and names them", () => {
  for (const name of ["learningRate", "alpha", "epsilon", "weightDecay", "momentum"] as const) {
    for (const bad of [NaN, Infinity, -1]) {
      assertThrows(
        () => rmsprop({ [name]: bad }),
        RangeError,
        `Cannot build rmsprop with ${name} ${bad}: ${name} must be`,
      );
    }
  }
});

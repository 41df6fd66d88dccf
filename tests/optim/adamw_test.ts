import { assertThrows } from "@std/assert";
import { adamw } from "../../optim/adamw.ts";

// Its numbers are compared with PyTorch's in tests/torch/optimizers_test.ts.
Deno.test("adamw refuses invalid settings, and names them", () => {
  for (const name of ["learningRate", "beta1", "beta2", "epsilon", "weightDecay"] as const) {
    for (const bad of [NaN, Infinity, -1]) {
      assertThrows(() => adamw({ [name]: bad }), RangeError, `Cannot build adamw with ${name} ${bad}: ${name} must be`);
    }
  }
});

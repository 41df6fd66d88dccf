import { assertThrows } from "@std/assert";
import type { Program } from "../../../blas/program/program.ts";
import { checkCarried, checkWritten } from "../../../blas/program/target.ts";
import { allocate, type View } from "../../../blas/view.ts";

const type = { dtype: "float32", shape: [2] } as const;

/** Two parameters, which are also the results. */
const program: Program = { parameters: [type, type], constants: [], instructions: [], results: [0, 1] };

Deno.test("carried results must each have a parameter of their own", () => {
  checkCarried(program, [[0, 1], [1, 0]]);
  for (const wrong of [[[2, 0]], [[0, 2]], [[0, 0], [1, 0]]] as const) {
    assertThrows(() => checkCarried(program, wrong), TypeError, "Cannot carry results");
  }
});

Deno.test("a view that is written must have the parameter's dtype and size", () => {
  checkWritten(program, 0, allocate("float32", [2]) as View);
  for (const wrong of [allocate("float64", [2]), allocate("float32", [3])]) {
    assertThrows(
      () => checkWritten(program, 0, wrong as View),
      TypeError,
      "to parameter 0: it must be float32 of shape [2]",
    );
  }
});

import { assertStrictEquals } from "@std/assert";
import { engines } from "../../../blas/engines.ts";
import { plainLoops } from "../../../blas/reference/plain_loops.ts";

Deno.test("the plain loops are functions of the reference engine, but for draws", () => {
  const { draw: _, ...others } = plainLoops; // the one of the engine has the inverse error function from the start
  for (const [name, f] of Object.entries(others)) {
    assertStrictEquals(f, engines.reference[name as keyof typeof plainLoops], name);
  }
});

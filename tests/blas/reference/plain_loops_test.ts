import { assertStrictEquals } from "@std/assert";
import { engines } from "../../../blas/engines.ts";
import { plainLoops } from "../../../blas/reference/plain_loops.ts";

Deno.test("the plain loops are functions of the reference engine", () => {
  for (const [name, f] of Object.entries(plainLoops)) {
    assertStrictEquals(f, engines.reference[name as keyof typeof plainLoops], name);
  }
});

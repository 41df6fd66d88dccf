import { assertEquals, assertStrictEquals } from "@std/assert";
import type { Engine } from "../../blas/engine.ts";
import { chooseEngine, chosenEngine, enginePart, withEngine } from "../../blas/engine_in_use.ts";
import { engines, setEngine } from "../../blas/engines.ts";

/** A part with a function that only counts how often it was made. */
function counted(): { readonly part: ReturnType<typeof enginePart<"nrm2">>; readonly times: () => number } {
  let made = 0;
  const part = enginePart(["nrm2"], () => {
    made++;
    return { nrm2: () => -1 };
  });
  return { part, times: () => made };
}

Deno.test("a function of the default engine stays the one that was made first", () => {
  const { nrm2 } = engines.simd, { part, times } = counted();
  assertStrictEquals(part.standard().nrm2, nrm2);
  assertStrictEquals(part.inUse().nrm2, nrm2);
  assertEquals(times(), 0);
});

Deno.test("parts give the functions of the engine that was chosen, and those of the default one otherwise", () => {
  const { part } = counted(), mine: Engine = { ...engines.reference, name: "mine" };
  const previous = setEngine(mine);
  try {
    assertStrictEquals(part.inUse(), mine);
    assertStrictEquals(chosenEngine(), mine);
    assertStrictEquals(part.standard().nrm2, engines.simd.nrm2);
    chooseEngine(undefined);
    assertStrictEquals(part.inUse().nrm2, engines.simd.nrm2);
  } finally {
    setEngine(previous);
  }
});

Deno.test("withEngine() puts back that no engine was chosen", () => {
  const previous = chosenEngine();
  chooseEngine(undefined);
  try {
    assertStrictEquals(withEngine(engines.reference, chosenEngine), engines.reference);
    assertEquals(chosenEngine(), undefined);
  } finally {
    chooseEngine(previous);
  }
});

import { assertStrictEquals } from "@std/assert";
import type { Engine } from "../../../blas/engine.ts";
import type { EnginePart } from "../../../blas/engine_in_use.ts";
import { engines } from "../../../blas/engines.ts";
import { standardContext } from "../../../blas/parts/context.ts";
import { convolutionPart } from "../../../blas/parts/convolution.ts";
import { copyPart } from "../../../blas/parts/copy.ts";
import { normalDrawPart } from "../../../blas/parts/draw.ts";
import { gatherPart } from "../../../blas/parts/gather.ts";
import { joinPart } from "../../../blas/parts/join.ts";
import { mapPart } from "../../../blas/parts/map.ts";
import { plainCopyPart } from "../../../blas/parts/plain_copy.ts";
import { productPart } from "../../../blas/parts/product.ts";
import { reducePart } from "../../../blas/parts/reduce.ts";
import { rowsPart } from "../../../blas/parts/rows.ts";
import { searchPart } from "../../../blas/parts/search.ts";
import { vectorPart } from "../../../blas/parts/vector.ts";
import { hasSimd } from "../../../blas/simd/features.ts";

const PARTS: readonly EnginePart[] = [
  copyPart,
  normalDrawPart,
  gatherPart,
  joinPart,
  mapPart,
  reducePart,
  rowsPart,
  searchPart,
  productPart,
  convolutionPart,
  vectorPart,
];

Deno.test("the parts together are the simd engine, function by function, without name and compile", () => {
  const together: Partial<Engine> = Object.assign({}, ...PARTS.map((part) => part.standard()));
  for (const [name, f] of Object.entries(engines.simd)) {
    if (name !== "name" && name !== "compile") assertStrictEquals(together[name as keyof Engine], f, name);
  }
});

Deno.test("all parts compute in one memory", { ignore: !hasSimd() }, () => {
  assertStrictEquals(standardContext(), standardContext());
});

Deno.test("both parts that copy have one function, and the engine's is the one with kernels", () => {
  assertStrictEquals(plainCopyPart.standard().copy, copyPart.standard().copy);
  assertStrictEquals(plainCopyPart.standard().copy, engines.simd.copy);
});

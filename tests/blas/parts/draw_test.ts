import { assertEquals, assertThrows } from "@std/assert";
import { compile } from "../../../autograd/compile/compile.ts";
import { type Key, key } from "../../../autograd/random/key.ts";
import { randomNormal, randomUniform } from "../../../autograd/random/random.ts";
import { toList } from "../../../autograd/values/read.ts";
import { functionsInUse } from "../../../blas/parts/arithmetic.ts";
import { drawPart } from "../../../blas/parts/draw.ts";
import { inversesInUse } from "../../../blas/reference/draw.ts";
import { hasSimd } from "../../../blas/simd/features.ts";
import { allocate } from "../../../blas/view.ts";

// Nothing here may import `engines`, which makes all parts.
Deno.test("only normal numbers bring the inverse error function, plainly and compiled", { ignore: !hasSimd() }, () => {
  const uniform = compile((k: Key) => randomUniform(k, [3])), normal = compile((k: Key) => randomNormal(k, [3]));
  assertEquals(toList(uniform(key(1))), toList(randomUniform(key(1), [3])));
  assertEquals([functionsInUse.current.erfInverse, inversesInUse.current], [undefined, undefined]);
  assertThrows(
    () => drawPart.standard().draw({ kind: "normal", mean: 0, std: 1 }, [0, 1], allocate("float32", [2])),
    TypeError,
    "draw them with randomNormal",
  );
  assertEquals(toList(normal(key(1))), toList(randomNormal(key(1), [3])));
});

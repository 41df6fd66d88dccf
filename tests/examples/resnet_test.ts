import { assert, assertEquals } from "@std/assert";
import { residualReader } from "../../examples/resnet.ts";
import { isResidual, key, parameterCount } from "../../mod.ts";

Deno.test("the residual network has a block whose input goes around it, and two with a projection that halves images", () => {
  const reader = residualReader();
  assertEquals(reader.layers.map((layer) => isResidual(layer) ? layer.layers.length : 0), [0, 1, 2, 2, 0, 0]);
  const shapes = [0, 1, 2, 3, 4, 5].reduce((sofar: readonly (readonly number[])[], k) => {
    const shape = reader.layers[k]!.outputShape(sofar.at(-1)!);
    assert(shape._tag === "Right");
    return [...sofar, shape.right];
  }, [[3, 1, 28, 28]]);
  assertEquals(shapes.slice(1), [[3, 16, 14, 14], [3, 16, 14, 14], [3, 32, 7, 7], [3, 64, 4, 4], [3, 64], [3, 10]]);
  const { params } = reader.init(key(0));
  assertEquals(params[2][1][0].weight.shape, [32, 16, 1, 1]);
  const twice = (inner: number, outer: number): number => 9 * outer * (inner + outer) + 4 * outer;
  assertEquals(
    parameterCount({ params }),
    9 * 16 + 32 + twice(16, 16) + twice(16, 32) + 32 * 18 + twice(32, 64) + 64 * 34 + 650,
  );
});

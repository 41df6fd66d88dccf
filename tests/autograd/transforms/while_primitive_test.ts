import { assertEquals, assertThrows } from "@std/assert";
import { backward, less, scale, sum, tensor64, toList } from "../../../autograd/mod.ts";
import { record, typeOf } from "../../../autograd/transforms/recorded_function.ts";
import { applyWhile, ended, refusingDerivatives } from "../../../autograd/transforms/while_primitive.ts";

const x = tensor64([1, 2]);
const functions = [
  record("test", [typeOf(x)], ([t]) => [less(sum(t!), 20)]).recorded,
  record("test", [typeOf(x)], ([t]) => [scale(t!, 2)]).recorded,
];

Deno.test("a recorded loop ends with its condition, or after so many steps", () => {
  const run = (maxSteps?: number) => toList(applyWhile({ functions, carries: 1, maxSteps }, [x])[0]!);
  assertEquals([run(), run(2), run(0)], [[8, 16], [4, 8], [1, 2]]);
});

Deno.test("neither it nor what a plain loop returns has derivatives", () => {
  assertThrows(
    () => backward(applyWhile({ functions, carries: 1, maxSteps: undefined }, [x])[0]!),
    TypeError,
    "scanAlong",
  );
  const [refusing] = refusingDerivatives([tensor64([3])], [x]);
  assertEquals(toList(refusing!), [3]);
  assertThrows(() => backward(refusing!), TypeError, "Cannot differentiate whileLoop");
});

Deno.test("the carry waits until it is certain that the loop has ended, and so do its cotangents", () => {
  const error = () => new RangeError("endless"), [same] = ended([x], tensor64(0), error);
  assertEquals([toList(same!), toList(backward(same!).get(x)!)], [[1, 2], [1, 1]]);
  assertThrows(() => ended([x], tensor64(1), error), RangeError, "endless");
});

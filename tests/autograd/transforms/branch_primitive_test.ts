import { assertEquals } from "@std/assert";
import { backward, mul, scale, square, sum, tensor64, toList } from "../../../autograd/mod.ts";
import { applyBranch } from "../../../autograd/transforms/branch_primitive.ts";
import { record, typeOf } from "../../../autograd/transforms/recorded_function.ts";

const x = tensor64([1, 2]);
const [twice, squared] = [(t: typeof x) => scale(t, 2), square].map((f) =>
  record("test", [typeOf(x)], ([t]) => [f(t as typeof x), mul(t!, t!)]).recorded
);

Deno.test("one recorded function is run: the only one, or as the predicate says", () => {
  const run = (...operands: readonly (typeof x)[]) => {
    const branches = operands.length === 1 ? [squared!] : [twice!, squared!];
    return toList(applyBranch({ name: "test", branches, tracked: [true] }, operands)[0]!);
  };
  assertEquals([run(x), run(tensor64(1), x), run(tensor64(0), x)], [[1, 4], [2, 4], [1, 4]]);
});

Deno.test("derivatives run the function again, of the results that are used", () => {
  const branches = [twice!, squared!],
    of = (predicate: number) => {
      const [first] = applyBranch({ name: "test", branches, tracked: [true] }, [tensor64(predicate), x]);
      return toList(backward(sum(first!)).get(x)!);
    };
  assertEquals([of(1), of(0)], [[2, 2], [2, 4]]);
});

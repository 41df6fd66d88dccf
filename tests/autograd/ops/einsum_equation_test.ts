import { assertEquals, assertThrows } from "@std/assert";
import { ShapeError } from "../../../autograd/mod.ts";
import { parseEinsum } from "../../../autograd/ops/einsum_equation.ts";

Deno.test("parseEinsum() reads terms and result, and ignores spaces", () => {
  assertEquals(parseEinsum("ij, jk -> ik", [[2, 3], [3, 4]]), { terms: [["i", "j"], ["j", "k"]], result: ["i", "k"] });
});

Deno.test("parseEinsum() without an arrow sorts the letters that occur once", () => {
  assertEquals(parseEinsum("cb,ba", [[1, 2], [2, 3]]).result, ["a", "c"]);
});

Deno.test("parseEinsum() numbers the axes of an ellipsis from the right", () => {
  assertEquals(parseEinsum("...i,...i->...", [[5, 2, 3], [2, 3]]), {
    terms: [["...1", "...0", "i"], ["...0", "i"]],
    result: ["...1", "...0"],
  });
});

Deno.test("parseEinsum() refuses malformed equations, and equations that do not fit the shapes", () => {
  assertThrows(() => parseEinsum("i->i->i", [[1]]), RangeError, "it may only have letters");
  assertThrows(() => parseEinsum("i->ii", [[1]]), RangeError, 'the result has "i" twice');
  assertThrows(() => parseEinsum("ij", [[1]]), ShapeError, "names 2 axes, and tensor 0 has 1");
  assertThrows(() => parseEinsum("i,i", [[2], [3]]), ShapeError, "axis i is 2 in tensor 0 and 3 in tensor 1");
});

import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  arange,
  DTypeError,
  einsum,
  key,
  ones,
  randomNormal,
  reshape,
  ShapeError,
  sliceAxes,
  type Tensor,
  tensor64,
  toArray,
  toList,
  toNumber,
  zeros,
} from "../../../autograd/mod.ts";
import { indicesOf } from "../../blas/layouts.ts";

const range = (shape: readonly number[]): Tensor<"float64"> =>
  reshape(arange(0, shape.reduce((p, n) => p * n, 1), 1, { dtype: "float64" }), shape);
const matrix = range([2, 3]), r = range([2, 3, 4]), s = range([4, 3]);

// All by numpy.einsum, with r = np.arange(24.).reshape(2,3,4) and s = np.arange(12.).reshape(4,3):
// python3 -c "import numpy as np; r=np.arange(24.).reshape(2,3,4); s=np.arange(12.).reshape(4,3); print(np.einsum('ijk,kl->jl',r,s).tolist())"
Deno.test("einsum() equals NumPy's", () => {
  assertEquals(toArray(einsum("ijk,kl->jl", r, s)), [[300, 360, 420], [444, 536, 628], [588, 712, 836]]);
  assertEquals(toArray(einsum("ijk,ki", r, sliceAxes(s, [[], [0, 2]]))), [354, 514, 674]);
  assertEquals(toArray(einsum("ii->i", range([3, 3]))), [0, 4, 8]);
  assertEquals(
    toArray(
      einsum("ij,jk,kl->li", ones([2, 3], { dtype: "float64" }), range([3, 4]), ones([4, 2], { dtype: "float64" })),
    ),
    [[66, 66], [66, 66]],
  );
  const open = einsum("...k,kl->...l", r, s);
  assertEquals([open.shape, toList(open).slice(-3)], [[2, 3, 3], [402, 488, 574]]);
});

Deno.test("without a right side the letters that occur once come in alphabetical order, capitals first", () => {
  assertEquals(toArray(einsum("ba", matrix)), [[0, 3], [1, 4], [2, 5]]);
  assertEquals(toArray(einsum("bB", matrix)), [[0, 3], [1, 4], [2, 5]]);
  assertEquals(toArray(einsum("ab", matrix)), toArray(matrix));
  assertEquals(toArray(einsum("...b,b...", matrix, tensor64([[1, 0], [0, 1], [1, 1]]))), [2, 9]);
});

Deno.test("letters may be summed over, spaces are ignored, and 0-d tensors have no letters", () => {
  assertEquals(toNumber(einsum("ij ->", matrix)), 15);
  assertEquals(toNumber(einsum(", ->", tensor64(3), tensor64(4))), 12);
  assertEquals(toArray(einsum("i,->i", tensor64([1, 2]), tensor64(4))), [4, 8]);
  assertEquals(toNumber(einsum("i,j->", tensor64([1, 2]), tensor64([10, 20]))), 90);
  assertEquals(toNumber(einsum("iii->", range([2, 2, 2]))), 7);
});

/** The definition: for every index of the result, the sum over all other letters of the product of the elements. */
function byDefinition(terms: readonly string[], result: string, tensors: readonly Tensor[]): number[] {
  const lengths = new Map(terms.flatMap((term, t) => [...term].map((letter, k) => [letter, tensors[t]!.shape[k]!])));
  const letters = [...lengths.keys()], inner = letters.filter((letter) => !result.includes(letter));
  const elements = (outer: ReadonlyMap<string, number>) =>
    indicesOf(inner.map((letter) => lengths.get(letter)!)).map((index) => {
      const at = new Map([...outer, ...inner.map((letter, k) => [letter, index[k]!] as const)]);
      return terms.reduce((p, term, t) => p * tensors[t]!.view.get(...[...term].map((l) => at.get(l)!)), 1);
    });
  return indicesOf([...result].map((letter) => lengths.get(letter)!)).map((index) =>
    elements(new Map([...result].map((letter, k) => [letter, index[k]!]))).reduce((sum, x) => sum + x, 0)
  );
}

Deno.test("einsum() is its definition, for any letters on both sides", () => {
  const term = fc.string({ unit: fc.constantFrom(..."abcd"), maxLength: 3 });
  const equation = fc.array(term, { minLength: 1, maxLength: 3 }).chain((terms) =>
    fc.record({
      terms: fc.constant(terms),
      result: fc.shuffledSubarray([...new Set(terms.join(""))]).map((letters) => letters.join("")),
      lengths: fc.tuple(...[..."abcd"].map(() => fc.nat(3))),
    })
  );
  fc.assert(fc.property(equation, ({ terms, result, lengths }) => {
    const tensors = terms.map((own, k) =>
      randomNormal(key(k), [...own].map((letter) => lengths["abcd".indexOf(letter)]!), { dtype: "float64" })
    );
    const actual = einsum(`${terms.join(",")}->${result}`, ...tensors);
    assertEquals(actual.shape, [...result].map((letter) => lengths["abcd".indexOf(letter)]!));
    byDefinition(terms, result, tensors).forEach((x, i) => assertAlmostEquals(toList(actual)[i]!, x, 1e-12));
  }));
});

Deno.test("einsum() says which letter stands for two lengths, and in which tensors", () => {
  assertThrows(
    () => einsum("ij,jk->ik", matrix, matrix),
    ShapeError,
    'Cannot apply einsum to equation "ij,jk->ik" and tensor 0 [2, 3] and tensor 1 [2, 3]: axis j is 3 in tensor 0 and ' +
      "2 in tensor 1; axes of one letter must be of one length; give the axis another letter",
  );
  assertThrows(() => einsum("ii->i", matrix), ShapeError, "axis i is 2 in tensor 0 and 3 in tensor 0");
  assertThrows(() => einsum("...i,...i->...", matrix, range([4, 3])), ShapeError, "axis ...0 is 2 in tensor 0");
});

Deno.test("einsum() says how many terms and letters are wanted", () => {
  assertThrows(() => einsum("ij", matrix, matrix), ShapeError, "the equation has 1 terms, and 2 tensors were given");
  assertThrows(() => einsum("ij,jk->ik", matrix), ShapeError, "the equation has 2 terms, and 1 tensors were given");
  assertThrows(() => einsum(""), ShapeError, "the equation has 1 terms, and 0 tensors were given");
  assertThrows(() => einsum("i", matrix), ShapeError, 'term "i" names 1 axes, and tensor 0 has 2');
  assertThrows(() => einsum("ijk...", matrix), ShapeError, 'term "ijk..." names 3 axes or more, and tensor 0 has 2');
});

Deno.test("einsum() refuses malformed equations", () => {
  for (
    const [equation, problem] of [
      ["i1,j->i", "it may only have letters, commas and one arrow"],
      ["ij->i->j", "it may only have letters, commas and one arrow"],
      ["ij->i,j", "it may only have letters, commas and one arrow"],
      ["i..j->i", '"i..j" has dots other than one ellipsis "..."'],
      ["......ij->i", "has dots other than one ellipsis"],
      ["ij->k", 'the result has "k", which no tensor has'],
      ["ij->ii", 'the result has "i" twice'],
      ["i...->i", 'the axes of "..." cannot be summed over, and the result has no "..."'],
    ] as const
  ) {
    assertThrows(() => einsum(equation, matrix), RangeError, `Cannot apply einsum to equation "${equation}": `);
    assertThrows(() => einsum(equation, matrix), RangeError, problem);
  }
});

Deno.test("einsum() refuses mixed dtypes in its own name", () => {
  const mixed: Tensor[] = [matrix, zeros([3])];
  assertThrows(() => einsum("ij,j->i", ...mixed), DTypeError, "Cannot apply einsum to float64 and float32");
});

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import * as either from "../../../blas/either.ts";
import { formatJson, parseJson } from "../../../layers/checkpoint/json.ts";

const AMPLE = 1e6;

const problemOf = (text: string, limits = AMPLE): string => {
  const result = parseJson(text, limits);
  assert(result._tag === "Left", "it was read");
  return result.left;
};

Deno.test("parseJson() reads everything that JSON.stringify writes", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, indent) => {
    const text = JSON.stringify(value, null, indent), result = parseJson(text, AMPLE);
    assertEquals(either.isRight(result) && JSON.stringify(result.right, null, indent), text);
  }));
});

Deno.test("parseJson() never throws, and refuses everything that JSON.parse refuses", () => {
  const text = fc.string({ unit: fc.constantFrom(...'{}[]:,"\\ua1 tn-'.split("")), maxLength: 12 });
  fc.assert(
    fc.property(text, (given) => {
      const result = parseJson(given, AMPLE);
      // The names that V8 reads do not depend on those before, unless they have escapes.
      const parsed: unknown = either.isRight(result) ? JSON.parse(given) : undefined;
      if (either.isRight(result) && !given.includes("\\")) assertEquals(result.right, parsed);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("parseJson() refuses a name that a record has twice, however it is written, and no other", () => {
  assertEquals(problemOf('{"a":1,"b":{"c":[{"x":1}]},"a":2}'), 'the name "a" occurs twice');
  assertEquals(problemOf('[{"a":1 , "\\u0061" : 2}]'), 'the name "a" occurs twice');
  assertEquals(problemOf('{"\\"":1,"\\"":2}'), 'the name "\\"" occurs twice');
  for (
    const text of ['{"a":"a:","b":{"a":1},"c":[{"a":1},{"a":1}]}', '{"a":"\\\\","b":"\\\\\\":"}', '{"__proto__":1}']
  ) {
    assertEquals(parseJson(text, AMPLE), { _tag: "Right", right: JSON.parse(text) });
  }
  const names = fc.array(fc.string({ maxLength: 1 }), { maxLength: 4 });
  fc.assert(fc.property(names, (given) => {
    const text = `{${given.map((name) => `${JSON.stringify(name)}:0`).join()}}`;
    assertEquals(parseJson(text, AMPLE)._tag, new Set(given).size === given.length ? "Right" : "Left");
  }));
});

Deno.test("parseJson() reads names with escapes as they are, whatever texts were read before", () => {
  // In V8, JSON.parse compares such a name with as many characters as it has of the earlier name in its place.
  const names = ["\\", "\n", '"', "\\n", "\nb", "\n\n", "b\\", "b\n", "\\\\", "\\\n", "\ud800", "__proto__", "0"];
  const read = (first: string, names: readonly string[]): unknown => {
    const text = `{"${first}":1,${names.map((name) => `${JSON.stringify(name)}:{"inner":2}`)}}`;
    const result = parseJson(text, AMPLE);
    assert(result._tag === "Right");
    return result.right;
  };
  const wanted = (first: string, names: readonly string[]) =>
    Object.fromEntries([[first, 1], ...names.map((name) => [name, { inner: 2 }])]);
  for (const [k, before] of names.entries()) {
    for (const [n, name] of names.entries()) {
      const first = `first ${k} ${n}`;
      for (let times = 0; times < 5; times++) JSON.parse(`{"${first}":1,${JSON.stringify(before)}:{"inner":2}}`);
      const own = [name, ...names.filter((other) => other !== name).slice(0, n % 3)];
      assertEquals(read(first, own), wanted(first, own));
      assertEquals(Object.keys(read(first, own) as object), Object.keys(wanted(first, own)));
    }
  }
});

Deno.test("parseJson() counts values, and how deep they are nested", () => {
  assertEquals(parseJson('[1,"[,{",3]', 4)._tag, "Right");
  assertEquals(problemOf("[1,2,3,4]", 4), "it has more than 4 values");
  assertEquals(problemOf('[{"a":[[]]}]', 3), "it has more than 3 values");
  assertEquals(problemOf("[".repeat(300_000)), "it is nested more than 262144 deep");
  assertEquals(parseJson("[".repeat(200_000) + "]".repeat(200_000), AMPLE)._tag, "Right");
  assertStringIncludes(problemOf("[1,"), "it is not JSON");
});

Deno.test("what is written is what JSON.stringify writes, but for -0", () => {
  const value = { a: [1, -2.5e300, null, true, '\u2028\ud800"', []], "ü\n": { b: {} } };
  assertEquals(formatJson(value), JSON.stringify(value));
  assertEquals(JSON.parse(formatJson([-0, { a: -0 }])), [-0, { a: -0 }]);
});

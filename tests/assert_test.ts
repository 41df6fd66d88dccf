import { assertEquals, assertThrows } from "@std/assert";

Deno.test("assertEquals() tells 0 from -0, wherever they are", () => {
  const pairs: readonly (readonly [unknown, unknown, place: string])[] = [
    [0, -0, "zero"],
    [[1, 0], [1, -0], "at .1"],
    [{ a: [{ b: -0 }] }, { a: [{ b: 0 }] }, "at .a.0.b"],
    [new Float32Array([-0]), new Float32Array([0]), "at .0"],
    [new Float64Array([1, 0]), new Float64Array([1, -0]), "at .1"],
    [new Map([["a", 0]]), new Map([["a", -0]]), "at .a"],
  ];
  for (const [a, b, place] of pairs) {
    assertThrows(() => assertEquals(a, b), Error, `${place}`);
    assertThrows(() => assertEquals(a, b, "what was asked"), Error, "what was asked");
    assertEquals([a], structuredClone([a]));
  }
});

Deno.test("assertEquals() still tells other values apart, and passes circles", () => {
  assertThrows(() => assertEquals([1, NaN, undefined], [1, NaN, null] as unknown), Error, "null");
  const circle: { self?: object; zero: number } = { zero: -0 }, other: typeof circle = { zero: -0 };
  circle.self = circle;
  other.self = other;
  assertEquals(circle, other);
  assertEquals(new Uint8Array(2), new Uint8Array(2));
});

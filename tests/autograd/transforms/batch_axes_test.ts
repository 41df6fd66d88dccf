import { assertEquals, assertThrows } from "@std/assert";
import { key, tensor64 } from "../../../autograd/mod.ts";
import { type BatchAxes, isListOfKeys, isPlainRecord, mapWithAxes } from "../../../autograd/transforms/batch_axes.ts";

/** What is at the ends of a tree: path and axis. */
function endsOf(tree: unknown, axes: BatchAxes, keysTogether = true): readonly (readonly [string, number | null])[] {
  const found: [string, number | null][] = [];
  mapWithAxes("in", tree, axes, "x", keysTogether, ({ path, axis, part }) => {
    found.push([path, axis]);
    return part;
  });
  return found;
}

Deno.test("axes reach the ends of a tree, which may be deeper than their own", () => {
  const tree = { a: [tensor64(1), { b: tensor64(2), c: undefined }], d: 7, e: null };
  assertEquals(endsOf(tree, 0), [["x.a.0", 0], ["x.a.1.b", 0], ["x.d", 0], ["x.e", 0]]);
  assertEquals(endsOf(tree, { a: [1, null], d: null, e: 2 }), [["x.a.0", 1], ["x.a.1.b", null], ["x.d", null], [
    "x.e",
    2,
  ]]);
  assertEquals(mapWithAxes("in", tree, 0, "x", true, ({ part }) => part), tree);
});

Deno.test("an array of keys is one end, or each of its keys is", () => {
  const keys = [key(0), key(1)];
  assertEquals(endsOf(keys, 0), [["x", 0]]);
  assertEquals(endsOf(keys, [0, null], false), [["x.0", 0], ["x.1", null]]);
  assertEquals([isListOfKeys(keys), isListOfKeys([]), isListOfKeys([key(0), 1])], [true, false, false]);
});

Deno.test("what is neither an array nor a plain record is an end, whatever it holds", () => {
  class Settings {
    readonly t = tensor64(1);
  }
  assertEquals(endsOf(new Settings(), 0), [["x", 0]]);
  assertEquals([isPlainRecord({}), isPlainRecord(new Settings()), isPlainRecord(tensor64(1)), isPlainRecord(key(0))], [
    true,
    false,
    false,
    false,
  ]);
});

Deno.test("axes unlike the tree are refused with the place", () => {
  const tree = { a: tensor64(1) };
  assertThrows(
    () => endsOf(tree, [0]),
    TypeError,
    'in "in" for x: it must be an axis, null or a record like the value',
  );
  assertThrows(() => endsOf([tensor64(1)], [0, 0]), TypeError, "an axis, null or an array of 1");
  assertThrows(() => endsOf(tree, { a: [0] }), TypeError, "for x.a: it must be an axis or null");
});

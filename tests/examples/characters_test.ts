import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  alphabetOf,
  consecutiveStarts,
  decodeText,
  encodeText,
  randomWindows,
  windowsAt,
} from "../../examples/characters.ts";
import { key, toArray } from "../../mod.ts";

const right = <A>(result: { readonly _tag: "Left" } | { readonly _tag: "Right"; readonly right: A }): A => {
  assert(result._tag === "Right");
  return result.right;
};

Deno.test("a text comes back from its numbers, whatever its characters", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", minLength: 1 }), (text) => {
    const alphabet = right(alphabetOf(text)), codes = right(encodeText(alphabet, text));
    assertEquals(decodeText(alphabet, codes), text);
    assertEquals(codes.length, [...text].length);
  }));
  assertEquals(alphabetOf("banana 🐋"), { _tag: "Right", right: [" ", "a", "b", "n", "🐋"] });
});

Deno.test("texts without characters, or with too many, or foreign ones, are refused", () => {
  const many = Array.from({ length: 257 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join("");
  for (const [text, count] of [["", 0], [many, 257]] as const) {
    assertEquals(alphabetOf(text), {
      _tag: "Left",
      left: `Cannot number ${count} characters: there must be 1 to 256; choose another text`,
    });
  }
  assertEquals(alphabetOf(many.slice(1))._tag, "Right");
  assertEquals(encodeText(["a", "b"], "abcdc"), {
    _tag: "Left",
    left: 'Cannot read "cd": the network knows only "ab"; leave those characters out',
  });
});

const codes = Uint8Array.from({ length: 20 }, (_, i) => i);

Deno.test("windowsAt() pairs every character with the next", () => {
  const { inputs, targets } = windowsAt(codes, [0, 15], 4);
  assertEquals(toArray(inputs), [[0, 1, 2, 3], [15, 16, 17, 18]]);
  assertEquals([...targets], [1, 2, 3, 4, 16, 17, 18, 19]);
});

Deno.test("consecutiveStarts() covers a text once, as far as whole windows reach, and each has its next character", () => {
  assertEquals(consecutiveStarts(codes, 4), [0, 4, 8, 12]);
  assertEquals(consecutiveStarts(codes.subarray(0, 17), 4), [0, 4, 8, 12]);
  assertEquals(consecutiveStarts(codes.subarray(0, 16), 4), [0, 4, 8]);
  assertEquals(consecutiveStarts(codes.subarray(0, 4), 4), []);
});

Deno.test("randomWindows() draws from the key alone, from the whole text and not beyond it", () => {
  const rows = toArray(randomWindows(key(1), codes, 400, 4).inputs) as number[][];
  assertEquals(toArray(randomWindows(key(1), codes, 400, 4).inputs), rows);
  assert(rows.every(([a, b, c, d]) => b === a! + 1 && c === a! + 2 && d === a! + 3));
  // Any start from 0 to 15 has a fifth character; a given one is missed 400 times with probability (15 / 16)^400.
  assertEquals([...new Set(rows.map(([a]) => a))].toSorted((a, b) => a! - b!), Array.from({ length: 16 }, (_, i) => i));
});

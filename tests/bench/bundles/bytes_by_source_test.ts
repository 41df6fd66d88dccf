import { assertEquals } from "@std/assert";
import { bytesBySource } from "../../../bench/bundles/bytes_by_source.ts";

Deno.test("bytesBySource() counts each source's characters, over several lines and back to an earlier source", () => {
  // Groups: column 0 source 0; 4 characters on, source 1; 2 on, source 0 again. Then a line of source 2.
  const mappings = "AAAA,ICAA,EDAA;AEAA", sources = ["a.ts", "b.ts", "c.ts"];
  assertEquals([...bytesBySource("aaaabbaaa\ncc", { sources, mappings })], [["a.ts", 7], ["b.ts", 2], ["c.ts", 2]]);
});

Deno.test("bytesBySource() reads columns beyond one digit", () => {
  // 40 is "wC": 16 in the first digit, which says that more follow, then 2 times 32.
  const mappings = "AAAA,wCCAA", sources = ["a.ts", "b.ts"];
  assertEquals([...bytesBySource("a".repeat(40) + "b", { sources, mappings })], [["a.ts", 40], ["b.ts", 1]]);
});

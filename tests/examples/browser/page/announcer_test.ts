import { assertEquals } from "@std/assert";
import { announcer } from "../../../../examples/browser/page/announcer.ts";

Deno.test("what is only mentioned waits for the end of a pause; what is said is said at once", () => {
  const region = { textContent: "" };
  let now = 0;
  const { mention, say } = announcer(region, 1000, () => now), said: string[] = [];
  const after = (time: number, f: () => void) => {
    now = time;
    f();
    said.push(region.textContent);
  };
  after(500, () => mention("a"));
  after(1000, () => mention("b"));
  after(1500, () => mention("c"));
  after(1600, () => say("d"));
  after(2000, () => mention("e"));
  after(2600, () => mention("f"));
  assertEquals(said, ["", "b", "b", "d", "d", "f"]);
});

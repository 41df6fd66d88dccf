import { assert, assertEquals } from "@std/assert";
import { moved, networkLayout } from "../../../../examples/browser/page/network_layout.ts";

Deno.test("neurons stay inside and apart, on a phone and on a desk", () => {
  for (const width of [300, 328, 600, 900]) {
    for (const sizes of [[2, 2, 1], [2, 8, 8, 8, 8, 1]]) {
      const { layers, height } = networkLayout(width, sizes);
      assertEquals(layers.map(({ length }) => length), sizes);
      layers.forEach((tiles, at) =>
        tiles.forEach(({ x, y, size }, k) => {
          assert(x >= 0 && y >= 0 && x + size <= width && y + size <= height);
          const below = tiles[k + 1], right = layers[at + 1]?.[0];
          assert(below === undefined || below.y >= y + size + 4);
          assert(right === undefined || right.x >= x + size + 8);
        })
      );
    }
  }
});

Deno.test("arrow keys move between neurons, stop at the edges and fit shorter layers", () => {
  const sizes = [8, 8, 1];
  assertEquals(moved({ layer: 0, index: 3 }, "ArrowDown", sizes), { layer: 0, index: 4 });
  assertEquals(moved({ layer: 0, index: 0 }, "ArrowUp", sizes), { layer: 0, index: 0 });
  assertEquals(moved({ layer: 1, index: 7 }, "ArrowRight", sizes), { layer: 2, index: 0 });
  assertEquals(moved({ layer: 0, index: 2 }, "ArrowLeft", sizes), { layer: 0, index: 2 });
  assertEquals(moved({ layer: 0, index: 2 }, "Enter", sizes), undefined);
});

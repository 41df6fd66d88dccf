import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { loadNetwork } from "../../examples/saved_network.ts";
import { denseLayer, forward, key, ones, saveModel, toList } from "../../mod.ts";
import { files, inFolder } from "../programs.ts";

Deno.test(
  "loadNetwork() returns the network, or says why it does not fit",
  files,
  () =>
    inFolder(async (folder) => {
      const layer = denseLayer(4, 2), variables = layer.init(key(0)), path = `${folder}/a.safetensors`;
      await saveModel(path, layer, variables)();
      const loaded = await loadNetwork(path, "sort", [1, 4], [1, 2]);
      assert(loaded._tag === "Right");
      const y = forward(loaded.right.layer, loaded.right.variables, ones([4]));
      assertEquals(toList(y), toList(forward(layer, variables, ones([4]))));
      const cases = [
        [await loadNetwork(`${folder}/none`, "sort", [1, 4], [1, 2]), "Cannot read a checkpoint"],
        [await loadNetwork(path, "sort", [1, 5], [1, 2]), "Cannot apply Dense to x [1, 5]"],
        [
          await loadNetwork(path, "sort", [1, 4], [1, 3]),
          `Cannot sort with ${path}: Dense returns [1, 2] for [1, 4]: it must return [1, 3]; choose another file`,
        ],
      ] as const;
      for (const [result, reason] of cases) {
        assert(result._tag === "Left");
        assertStringIncludes(result.left, reason);
      }
    }),
);

/**
 * Data sets by name: `optim/data/sets/iris.ts`, `optim/data/sets/mnist.ts`, `optim/data/sets/moby_dick.ts`, and the packages
 * that they come in, which `optim/data/sets/package_files.ts` finds.
 */
import { assert, assertAlmostEquals, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { gzipSync } from "node:zlib";
import { iris, mnist } from "../../../../optim/data/mod.ts";
import { importPackage, packageFolder } from "../../../../optim/data/sets/package_files.ts";
import { mean, toArray, toList } from "../../../../mod.ts";
import { files, inFolder, programs } from "../../../programs.ts";
import { encodeIdx } from "./encode_idx.ts";

Deno.test("iris() gives 150 flowers, 50 of each species, in Fisher's own numbers", async () => {
  const loaded = await iris()();
  assert(loaded._tag === "Right", loaded._tag === "Left" ? loaded.left.message : "");
  const { x, labels, features, classes } = loaded.right, rows = toArray(x) as number[][];
  assertEquals([x.shape, features.length, classes], [[150, 4], 4, ["setosa", "versicolor", "virginica"]]);
  assertEquals([0, 1, 2].map((k) => toList(labels).filter((label) => label === k).length), [50, 50, 50]);
  // Fisher, 1936, table 1: flower 35 has 4.9 3.1 1.5 0.2; the mean sepal is 5.843 cm long.
  assertEquals(rows[34]!.map((value) => Math.round(10 * value)), [49, 31, 15, 2]);
  assertAlmostEquals(toList(mean(x, { axes: 0 }))[0]!, 5.843, 1e-3);
});

Deno.test("mnist() gives digits from the package, each with its label", files, async () => {
  const loaded = await mnist({ limit: 200 })();
  assert(loaded._tag === "Right", loaded._tag === "Left" ? loaded.left.message : "");
  const { train, test } = loaded.right;
  assertEquals([train.images.shape, test.images.shape], [[200, 1, 28, 28], [200, 1, 28, 28]]);
  // As textbooks and tutorials on MNIST print them.
  assertEquals(toList(train.labels).slice(0, 10), [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
  assertEquals(toList(test.labels).slice(0, 10), [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
  assertAlmostEquals(toList(mean(train.images))[0]!, 0.13, 0.01); // of all 60,000 it is 0.1307
});

/** A data set of a few 2 x 2 images, file by file. */
const SMALL: Readonly<Record<string, Uint8Array>> = {
  "train-images-idx3-ubyte": encodeIdx([3, 2, 2], Uint8Array.from({ length: 12 }, (_, i) => 5 * i)),
  "train-labels-idx1-ubyte.gz": gzipSync(encodeIdx([3], Uint8Array.of(7, 0, 9))),
  "t10k-images-idx3-ubyte": encodeIdx([1, 2, 2], Uint8Array.of(255, 0, 51, 0)),
  "t10k-labels-idx1-ubyte": encodeIdx([1], Uint8Array.of(4)),
};

Deno.test(
  "mnist() reads folders of such files, gzipped ones too, and says which file is wrong",
  files,
  () =>
    inFolder(async (folder) => {
      const url = new URL(`file://${folder}/`),
        write = (name: string, bytes: Uint8Array) => Deno.writeFile(`${folder}/${name}`, bytes);
      for (const [name, bytes] of Object.entries(SMALL)) await write(name, bytes);
      const loaded = await mnist({ folder: url })();
      assert(loaded._tag === "Right", loaded._tag === "Left" ? loaded.left.message : "");
      assertEquals(toList(loaded.right.test.images), [1, 0, Math.fround(0.2), 0]);
      assertEquals(toList(loaded.right.train.labels), [7, 0, 9]);

      const problem = async (name: string, bytes: Uint8Array): Promise<string> => {
        await write(name, bytes);
        const answer = await mnist({ folder: url })();
        await write(name, SMALL[name]!);
        assert(answer._tag === "Left");
        return answer.left.message;
      };
      const labels = "t10k-labels-idx1-ubyte";
      assertStringIncludes(await problem(labels, encodeIdx([2], Uint8Array.of(1, 2))), "1 t10k images and 2 labels");
      assertStringIncludes(await problem(labels, encodeIdx([1, 1], Uint8Array.of(1))), "it must have 1 axes");
      assertStringIncludes(await problem(labels, Uint8Array.of(0, 0, 8)), `${labels}: 3 bytes`);
      const nothing = encodeIdx([0, 2 ** 32 - 1, 1], new Uint8Array(0)); // no image has this height
      assertStringIncludes(await problem("t10k-images-idx3-ubyte", nothing), "its axes must be shorter than 2^31");
      assertStringIncludes(
        await problem("train-labels-idx1-ubyte.gz", Uint8Array.of(0x1f, 0x8b, 8, 0)),
        "train-labels-idx1-ubyte.gz",
      );
      await Deno.remove(`${folder}/${labels}`);
      const missing = await mnist({ folder: url })();
      assert(missing._tag === "Left");
      assertStringIncludes(missing.left.message, labels);
    }),
);

const servesNothing = Deno.permissions.querySync({ name: "net" }).state !== "granted";

Deno.test("mnist() fetches from a server, and says what it answers", { ignore: servesNothing }, async () => {
  let answering = true;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, ({ url }) => {
    const bytes = !answering ? undefined : SMALL[url.slice(url.lastIndexOf("/") + 1)];
    return bytes === undefined ? new Response("none", { status: 404 }) : new Response(new Uint8Array(bytes));
  });
  try {
    const folder = new URL(`http://127.0.0.1:${server.addr.port}/digits/`);
    const loaded = await mnist({ folder })();
    assert(loaded._tag === "Right", loaded._tag === "Left" ? loaded.left.message : "");
    assertEquals(toList(loaded.right.train.labels), [7, 0, 9]);
    answering = false;
    const none = await mnist({ folder })();
    assert(none._tag === "Left");
    assertStringIncludes(none.left.message, "the server answers with 404");
  } finally {
    await server.shutdown();
  }
});

Deno.test("a package that does not exist is an error that says what to allow", async () => {
  const own = { name: "../none", version: "1.0.0" }; // refused before any registry is asked
  for (const load of [importPackage, packageFolder]) {
    const answer = await load("a thing", own);
    assert(answer._tag === "Left");
    assertStringIncludes(answer.left.message, "Cannot load a thing: ");
  }
});

Deno.test("mobyDick() gives the book, from the package that examples/charlm.json locks", programs, async () => {
  const source = `import { mobyDick } from ${
    JSON.stringify(new URL("../../../../optim/data/sets/moby_dick.ts", import.meta.url).href)
  };
    const text = await mobyDick()();
    console.log(text._tag === "Right" ? [text.right.length, text.right.includes("Call me Ishmael")].join() : text.left.message);`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--no-check",
      "--allow-read",
      "--config",
      "examples/charlm.json",
      `data:application/typescript,${encodeURIComponent(source)}`,
    ],
    cwd: new URL("../../../../", import.meta.url),
    env: { NO_COLOR: "1" },
  }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert(/^1190317,true/.test(said), said);
});

Deno.test("mnist() refuses a folder that is no URL at once", () => {
  assertThrows(() => mnist({ folder: "data/" as never }), TypeError, 'from "data/": folder must be a URL');
});

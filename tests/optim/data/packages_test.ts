/** The packages of the entry `./data`, which `optim/data/packages.ts` names. */
import { assert, assertEquals } from "@std/assert";
import { programs } from "../../programs.ts";

const root = new URL("../../../", import.meta.url), decoder = new TextDecoder();

async function deno(...args: readonly string[]): Promise<string> {
  const env = { NO_COLOR: "1" },
    { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: [...args], cwd: root, env }).output();
  assert(success, decoder.decode(stderr));
  return decoder.decode(stdout);
}

Deno.test(
  "nothing of the data's packages is loaded with the library, or with the other entries",
  programs,
  async () => {
    for (const entry of ["mod.ts", "optim/mod.ts"]) {
      const { modules } = JSON.parse(await deno("info", "--json", entry)) as {
        readonly modules: readonly { readonly specifier: string }[];
      };
      assertEquals(
        modules.filter(({ specifier }) => /optim\/data\/|fast-png|jpeg-js|fflate|modern-tar|papaparse/.test(specifier)),
        [],
      );
    }
  },
);

/** A program for a page: it reads a table and pictures, and asks for no permission. */
const PAGE = `
import { decodeCsv, decodeImage, imageBatches, imageFiles } from "${new URL("optim/data/mod.ts", root).href}";
import { pictures } from "./pictures.js";
const table = decodeCsv("a\\n1\\n", { columns: { a: "number" } });
const files = pictures.map((file, k) => ({ name: "a/" + k + (k === 0 ? ".png" : ".jpg"), bytes: Uint8Array.from(atob(file), (c) => c.charCodeAt(0)) }));
const listed = await imageFiles(files)();
let shape;
for await (const { images } of imageBatches(listed.right.files, { size: 2, image: [4, 4] })) shape = images.shape;
console.log(JSON.stringify([table._tag, files.map(({ bytes }) => decodeImage(bytes)._tag), shape]));
`;

Deno.test(
  "the entry can be bundled for browsers, decoders and all, and works there without permissions",
  programs,
  async () => {
    const folder = await Deno.makeTempDir();
    try {
      const { cases } = JSON.parse(await Deno.readTextFile(new URL("tests/fixtures/pictures.json", root))) as {
        readonly cases: readonly { readonly name: string; readonly file: string }[];
      };
      const pictures = ["PNG RGB", "JPEG colour"].map((wanted) => cases.find(({ name }) => name === wanted)!.file);
      await Deno.writeTextFile(`${folder}/pictures.js`, `export const pictures = ${JSON.stringify(pictures)};`);
      await Deno.writeTextFile(`${folder}/page.js`, PAGE);
      await deno("bundle", "--quiet", "--platform=browser", "-o", `${folder}/bundle.js`, `${folder}/page.js`);
      assertEquals(await deno("run", "--no-prompt", `${folder}/bundle.js`), '["Right",["Right","Right"],[2,3,4,4]]\n');
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

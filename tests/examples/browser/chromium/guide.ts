/**
 * The programs of `docs/browser.md`, in Chromium. `../chromium_test.ts` runs them.
 *
 * @module
 */
import { assertEquals, assertLess } from "@std/assert";
import { inChromium } from "./open.ts";

const ROOT = new URL("../../../../", import.meta.url);

/** Writes the guide's worker and its page, bundled, and another worker, which has the engine of threads. */
async function buildGuide(folder: URL): Promise<void> {
  const guide = await Deno.readTextFile(new URL("docs/browser.md", ROOT));
  const [worker, page] = [...guide.matchAll(/^```ts ignore\n([\s\S]*?)^```/gm)].map(([, program]) => program!);
  const threads = `import { threadedEngine } from "@nanograd/nanograd/blas";
const engine = await threadedEngine(2);
self.postMessage(engine.threads);
engine.close();`;
  const imports = {
    "@nanograd/nanograd": new URL("mod.ts", ROOT).href,
    "@nanograd/nanograd/blas": new URL("blas/mod.ts", ROOT).href,
  };
  await Deno.writeTextFile(new URL("deno.json", folder), JSON.stringify({ imports, nodeModulesDir: "none" }));
  await Deno.writeTextFile(
    new URL("index.html", folder),
    `<!doctype html><body><script type="module" src="page.js"></script>`,
  );
  for (const [name, program] of Object.entries({ worker, page, threads })) {
    await Deno.writeTextFile(new URL(`${name}.ts`, folder), program!);
    const args = ["bundle", "--quiet", "--platform=browser", `--output=${name}.js`, `${name}.ts`];
    const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: folder }).output();
    assertEquals(success, true, new TextDecoder().decode(stderr));
  }
}

Deno.test({
  name: "the guide's worker trains while its page shows the loss, and the guide's headers are enough for threads",
  fn: () =>
    inChromium(buildGuide, ({ open }) =>
      open({}, async ({ page, complaints }) => {
        await page.waitForFunction("parseFloat(document.body.textContent) < 0.1", undefined, { timeout: 60_000 });
        assertLess(Number(await page.locator("body").innerText()), 0.1);
        const threads = await page.evaluate(`new Promise((resolve, reject) => {
          const worker = new Worker("threads.js", { type: "module" });
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = ({ message }) => reject(new Error(message));
        })`);
        assertEquals([threads, complaints], [2, []]);
      })),
});

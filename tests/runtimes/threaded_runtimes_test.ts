/**
 * Threads in other runtimes than Deno: Node, and Chromium in a worker of a page that may share memory. Where one of them is
 * not installed, its test stands aside.
 *
 * @module
 */
import { assertEquals, assertMatch } from "@std/assert";
import { CHROMIUM, resultInChromium } from "./chromium.ts";
import { versionOf } from "./elsewhere.ts";
import { stepsOnThreads } from "./threaded_step.ts";

/** Bundles a program of this folder for other runtimes. */
function bundle(folder: string, source: string): string {
  const entry = `${folder}/entry.ts`, path = `${folder}/bundle.mjs`;
  const step = new URL("./threaded_step.ts", import.meta.url).href;
  Deno.writeTextFileSync(
    entry,
    `import { CHROMIUM, resultInChromium } from "./chromium.ts";
import { versionOf } from "./elsewhere.ts";
import { stepsOnThreads } from ${JSON.stringify(step)};\n${source}`,
  );
  const { success, stderr } = new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--platform=browser", "-o", path, entry],
  }).outputSync();
  assertEquals(success, true, new TextDecoder().decode(stderr));
  return path;
}

/** Calls a function with a folder that exists for that long. */
async function inFolder(f: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync();
  try {
    await f(folder);
  } finally {
    await Deno.remove(folder, { recursive: true }).catch(() => undefined); // a browser may still write there
  }
}

Deno.test("twelve training steps on two threads have the bits of one thread", async () => {
  const { threaded, simd } = await stepsOnThreads();
  assertEquals(threaded, simd);
});

Deno.test({
  name: "Node trains on two threads, and then ends",
  ignore: versionOf("node") === undefined,
  fn: () =>
    inFolder((folder) => {
      const path = bundle(folder, "console.log(JSON.stringify(await stepsOnThreads()));");
      const { stdout, stderr } = new Deno.Command("node", { args: [path] }).outputSync();
      const text = new TextDecoder().decode(stdout), said = new TextDecoder().decode(stderr);
      // The bits are those of one thread there: another version of the runtime may have other instructions.
      const { threaded, simd } = JSON.parse(text === "" ? "{}" : text);
      assertEquals([threaded?.length, threaded], [12, simd], said);
    }),
});

/** The script of a page that runs the bundle in a worker and posts what that says. */
const IN_WORKER = `
  const worker = new Worker("/bundle.mjs", { type: "module" });
  worker.onmessage = ({ data }) => fetch("/result", { method: "POST", body: data });
  worker.onerror = ({ message }) => fetch("/result", { method: "POST", body: "error " + message });
`;

/** Opens the page in Chromium, and returns what it posts. */
function saidInWorker(folder: string, headers: Readonly<Record<string, string>>): Promise<string> {
  bundle(folder, POSTING);
  return resultInChromium(folder, IN_WORKER, headers);
}

const POSTING = "postMessage(JSON.stringify(await stepsOnThreads().catch((error) => String(error))));";

Deno.test({
  name: "Chromium trains on two threads in a worker of a page that may share memory",
  ignore: CHROMIUM === undefined,
  fn: () =>
    inFolder(async (folder) => {
      const headers = {
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-embedder-policy": "require-corp",
      };
      assertEquals(JSON.parse(await saidInWorker(folder, headers)), await stepsOnThreads());
    }),
});

Deno.test({
  name: "where memory may not be shared, the error names the headers to send",
  ignore: CHROMIUM === undefined,
  fn: () => inFolder(async (folder) => assertMatch(await saidInWorker(folder, {}), /Cross-Origin-Opener-Policy/)),
});

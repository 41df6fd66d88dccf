/**
 * Threads in other runtimes than Deno: Node, and Chromium in a worker of a page that may share memory. Where one of them is
 * not installed, its test stands aside.
 *
 * @module
 */
import { assertEquals, assertMatch } from "@std/assert";
import { stepsOnThreads } from "./threaded_step.ts";

const granted = (["read", "run", "write", "net"] as const).every((name) =>
  Deno.permissions.querySync({ name }).state === "granted"
);

/** Whether a program can be run. */
function exists(program: string): boolean {
  try {
    return granted &&
      new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

/** Bundles a program of this folder for other runtimes. */
function bundle(folder: string, source: string): string {
  const entry = `${folder}/entry.ts`, path = `${folder}/bundle.mjs`;
  const step = new URL("./threaded_step.ts", import.meta.url).href;
  Deno.writeTextFileSync(entry, `import { stepsOnThreads } from ${JSON.stringify(step)};\n${source}`);
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
  ignore: !exists("node"),
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

const CHROMIUM = ["chromium", "chromium-browser", "google-chrome"].find(exists);

/** Opens a page in Chromium, and returns what it posts to `/result`. */
async function resultInChromium(
  folder: string,
  source: string,
  headers: Readonly<Record<string, string>>,
): Promise<string> {
  bundle(folder, source);
  const result = Promise.withResolvers<string>();
  const page = `<script type="module">
    const worker = new Worker("/bundle.mjs", { type: "module" });
    worker.onmessage = ({ data }) => fetch("/result", { method: "POST", body: data });
    worker.onerror = ({ message }) => fetch("/result", { method: "POST", body: "error " + message });
  </script>`;
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/result") result.resolve(await request.text());
    if (pathname !== "/bundle.mjs") return new Response(page, { headers: { ...headers, "content-type": "text/html" } });
    return new Response(Deno.readFileSync(`${folder}/bundle.mjs`), {
      headers: { ...headers, "content-type": "text/javascript" },
    });
  });
  const browser = new Deno.Command(CHROMIUM!, {
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      `--user-data-dir=${folder}/profile`,
      `http://127.0.0.1:${server.addr.port}/`,
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
  const timer = setTimeout(() => result.reject(new Error("the page said nothing for a minute")), 60_000);
  try {
    return await result.promise;
  } finally {
    clearTimeout(timer);
    browser.kill();
    await browser.status;
    await server.shutdown();
  }
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
      assertEquals(JSON.parse(await resultInChromium(folder, POSTING, headers)), await stepsOnThreads());
    }),
});

Deno.test({
  name: "where memory may not be shared, the error names the headers to send",
  ignore: CHROMIUM === undefined,
  fn: () =>
    inFolder(async (folder) => assertMatch(await resultInChromium(folder, POSTING, {}), /Cross-Origin-Opener-Policy/)),
});

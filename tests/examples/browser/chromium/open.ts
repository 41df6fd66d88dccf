/**
 * Opens pages in Chromium, from a server of plain files.
 *
 * @module
 */
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** The path of Chromium. */
const [CHROMIUM = "chromium"] = Deno.args;

/** The path below which the page lies on the server: it must work anywhere. */
const PATH = "/some/where/";

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript",
  css: "text/css",
  safetensors: "application/octet-stream",
};

/** What the guide says that pages must send which share memory, and with which policy the library works. */
const HEADERS = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "content-security-policy":
    "default-src 'self'; script-src 'self' 'unsafe-eval'; img-src data:; worker-src 'self' blob:",
};

/** A page in a browser, and what it has complained about. */
export type OpenPage = { readonly page: Page; readonly complaints: readonly string[] };

/** How a page is opened: `missing` are the names of files that the server does not have. */
export type OpenOptions = BrowserContextOptions & { readonly missing?: readonly string[] };

/** A browser, and a server with a page. */
export type Opener = {
  /** Opens the page. */
  open(options: OpenOptions, use: (page: OpenPage) => Promise<void>): Promise<void>;
};

/**
 * Builds a page, serves it, and calls a function with what opens it.
 *
 * @param build Writes the files of the page into a folder.
 */
export async function inChromium(
  build: (folder: URL) => Promise<void>,
  use: (opener: Opener) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  await build(new URL(`file://${folder}/`));
  const quiet = ["no-first-run", "disable-background-networking", "disable-component-update", "disable-sync"];
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--headless", "--no-sandbox", "--disable-gpu", ...quiet.map((name) => `--${name}`)],
  });
  try {
    await use({ open: (options, inPage) => openPage(browser, folder, options, inPage) });
  } finally {
    await browser.close();
    await Deno.remove(folder, { recursive: true });
  }
}

async function openPage(
  browser: Browser,
  folder: string,
  { missing = [], ...options }: OpenOptions,
  use: (page: OpenPage) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const path = new URL(request.url).pathname, name = path === PATH ? "index.html" : path.slice(PATH.length);
    if (!path.startsWith(PATH) || missing.includes(name)) return new Response("nothing here", { status: 404 });
    const type = TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream";
    return await Deno.readFile(`${folder}/${name}`).then(
      (bytes) => new Response(bytes, { headers: { ...HEADERS, "content-type": type } }),
      () => new Response("nothing here", { status: 404 }),
    );
  });
  const context = await browser.newContext(options), complaints: string[] = [];
  try {
    const page = await context.newPage();
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", ({ message }) => complaints.push(message));
    await page.goto(`http://127.0.0.1:${server.addr.port}${PATH}`);
    await use({ page, complaints });
  } finally {
    await context.close();
    await server.shutdown();
  }
}

/** The smoke tests in every runtime that is there; where one is missing, its test stands aside. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { programs } from "../programs.ts";
import { CHROMIUM, resultInChromium } from "./chromium.ts";
import { answerOf, bundle, runtimes } from "./elsewhere.ts";
import { type Answers, smoke } from "./smoke.ts";

/** A function that works in a folder of its own and may be given no bundle. */
function inFolder(source: string, f: (bundle: string, folder: string) => void | Promise<void>): () => Promise<void> {
  return async () => {
    const folder = Deno.makeTempDirSync();
    try {
      const path = bundle(folder, source);
      if (path !== undefined) await f(path, folder);
    } finally {
      await Deno.remove(folder, { recursive: true }).catch(() => undefined); // a browser may still write there
    }
  };
}

/** Compares the answers of a runtime with Deno's. */
async function assertSame(given: unknown, withFiles: boolean): Promise<void> {
  const { exact, near } = given as Answers, folder = withFiles ? await Deno.makeTempDir() : undefined;
  const wanted = await smoke(folder);
  if (folder !== undefined) await Deno.remove(folder, { recursive: true });
  const { normal, ...equal } = wanted.exact;
  assertEquals({ ...exact, normal }, { ...equal, normal });
  const drawn = { ...wanted.near, normal: normal as readonly number[] };
  const answered = { ...near, normal: exact.normal as readonly number[] } as typeof drawn;
  assertEquals(Object.keys(answered), Object.keys(drawn));
  for (const [name, values] of Object.entries(drawn)) {
    const got = answered[name as keyof typeof answered];
    assertEquals(got.length, values.length, name);
    values.forEach((value, k) => assertAlmostEquals(got[k]!, value, 2e-5 * Math.max(1, Math.abs(value)), name));
  }
}

const TELL = 'import { smoke } from "LIBRARY/tests/runtimes/smoke.ts";\n';

Deno.test("what the smoke tests compute is right", async () => {
  const { exact, near } = await smoke();
  assertEquals(near.product, [14, 32, 32, 77]);
  assertEquals(near.softmax, [0, 0, 1]);
  const [first, ...rest] = near.losses!;
  assertEquals(first, rest[0]);
  assert(rest.at(-1)! < 0.8 * first!);
  assertEquals(exact.missing, ["Left", "CheckpointError"]);
  assertEquals([(exact.pictures as unknown[]).length, exact.columns], [2, [[1], ["x\ny"]]]);
  assertEquals(exact.uniform, exact["in a program"]);
});

for (const { name, path } of runtimes()) {
  Deno.test(
    `${name} answers the smoke tests as Deno does`,
    programs,
    inFolder(`${TELL}console.log(JSON.stringify(await smoke(process.argv[2])));`, async (bundle, folder) => {
      await assertSame(answerOf(path, [bundle, folder]), true);
    }),
  );
}

Deno.test(
  "a worker of Deno answers the smoke tests as Deno does",
  programs,
  inFolder(`${TELL}postMessage(await smoke());`, async (bundle) => {
    const worker = new Worker(new URL(`file://${bundle}`), { type: "module" });
    try {
      const answer = await new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
      });
      await assertSame(answer, false);
    } finally {
      worker.terminate();
    }
  }),
);

const POST = (answer: string) => `fetch("/result", { method: "POST", body: ${answer} })`;

for (
  const [place, source, page] of [
    ["a page", `${TELL}globalThis.answer = smoke();`, 'import "/bundle.mjs"; globalThis.answer.then(tell, tell);'],
    [
      "a worker of a page",
      `${TELL}smoke().then(postMessage, (error) => postMessage(String(error)));`,
      'const worker = new Worker("/bundle.mjs", { type: "module" }); worker.onmessage = ({ data }) => tell(data);',
    ],
  ] as const
) {
  Deno.test({
    name: `${place} in Chromium answers the smoke tests as Deno does`,
    ignore: CHROMIUM === undefined,
    fn: inFolder(source, async (_, folder) => {
      const script = `const tell = (x) => ${POST("x.exact ? JSON.stringify(x) : JSON.stringify(String(x))")};\n${page}`;
      const answer = JSON.parse(await resultInChromium(folder, script));
      assert(typeof answer !== "string", String(answer));
      await assertSame(answer, false);
    }),
  });
}

/** Archives, hostile ones too: `optim/data/archives/zip.ts`, `tar.ts`, `gunzip.ts` and `archive_entry.ts`. */
import { assert, assertEquals, assertLess, assertRejects, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { gzipSync } from "node:zlib";
import { mostBytes, nameProblem } from "../../../../optim/data/archives/archive_entry.ts";
import { gunzip } from "../../../../optim/data/archives/gunzip.ts";
import { untar } from "../../../../optim/data/archives/tar.ts";
import { unpack } from "../../../../optim/data/archives/unpack.ts";
import { unzip } from "../../../../optim/data/archives/zip.ts";
import { type ArchiveEntry, DataError, imageFiles } from "../../../../optim/data/mod.ts";
import { tarOf, zipOf } from "./pack.ts";

const ENTRIES = [{ name: "a/1.png", bytes: Uint8Array.of(1, 2, 3) }, {
  name: "b/2.png",
  bytes: new Uint8Array(700).fill(7),
}];
const all = () => true;

async function problem(bytes: Uint8Array, limits = {}): Promise<string> {
  const unpacked = await unpack(bytes, all, limits);
  assert(unpacked._tag === "Left" && unpacked.left instanceof DataError, "it was unpacked");
  return unpacked.left.message;
}

Deno.test("unpack() reads back ZIP, TAR and gzipped TAR archives, and what is wanted of them", async () => {
  for (const bytes of [zipOf(ENTRIES), tarOf(ENTRIES), gzipSync(tarOf(ENTRIES))]) {
    assertEquals(await unpack(bytes, all), { _tag: "Right", right: ENTRIES });
    assertEquals(await unpack(bytes, (name) => name < "b"), { _tag: "Right", right: ENTRIES.slice(0, 1) });
  }
  assertEquals(unzip(zipOf([]), all), { _tag: "Right", right: [] });
  const links = tarOf([...ENTRIES, { name: "c.png", bytes: new Uint8Array(), type: "2" }, {
    name: "d/",
    bytes: new Uint8Array(),
    type: "5",
  }]);
  assertEquals(await untar(links, all), { _tag: "Right", right: ENTRIES });
});

Deno.test("unpack() refuses names that lead out of the archive", async () => {
  for (const name of ["../x.png", "a/../../x.png", "/etc/x.png", "C:/x.png", "a\\x.png", "a/\u0001.png"]) {
    const entry = { name, bytes: new Uint8Array(1) };
    for (const bytes of [zipOf([entry]), tarOf([entry])]) {
      assertStringIncludes(await problem(bytes), "do not trust this archive");
    }
    assert(nameProblem(name) !== undefined);
  }
  assertEquals(["a/b.png", "..a/b..png", "a b/ä.png"].map(nameProblem), [undefined, undefined, undefined]);
});

Deno.test("unpack() refuses bombs before it unpacks them", async () => {
  const start = performance.now(), bomb = { name: "a/1.png", bytes: new Uint8Array(5e6) };
  assertStringIncludes(await problem(zipOf([bomb]), { maxBytes: 1e6 }), "at most 1000000 bytes");
  assertStringIncludes(
    await problem(zipOf([bomb, { ...bomb, name: "b" }]), { maxBytes: 6e6 }),
    "pass a larger maxBytes",
  );
  assertStringIncludes(await problem(gzipSync(tarOf([bomb])), { maxBytes: 1e6 }), "at most 1000000 bytes");
  assertStringIncludes(await problem(zipOf(ENTRIES, 2 ** 32 - 2)), "claims 4294967294 bytes in");
  assertStringIncludes(await problem(zipOf(ENTRIES, 900)), "claims 900"); // more than there are
  assertStringIncludes(await problem(zipOf([ENTRIES[0]!, ENTRIES[0]!])), "occurs twice");
  assertLess(performance.now() - start, 5000);
});

Deno.test("unpack() refuses archives cut off at any byte", async () => {
  const zip = zipOf(ENTRIES), tar = tarOf(ENTRIES), gzip = gzipSync(tar);
  for (let length = 0; length < zip.length; length += 7) await problem(zip.subarray(0, length));
  for (let length = 0; length < gzip.length; length += 5) await problem(gzip.subarray(0, length));
  for (const length of [0, 100, 511, 513, 1024, 1100, 2000]) await problem(tar.subarray(0, length));
});

Deno.test("unpack() answers whatever the bytes", async () => {
  const files = [zipOf(ENTRIES), tarOf(ENTRIES), gzipSync(tarOf(ENTRIES))];
  const mutated = fc.tuple(
    fc.constantFrom(...files),
    fc.array(fc.tuple(fc.nat(3000), fc.nat(255)), { minLength: 1, maxLength: 4 }),
  )
    .map(([bytes, changes]) =>
      changes.reduce((changed, [at, value]) => changed.with(at % bytes.length, value), new Uint8Array(bytes))
    );
  await fc.assert(fc.asyncProperty(mutated, async (bytes) => {
    const unpacked = await unpack(bytes, all, { maxBytes: 1e5 });
    if (unpacked._tag === "Left") assert(unpacked.left instanceof DataError);
    else assertLess(unpacked.right.reduce((sum, { bytes }) => sum + bytes.length, 0), 1e5 + 1);
  }));
});

Deno.test("gunzip() gives up at its limit", async () => {
  const packed = gzipSync(new Uint8Array(1000));
  assertEquals((await gunzip(packed, 1000))?.length, 1000);
  assertEquals(await gunzip(packed, 999), undefined);
});

/** Counts the bytes that the runtime's own stream inflates while a function runs, and the largest part. */
async function inflatedBy(work: () => Promise<unknown>): Promise<{ readonly total: number; readonly largest: number }> {
  const Stream = globalThis.DecompressionStream;
  let total = 0, largest = 0;
  globalThis.DecompressionStream = class extends Stream {
    override readonly readable = super.readable.pipeThrough(
      new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        transform: (part, controller) => {
          total += part.length;
          largest = Math.max(largest, part.length);
          controller.enqueue(part);
        },
      }),
    );
  };
  try {
    await work();
  } finally {
    globalThis.DecompressionStream = Stream;
  }
  return { total, largest };
}

Deno.test("a gzipped file is inflated piece by piece, so that a bomb takes little more than its limit", async () => {
  // A file of 1 MB was inflated to 1 GB in one part, copied twice, whatever the limit: 3 GB in all.
  const bomb = gzipSync(tarOf([{ name: "a/1.png", bytes: new Uint8Array(200e6) }])), piece = 2 ** 13 * 1032;
  const { total, largest } = await inflatedBy(async () => assertEquals(await gunzip(bomb, 1e6), undefined));
  assertLess(largest, piece + 1);
  assertLess(total, 1e6 + 4 * piece);
  assertLess((await inflatedBy(() => problem(bomb))).total, 2 ** 26 + 4 * piece);
});

Deno.test("what is inflated is one array, as long as the file says, and longer if it says less than it has", async () => {
  const bytes = new Uint8Array(3e6).map((_, k) => k * k >> 7), packed = gzipSync(bytes);
  const inflated = await gunzip(packed, 1e9);
  assertEquals([inflated?.buffer.byteLength, inflated], [3e6, bytes]);
  for (const claim of [0, 1, 2 ** 32 - 1]) {
    const lying = new Uint8Array(packed);
    new DataView(lying.buffer).setUint32(lying.length - 4, claim, true);
    await assertRejects(() => gunzip(lying, 1e9), TypeError); // the length is checked at the end
  }
});

Deno.test("archives unpack to 32 times their bytes, from 64 MiB to 1 GiB, if nothing else is said", async () => {
  assertEquals([0, 2 ** 20, 2 ** 22, 2 ** 40].map(mostBytes), [2 ** 26, 2 ** 26, 2 ** 27, 2 ** 30]);
  const bomb = { name: "a/1.png", bytes: new Uint8Array(2 ** 26 + 1) };
  for (const packed of [zipOf([bomb]), gzipSync(tarOf([bomb]))]) {
    assertStringIncludes(await problem(packed), "at most 67108864 bytes");
    const unpacked = await unpack(packed, all, { maxBytes: 2 ** 27 });
    assertEquals(unpacked._tag === "Right" && unpacked.right[0]!.bytes.length, 2 ** 26 + 1);
  }
});

Deno.test("of files with one name in a TAR archive the last one counts, as for tar; a ZIP archive is refused", async () => {
  const [a, b] = ENTRIES as [ArchiveEntry, ArchiveEntry], newer = { ...a, bytes: Uint8Array.of(9) };
  for (const name of [a.name, `./${a.name}`, "a//./1.png"]) {
    assertEquals(await unpack(tarOf([a, b, { ...newer, name }]), all), {
      _tag: "Right",
      right: [b, { ...newer, name }],
    });
    assertStringIncludes(await problem(zipOf([a, b, { ...newer, name }])), "occurs twice; pack it again");
  }
  const listed = await imageFiles(gzipSync(tarOf([a, b, { ...newer, name: `./${a.name}` }])))();
  assert(listed._tag === "Right");
  assertEquals(listed.right.files.map(({ name, label }) => [name, label]), [["a/1.png", 0], ["b/2.png", 1]]);
  assertEquals(await listed.right.files[0]!.read(), newer.bytes);
});

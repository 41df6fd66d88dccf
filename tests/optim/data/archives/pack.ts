/**
 * Writes archives for tests, hostile ones too.
 *
 * @module
 */
import { crc32, deflateRawSync } from "node:zlib";
import type { ArchiveEntry } from "../../../../optim/data/mod.ts";

const join = (parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
};

const little = (...fields: readonly (readonly [value: number, bytes: 2 | 4])[]): Uint8Array =>
  Uint8Array.from(
    fields.flatMap(([value, bytes]) => Array.from({ length: bytes }, (_, k) => value / 2 ** (8 * k) & 255)),
  );

/**
 * Writes a ZIP archive.
 *
 * @param claimed What each file claims to take unpacked; what it does take, if left out.
 */
export function zipOf(entries: readonly ArchiveEntry[], claimed?: number): Uint8Array<ArrayBuffer> {
  const locals: Uint8Array[] = [], central: Uint8Array[] = [];
  let at = 0;
  for (const { name, bytes } of entries) {
    const text = new TextEncoder().encode(name), packed = deflateRawSync(bytes), size = claimed ?? bytes.length;
    const common = little([20, 2], [0x800, 2], [8, 2], [0, 4], [crc32(bytes), 4], [packed.length, 4], [size, 4], [
      text.length,
      2,
    ], [0, 2]);
    const local = join([little([0x04034b50, 4]), common, text, packed]);
    locals.push(local);
    central.push(little([0x02014b50, 4], [20, 2]), common, little([0, 2], [0, 2], [0, 2], [0, 4], [at, 4]), text);
    at += local.length;
  }
  const directory = join(central), count = entries.length;
  const end = little([0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [directory.length, 4], [at, 4], [0, 2]);
  return join([...locals, directory, end]);
}

/** Writes a TAR archive. */
export function tarOf(entries: readonly (ArchiveEntry & { readonly type?: string })[]): Uint8Array<ArrayBuffer> {
  const blocks = entries.flatMap(({ name, bytes, type = "0" }) => {
    const header = new Uint8Array(512),
      text = (at: number, value: string) => header.set(new TextEncoder().encode(value), at);
    text(0, name);
    text(100, "0000644\0");
    text(124, `${bytes.length.toString(8).padStart(11, "0")}\0`);
    text(136, "00000000000\0");
    text(148, " ".repeat(8));
    text(156, type);
    text(257, "ustar\x0000");
    text(148, `${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0")}\0 `);
    return [header, bytes, new Uint8Array((512 - bytes.length % 512) % 512)];
  });
  return join([...blocks, new Uint8Array(1024)]);
}

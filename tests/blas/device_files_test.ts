import { assertThrows } from "@std/assert";
import { refuseDevice } from "../../blas/device_files.ts";

Deno.test("devices are refused, of characters and of blocks, and other files are not", () => {
  const kind = (isCharacter: boolean, isBlock: boolean) => ({
    isCharacterDevice: () => isCharacter,
    isBlockDevice: () => isBlock,
  });
  assertThrows(() => refuseDevice(kind(true, false)), Error, "it is a device");
  assertThrows(() => refuseDevice(kind(false, true)), Error, "it is a device");
  refuseDevice(kind(false, false));
});

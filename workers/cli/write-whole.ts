/** A small file, whole or not at all: written beside its place, brought to the disk, then renamed. */
import { open, rename } from "node:fs/promises";

export async function writeWhole(target: string, bytes: Uint8Array): Promise<void> {
  const part = `${target}.part`;
  const file = await open(part, "w");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, target);
}

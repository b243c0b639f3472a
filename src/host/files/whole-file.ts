import { renameSync, rmSync, writeFileSync } from "node:fs";

/**
 * Writes a file that only its user can read, in place of the one of that name: a reader at that time reads the old
 * one or the new one, whole. Not synced: after a power cut it may be the old one, or none.
 */
export function writeWholeFile(path: string, text: string): void {
  const part = `${path}.${crypto.randomUUID()}.part`;
  try {
    writeFileSync(part, text, { flag: "wx", mode: 0o600 });
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

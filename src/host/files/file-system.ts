import { statfs } from "node:fs/promises";
import type { Logger } from "pino";
import { Failure } from "../../failure.ts";
import { messages } from "../messages.ts";

/** What a folder is on. */
export type FileSystem =
  | { readonly kind: "disk" | "memory" | "fuse" }
  | { readonly kind: "network"; readonly name: string };

/** The numbers of statfs(2) for file systems that other machines may have mounted as well. */
const NETWORK: Readonly<Record<number, string>> = {
  26985: "NFS",
  20859: "SMB",
  4283649346: "CIFS",
  4266872130: "SMB2",
  1397113167: "AFS",
  12805120: "Ceph",
  22092: "NCP",
  1937076805: "Coda",
  198183888: "Lustre",
  1952539503: "OCFS2",
  18225520: "GFS2",
};
const FUSE = 0x65735546;
const MEMORY = 0x01021994;

/** By the `type` of statfs(2), which is negative for some. */
export function fileSystem(type: number): FileSystem {
  const name = NETWORK[type >>> 0];
  if (name !== undefined) return { kind: "network", name };
  if (type === FUSE) return { kind: "fuse" };
  return { kind: type === MEMORY ? "memory" : "disk" };
}

/** Why no database may be there, and what to do (https://sqlite.org/wal.html, section 1). */
export const NO_NETWORK = {
  reason: messages.networkFileSystem,
  advice: messages.localDisk,
} as const;

/** @throws Failure "data_dir" where the data folder is on a file system that would lose or damage jobs. */
export async function refuseNetwork(dataDir: string, log: Logger): Promise<void> {
  const found = fileSystem((await statfs(dataDir)).type);
  if (found.kind === "network")
    throw new Failure("data_dir", messages.badFileSystem(dataDir, found.name, NO_NETWORK.reason, NO_NETWORK.advice));
  if (found.kind === "fuse") log.warn({ data_dir: dataDir }, messages.fuse(dataDir));
}

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** libfaketime, which a process loads before its C library (Debian: faketime); undefined where it is missing. */
const LIBRARY =
  process.platform === "linux"
    ? readdirSync("/usr/lib")
        .map((folder) => join("/usr/lib", folder, "faketime/libfaketimeMT.so.1"))
        .find(existsSync)
    : undefined;

export const CAN_SET_CLOCK = LIBRARY !== undefined;

/**
 * What puts a process under a wall clock of its own: one that a file contains ("@2026-10-04 01:59:30", read again at each
 * check), or one that is off by some seconds. Its monotonic clock runs on, as a machine's does.
 */
export function wallClock(clock: { readonly file: string } | { readonly offS: number }): Record<string, string> {
  return {
    LD_PRELOAD: LIBRARY ?? "",
    DONT_FAKE_MONOTONIC: "1",
    ...("file" in clock
      ? { FAKETIME_TIMESTAMP_FILE: clock.file, FAKETIME_NO_CACHE: "1" }
      : { FAKETIME: `${clock.offS < 0 ? "" : "+"}${clock.offS}s` }),
  };
}

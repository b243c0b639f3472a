import { dlopen, type FFIFunction, type Library } from "bun:ffi";

/** The C library, by the names that glibc and musl have for it. */
const NAMES = ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"];

/** Functions of the C library, for what Bun has no call for; null where the system does not have them. */
export function openCLibrary<F extends Record<string, FFIFunction>>(functions: F): Library<F>["symbols"] | null {
  if (process.platform !== "linux") return null;
  for (const name of NAMES) {
    try {
      return dlopen(name, functions).symbols;
    } catch {
      // It has another name here, or no such function.
    }
  }
  return null;
}

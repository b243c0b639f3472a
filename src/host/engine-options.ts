import { ptr } from "bun:ffi";
import { totalmem } from "node:os";
import { openCLibrary } from "./c-library.ts";

/** Commands that are the service. Others end soon: what they compile early pays. */
export const SERVICE_COMMANDS: ReadonlySet<string> = new Set(["demo", "serve"]);

/** The machine that AgentLink is made for. */
const MEMORY_BYTES = 4 * 1_024 ** 3;

/**
 * JavaScriptCore's options for the service. Its last compiler made reports no faster, and what it compiled grew with each
 * report. And its heaps grow as on a small machine: with more memory around, they would retain more garbage.
 */
const OPTIONS: Readonly<Record<string, string>> = {
  BUN_JSC_useFTLJIT: "0",
  ...(totalmem() > MEMORY_BYTES && { BUN_JSC_forceRAMSize: String(MEMORY_BYTES) }),
};

/**
 * The engine reads its options only when a process begins. So the service executes itself once more, with those that the
 * operator has not set, as the same process: its number and its arguments stay. Where the system does not allow
 * that, the service goes on without.
 */
export function startWithEngineOptions(): void {
  const [, , ...args] = process.argv;
  if (!(Bun.isStandaloneExecutable && args.some((argument) => SERVICE_COMMANDS.has(argument)))) return;
  if (Object.keys(OPTIONS).every((name) => name in process.env)) return;
  // `process.execve` would close the socket that systemd passes.
  const libc = openCLibrary({
    setenv: { args: ["ptr", "ptr", "int"], returns: "int" },
    execv: { args: ["ptr", "ptr"], returns: "int" },
  });
  // With one that could not be set, it would start again and again.
  if (Object.entries(OPTIONS).some(([name, value]) => libc?.setenv(text(name), text(value), UNLESS_SET) !== 0)) return;
  libc?.execv(text(process.execPath), texts([process.argv0, ...args]));
}

/** setenv(3): a variable that is set stays. */
const UNLESS_SET = 0;
const POINTER_BYTES = 8;

/** As C has it. */
function text(value: string): Buffer {
  return Buffer.from(`${value}\0`);
}

/** Pointers to each and an empty one, and after these the texts, since nothing else would hold them. */
function texts(values: readonly string[]): Buffer {
  const all = values.map(text);
  const pointersBytes = (all.length + 1) * POINTER_BYTES;
  const block = Buffer.alloc(all.reduce((sum, { length }) => sum + length, pointersBytes));
  let offset = pointersBytes;
  for (const [at, each] of all.entries()) {
    block.writeBigUInt64LE(BigInt(ptr(block) + offset), at * POINTER_BYTES);
    offset += each.copy(block, offset);
  }
  return block;
}

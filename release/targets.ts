/** A kind of machine that gets a binary. */
export interface Target {
  /** As Bun names it. */
  readonly target: string;
  readonly file: string;
  readonly format: "elf-x64" | "elf-arm64" | "macho-arm64" | "pe-x64";
  /** Which C library it requests. */
  readonly interpreter?: string;
}

const GLIBC = "/lib64/ld-linux-x86-64.so.2";

export const TARGETS: readonly Target[] = [
  { target: "bun-linux-x64", file: "agentlink-linux-x64", format: "elf-x64", interpreter: GLIBC },
  // For processors without AVX2, as some cheap virtual machines have.
  { target: "bun-linux-x64-baseline", file: "agentlink-linux-x64-baseline", format: "elf-x64", interpreter: GLIBC },
  {
    target: "bun-linux-x64-musl",
    file: "agentlink-linux-x64-musl",
    format: "elf-x64",
    interpreter: "/lib/ld-musl-x86_64.so.1",
  },
  {
    target: "bun-linux-arm64",
    file: "agentlink-linux-arm64",
    format: "elf-arm64",
    interpreter: "/lib/ld-linux-aarch64.so.1",
  },
  { target: "bun-darwin-arm64", file: "agentlink-darwin-arm64", format: "macho-arm64" },
  { target: "bun-windows-x64", file: "agentlink-windows-x64.exe", format: "pe-x64" },
];

/** The target in a binary's header; null for none of these. */
export function formatOf(binary: DataView): Target["format"] | null {
  if (binary.getUint32(0) === 0x7f454c46) {
    const machine = binary.getUint16(18, true);
    return machine === 62 ? "elf-x64" : machine === 183 ? "elf-arm64" : null;
  }
  if (binary.getUint32(0, true) === 0xfeedfacf) return binary.getUint32(4, true) === 0x0100000c ? "macho-arm64" : null;
  if (binary.getUint16(0) === 0x4d5a) {
    const header = binary.getUint32(0x3c, true);
    return binary.getUint32(header) === 0x50450000 && binary.getUint16(header + 4, true) === 0x8664 ? "pe-x64" : null;
  }
  return null;
}

const PT_INTERP = 3;

/** The loader an ELF binary requests; null when it needs none. */
export function interpreterOf(binary: DataView): string | null {
  const table = Number(binary.getBigUint64(32, true));
  const size = binary.getUint16(54, true);
  for (let at = table, left = binary.getUint16(56, true); left > 0; left--, at += size) {
    if (binary.getUint32(at, true) !== PT_INTERP) continue;
    const start = Number(binary.getBigUint64(at + 8, true));
    const length = Number(binary.getBigUint64(at + 32, true));
    return new TextDecoder().decode(new Uint8Array(binary.buffer, binary.byteOffset + start, length - 1));
  }
  return null;
}

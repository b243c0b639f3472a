const SECTOR = 512;
const FREE = 0xffffffff;
const END = 0xfffffffe;
/** Smaller streams are stored elsewhere in the container ([MS-CFB] 2.4). */
const LEAST = 4_096;

/** A container of [MS-CFB] with these streams, as Excel 97 and programs that encrypt write it. */
export function compound(streams: Readonly<Record<string, Uint8Array>>): Buffer {
  const names = Object.keys(streams);
  const bodies = names.map((name) => {
    const bytes = streams[name] ?? new Uint8Array();
    const body = Buffer.alloc(Math.max(LEAST, Math.ceil(bytes.length / SECTOR) * SECTOR));
    body.set(bytes);
    return body;
  });
  const table = Buffer.alloc(SECTOR, 0xff);
  table.writeUInt32LE(0xfffffffd, 0);
  table.writeUInt32LE(END, 4);
  const directory = Buffer.alloc(SECTOR);
  const entry = (at: number, name: string, type: number, start: number, size: number, child: number, next: number) => {
    const to = at * 128;
    directory.write(name, to, "utf16le");
    directory.writeUInt16LE((name.length + 1) * 2, to + 64);
    directory.writeUInt16LE(type + 256, to + 66);
    for (const [offset, value] of [
      [68, FREE],
      [72, next],
      [76, child],
      [116, start],
      [120, size],
    ] as const)
      directory.writeUInt32LE(value, to + offset);
  };
  entry(0, "Root Entry", 5, END, 0, 1, FREE);
  let sector = 2;
  for (const [index, body] of bodies.entries()) {
    entry(index + 1, names[index] ?? "", 2, sector, body.length, FREE, index + 1 < names.length ? index + 2 : FREE);
    const last = sector + body.length / SECTOR - 1;
    for (; sector < last; sector++) table.writeUInt32LE(sector + 1, sector * 4);
    table.writeUInt32LE(END, sector * 4);
    sector += 1;
  }
  const head = Buffer.alloc(SECTOR);
  head.write("d0cf11e0a1b11ae1", 0, "hex");
  for (const [at, value] of [
    [24, 0x3e],
    [26, 3],
    [28, 0xfffe],
    [30, 9],
    [32, 6],
  ] as const)
    head.writeUInt16LE(value, at);
  for (const [at, value] of [
    [44, 1],
    [48, 1],
    [56, LEAST],
    [60, END],
    [68, END],
  ] as const)
    head.writeUInt32LE(value, at);
  head.fill(0xff, 76);
  head.writeUInt32LE(0, 76);
  return Buffer.concat([head, table, directory, ...bodies]);
}

/** Records of a workbook of Excel 97 ([MS-XLS] 2.1.4): a number and its bytes each. */
export function records(...given: readonly (readonly [number, string])[]): Buffer {
  return Buffer.concat(
    given.map(([number, hex]) => {
      const body = Buffer.from(hex, "hex");
      const head = Buffer.alloc(4);
      head.writeUInt16LE(number, 0);
      head.writeUInt16LE(body.length, 2);
      return Buffer.concat([head, body]);
    }),
  );
}

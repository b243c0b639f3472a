// Made-up pictures for documents: invented portraits.
import { crc32, deflateSync } from "node:zlib";

type Rgb = readonly [number, number, number];

/** A head and shoulders before a ground, in colours by number: 240 × 300. */
export function portrait(index: number): string {
  const grounds: readonly Rgb[] = [
    [214, 222, 226],
    [226, 218, 206],
    [207, 219, 211],
    [219, 211, 222],
    [209, 214, 230],
  ];
  const skins: readonly Rgb[] = [
    [236, 200, 175],
    [196, 145, 110],
    [141, 94, 66],
    [243, 214, 190],
    [222, 178, 146],
  ];
  const hairs: readonly Rgb[] = [
    [66, 48, 38],
    [32, 28, 30],
    [120, 82, 48],
    [170, 160, 150],
    [92, 40, 28],
  ];
  const coats: readonly Rgb[] = [
    [38, 52, 72],
    [74, 42, 52],
    [44, 66, 58],
    [60, 60, 66],
    [30, 34, 44],
  ];
  const of = (colours: readonly Rgb[], shift: number) => colours[(index * 3 + shift) % colours.length] as Rgb;
  const inside = (x: number, y: number, cx: number, cy: number, rx: number, ry: number) =>
    ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1;
  return png(240, 300, (x, y) => {
    const shade = 1 - (y / 300) * 0.14;
    const [ground, skin, hair, coat] = [of(grounds, 0), of(skins, 1), of(hairs, 2), of(coats, 3)];
    const lit = (colour: Rgb, by = 1): Rgb => [colour[0] * by, colour[1] * by, colour[2] * by];
    if (inside(x, y, 120, 128, 50, 62)) {
      const fringe = inside(x, y, 108 + (index % 3) * 12, 78, 58, 34);
      return fringe ? lit(hair) : lit(skin, 1 - Math.abs(x - 108) / 700);
    }
    if (inside(x, y, 120, 112, 60, 70 + (index % 2) * 26) && y < 190) return lit(hair);
    if (Math.abs(x - 120) < 22 && y >= 180 && y < 216) return lit(skin, 0.9);
    if (Math.abs(x - 120) < 26 - (y - 206) / 3 && y >= 206) return [246, 246, 244];
    if (inside(x, y, 120, 322, 112, 120)) return lit(coat);
    return lit(ground, shade);
  });
}

function png(width: number, height: number, at: (x: number, y: number) => Rgb): string {
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const offset = y * (1 + width * 3) + 1 + x * 3;
      for (const [channel, value] of at(x, y).entries())
        rows[offset + channel] = Math.max(0, Math.min(255, Math.round(value)));
    }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const chunks = [chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))];
  const bytes = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...chunks]);
  return `data:image/png;base64,${bytes.toString("base64")}`;
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

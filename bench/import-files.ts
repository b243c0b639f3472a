import { join } from "node:path";
import { writeXlsxStream } from "hucre/xlsx";

const HEADERS = [
  "Street Address",
  "Suburb",
  "State",
  "Postcode",
  "Property Type",
  "Bed",
  "Land Size",
  "Sale Date",
  "Sale Price",
  "Sale Type",
  "Agency",
  "Agent",
];
const SUBURBS = [
  ["Manly", "2095"],
  ["Fairlight", "2094"],
  ["Mosman", "2088"],
  ["Balgowlah", "2093"],
] as const;

export interface ImportFiles {
  readonly csv: string;
  /** The same as a workbook. */
  readonly xlsx: string;
  /** As many sales, as the NSW register has them. */
  readonly dat: string;
}

/** Writes an export of so many sales in each form. */
export async function writeImportFiles(folder: string, rows: number): Promise<ImportFiles> {
  const at = { csv: join(folder, "export.csv"), xlsx: join(folder, "export.xlsx"), dat: join(folder, "271.DAT") };
  await write(at.csv, rows, `${HEADERS.join(",")}\n`, csvLine);
  await write(at.dat, rows, "A;RTSALEDATA;271;20260727 01:00;VALNET;\n", registered, `Z;${rows + 2};${rows};0;0;\n`);
  const columns = HEADERS.map((header) => ({ header, key: header }));
  await Bun.write(at.xlsx, new Response(writeXlsxStream(sheet(rows), { name: "Sold", columns })));
  return at;
}

function cells(n: number): readonly (string | number)[] {
  const [suburb, postcode] = SUBURBS[n % 4] ?? SUBURBS[0];
  const type = ["House", "Apartment", "Townhouse"][n % 3] ?? "House";
  return [
    `${n} Ocean Street`,
    suburb,
    "NSW",
    postcode,
    type,
    n % 5,
    "450 m²",
    `${1 + (n % 28)}/${1 + (n % 10)}/2025`,
    `$${(900_000 + n).toLocaleString("en-AU")}`,
    "Private Treaty",
    `Agency ${n % 50}`,
    `Agent ${n % 400}`,
  ];
}

function csvLine(n: number): string {
  const line = cells(n).map((cell) => (String(cell).includes(",") ? `"${cell}"` : cell));
  return `${line.join(",")}\n`;
}

function* sheet(rows: number) {
  for (let n = 0; n < rows; n++) yield [...cells(n)];
}

function registered(n: number): string {
  const [suburb, postcode] = SUBURBS[n % 4] ?? SUBURBS[0];
  const day = `2025${String(1 + (n % 9)).padStart(2, "0")}${String(1 + (n % 28)).padStart(2, "0")}`;
  return `B;271;${n};${n};20260727 01:00;;;${n};OCEAN ST;${suburb.toUpperCase()};${postcode};500;M;${day};${day};${900_000 + n};R2;R;RESIDENCE;;AAN;;;D${n};\n`;
}

async function write(path: string, rows: number, head: string, line: (n: number) => string, end = ""): Promise<void> {
  const writer = Bun.file(path).writer();
  writer.write(head);
  for (let n = 0; n < rows; n++) {
    writer.write(line(n));
    if (n % 10_000 === 0) await writer.flush();
  }
  writer.write(end);
  await writer.end();
}

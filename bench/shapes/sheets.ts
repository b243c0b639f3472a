import { grayscale, PDFDocument, StandardFonts } from "@cantoo/pdf-lib";

/** Pages of A4 beside each other, in points. */
const COLUMNS = 4;
const PAGE = { width: 595, height: 842, gap: 12, title: 30 } as const;
const DOTS_PER_INCH = "50";

/** Writes the pages of a PDF as contact sheets of eight, `<base>-1.png` and so on, each with its title. */
export async function drawSheets(title: string, pdf: string, base: string): Promise<void> {
  const source = await PDFDocument.load(await Bun.file(pdf).bytes());
  const sheets = await PDFDocument.create();
  const font = await sheets.embedFont(StandardFonts.Helvetica);
  const pages = await sheets.embedPages(source.getPages());
  const [across, down] = [PAGE.width + PAGE.gap, PAGE.height + PAGE.gap];
  const rows = Math.min(2, Math.ceil(pages.length / COLUMNS));
  for (let first = 0; first < pages.length; first += COLUMNS * rows) {
    const sheet = sheets.addPage([across * COLUMNS, down * rows + PAGE.title]);
    sheet.drawText(`${title}: pages from ${first + 1} of ${pages.length}`, {
      x: PAGE.gap,
      y: down * rows + 8,
      size: 18,
      font,
    });
    for (const [index, page] of pages.slice(first, first + COLUMNS * rows).entries()) {
      const scale = Math.min(PAGE.width / page.width, PAGE.height / page.height);
      const at = { x: (index % COLUMNS) * across, y: down * (rows - 1 - Math.floor(index / COLUMNS)) };
      const size = { width: page.width * scale, height: page.height * scale };
      sheet.drawPage(page, { x: at.x, y: at.y + PAGE.height - size.height, ...size });
      sheet.drawRectangle({
        ...at,
        width: PAGE.width,
        height: PAGE.height,
        borderWidth: 1,
        borderColor: grayscale(0.6),
      });
    }
  }
  await Bun.write(`${base}.pdf`, await sheets.save());
  await Bun.$`pdftoppm -r ${DOTS_PER_INCH} -png ${base}.pdf ${base}`;
  await Bun.file(`${base}.pdf`).delete();
}

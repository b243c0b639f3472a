// Made-up logos of the sample's invented agencies, drawn by a browser: a mark and a name each, as agencies have them.
import hanFile from "@expo-google-fonts/chocolate-classical-sans/400Regular/ChocolateClassicalSans_400Regular.ttf" with {
  type: "file",
};
import sansFile from "@expo-google-fonts/hanken-grotesk/700Bold/HankenGrotesk_700Bold.ttf" with { type: "file" };
import serifFile from "@expo-google-fonts/newsreader/500Medium/Newsreader_500Medium.ttf" with { type: "file" };
import type { Agency } from "../src/report/data-set.ts";
import { openBrowser } from "../tests/dashboard/browser.ts";

/** A logo is drawn 64 pixels high, and so many times as large as that in the picture. */
const SCALE = 3;

interface Design {
  /** SVG in a box of 64 × 64; `currentColor` is the agency's own. */
  readonly mark: string;
  /** HTML beside the mark, or instead of it. */
  readonly name: string;
  readonly style?: "serif" | "reversed" | "spaced";
}

const small = (text: string) => `<small>${text}</small>`;

/** By the agency's id; an agency not listed here has none, as some of the real ones. */
const DESIGNS: Readonly<Record<string, Design>> = {
  "agency-01": {
    mark: '<path d="M24 10h16v6H24zM20 18h24l-4 32H24zM18 52h28v6H18z"/><path fill="#fff" d="M27 22h10l-2 24h-6z"/><circle cx="32" cy="36" r="4"/>',
    name: `Harbour Lantern${small("Realty")}`,
  },
  "agency-02": {
    mark: '<path d="M32 4 44 22H38L49 38H41L54 54H35v6h-6v-6H10L23 38H15L26 22H20z"/>',
    name: `Norfolk &amp; Pine${small("Property")}`,
    style: "serif",
  },
  "agency-03": {
    mark: '<path d="M6 14q13-9 26 0t26 0v9q-13 9-26 0t-26 0z"/><path opacity=".7" d="M6 28q13-9 26 0t26 0v9q-13 9-26 0t-26 0z"/><path opacity=".4" d="M6 42q13-9 26 0t26 0v9q-13 9-26 0t-26 0z"/>',
    name: "salt &amp;<br>sandstone",
  },
  "agency-04": { mark: "", name: `O’Brien &amp; Søns${small("Realty")}`, style: "serif" },
  "agency-05": { mark: "", name: `Wharf <b>11</b>${small("Wharf Eleven Property")}`, style: "reversed" },
  "agency-06": {
    mark: '<path d="M4 22 32 34 60 12 40 44 32 40 24 46z"/><path opacity=".55" d="M22 50 32 44 42 48 32 58z"/>',
    name: `Kestrel Lane${small("Estates")}`,
  },
  "agency-07": {
    mark: '<path fill="none" stroke="currentColor" stroke-width="6" stroke-linecap="round" d="M34 34a6 6 0 1 0-6-6c0 14 24 14 24-4A22 22 0 1 0 30 54"/>',
    name: `Tāwhiri${small("Estate agents")}`,
    style: "serif",
  },
  "agency-08": {
    mark: '<circle cx="32" cy="32" r="29"/><text x="32" y="39" fill="#fff" font-size="21" text-anchor="middle" font-family="Book">N&amp;T</text>',
    name: `Nguyễn &amp; Trần${small("Property")}`,
    style: "spaced",
  },
  "agency-09": {
    mark: '<rect x="5" y="5" width="54" height="54" rx="5"/><text x="32" y="46" fill="#fff" font-size="40" text-anchor="middle" font-family="Han">陳</text>',
    name: `陳氏地產${small("Chan Family Realty")}`,
  },
  "agency-10": {
    mark: '<path d="M3 30c16-14 24-6 29 4 5-10 13-18 29-4-14-3-20 4-29 20C23 34 17 27 3 30z"/>',
    name: `Blue Gannet${small("Real estate")}`,
    style: "spaced",
  },
  "agency-11": {
    mark: '<path d="M10 32a22 22 0 0 1 44 0z"/><path d="M4 37h56v5H4z"/><path opacity=".7" d="M10 46h44v5H10z"/><path opacity=".45" d="M18 55h28v5H18z"/>',
    name: "Ferry<br>&amp; Field",
    style: "serif",
  },
  "agency-13": {
    mark: '<path d="M32 3c14 0 17 13 17 28s-6 29-17 29S15 46 15 31 18 3 32 3z"/><path fill="#fff" d="M32 18c4-6 12-4 11 5-1 5 1 8 1 14 0 12-5 19-12 19s-12-7-12-19c0-6 2-9 1-14-1-9 7-11 11-5z"/><circle cx="27" cy="23" r="2"/><circle cx="37" cy="23" r="2"/><path fill="#e0a030" d="M28 28h8l-4 6z"/>',
    name: `Little Penguin${small("Realty")}`,
  },
  "agency-14": {
    mark: '<g fill="none" stroke="currentColor" stroke-width="5" stroke-linecap="round"><path d="M5 20q9-10 18 0t18 0 18 0"/><path opacity=".7" d="M5 33q9-10 18 0t18 0 18 0"/><path opacity=".4" d="M5 46q9-10 18 0t18 0 18 0"/></g>',
    name: `Tidewater${small("&amp; Daughters")}`,
    style: "serif",
  },
};

/** The logos by the agencies' ids, as data URIs of PNG pictures. */
export async function drawLogos(agencies: readonly Agency[]): Promise<ReadonlyMap<string, string>> {
  const browser = await openBrowser();
  try {
    const page = await (await browser.newContext({ deviceScaleFactor: SCALE })).newPage();
    await page.setContent(`<style>${await styles()}</style>${agencies.map(logoHtml).join("")}`);
    await page.evaluate("document.fonts.ready");
    const logos = new Map<string, string>();
    for (const { id } of agencies) {
      if (DESIGNS[id] === undefined) continue;
      const png = await page.locator(`#${id}`).screenshot();
      logos.set(id, `data:image/png;base64,${png.toString("base64")}`);
    }
    return logos;
  } finally {
    await browser.close();
  }
}

function logoHtml({ id, colour }: Agency): string {
  const design = DESIGNS[id];
  if (design === undefined) return "";
  const { mark, name, style = "" } = design;
  const drawn = mark === "" ? "" : `<svg viewBox="0 0 64 64" fill="currentColor">${mark}</svg>`;
  return `<p><span id="${id}" class="logo ${style}" style="--own:${colour ?? "#333333"}">${drawn}<span>${name}</span></span></p>`;
}

async function styles(): Promise<string> {
  const faces = { Grotesk: sansFile, Book: serifFile, Han: hanFile };
  const rules = Object.entries(faces).map(async ([family, path]) => {
    const font = Buffer.from(await Bun.file(path).arrayBuffer()).toString("base64");
    return `@font-face{font-family:${family};src:url(data:font/ttf;base64,${font})}`;
  });
  return `${(await Promise.all(rules)).join("")}
    body{background:#fff}
    .logo{display:inline-flex;align-items:center;gap:12px;height:64px;color:var(--own);background:#fff;
      font:700 25px/1.02 Grotesk,Han;letter-spacing:-.01em;white-space:nowrap}
    .logo svg{width:60px;height:60px}
    .logo small{display:block;margin-top:5px;font:700 11px/1 Grotesk,Han;letter-spacing:.22em;text-transform:uppercase;opacity:.75}
    .serif{font:500 30px/1 Book,Grotesk,Han}
    .spaced{text-transform:uppercase;letter-spacing:.08em;font-size:20px}
    .reversed{background:var(--own);color:#fff;padding:0 22px;font-size:27px}
    .reversed b{font-weight:700;opacity:.6}
    .reversed small{letter-spacing:.12em}`;
}

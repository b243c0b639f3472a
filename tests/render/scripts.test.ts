import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { renderPdf } from "../../src/render/document.ts";
import { DRAW } from "../../src/render/documents.ts";
import { openFace } from "../../src/render/fonts/face.ts";
import { FONTS, REPLACEMENT } from "../../src/render/fonts/fonts.ts";
import { visualOrder } from "../../src/render/fonts/scripts.ts";
import { initials } from "../../src/render/parts/portrait.ts";
import { clean, runs } from "../../src/render/style/text.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { withPrograms } from "../programs.ts";
import { dataSet, model, OPTIONS } from "./data-sets.ts";
import { dataOf, objectsOf } from "./pdf-objects.ts";
import { accessibilityFaults } from "./pdf-ua.ts";

setDefaultTimeout(60_000);

const testPdf = withPrograms("qpdf", "pdftotext", "pdfinfo");
const folder = temporaryFolder();

/** Invented, of the scripts that names of agents in Australia are written in. */
const NAMES = [
  "דניאל כהן",
  "محمد علي أحمد",
  "نرگس پارسا",
  "สมชาย ใจดี",
  "น้ำฝน ทองคำ",
  "प्रिया शर्मा",
  "किशोर कुमार",
  "தமிழ்ச்செல்வி",
  "ශ්‍රී පෙරේරා",
  "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ",
  "প্রিয়া দাস",
  "ស្រី ខ្មែរ",
  "રાજેશ ક્ષત્રિય",
  "శ్రీనివాస రావు",
  "ಕೃಷ್ಣ ಮೂರ್ತಿ",
  "ശ്രീകുമാർ നായർ",
  "ນ້ຳຝົນ ແກ້ວ",
  "Արամ Խաչատրյան",
  "გიორგი ბერიძე",
  "ခင်မျိုးသန့် အောင်ဆန်း",
  "ဒေါ် ရွှေရည်",
  "အင်္ဂလိပ် ပဏ္ဍိတ",
  "သြဇာ မေတ္တာ",
  "ገብረእግዚአብሔር ኃይሉ",
  "ܐܫܘܪ ܒܢܝܡܝܢ",
  "ଜ୍ଞାନେନ୍ଦ୍ର କ୍ଷେତ୍ର",
  "བསྟན་འཛིན་རྒྱ་མཚོ།",
  "ジョン・スミス",
  "Ελένη Παππά",
  "Мария Ωmega",
  "김민수",
  "陳大文",
].map(clean);

/** What poppler extracts, without the marks that it puts around what runs from right to left. */
async function textOf(path: string): Promise<string> {
  const text = await Bun.$`pdftotext ${path} -`.quiet().text();
  return text.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "").replace(/\s+/g, " ");
}

testPdf("names of all scripts are set whole, are extracted as they were sent, and are accessible", async () => {
  const path = join(folder, "scripts.pdf");
  const agentName = (index: number) => NAMES[index] ?? "";
  const report = model({ agents: NAMES.length, agencies: 2, sales: 400, agentName, address: () => "1 مكتب Street" });
  await Bun.write(path, (await renderPdf(report)).bytes);
  const text = await textOf(path);
  expect(NAMES.filter((name) => !text.normalize("NFC").includes(name))).toEqual([]);
  expect(text).not.toContain("◊");
  expect(await accessibilityFaults(path)).toEqual([]);
});

testPdf("a letter with its dots or vowels is one glyph, which is extracted as the letter", async () => {
  const path = join(folder, "vowels.pdf");
  const names = ["أحمد بشير", "خدیجہ پروین", "مُحَمَّد الشَّرِيف", "דָּוִד כֹּהֵן"].map(clean);
  const report = model({ agents: 4, agencies: 1, sales: 20, agentName: (index) => names[index] ?? "" });
  await Bun.write(path, (await renderPdf(report)).bytes);
  // In the order in which they are written: poppler then joins no words by where they are.
  const text = (await Bun.$`pdftotext -raw ${path} -`.quiet().text()).replace(/[\u200e\u200f\u202a-\u202e]/g, "");
  for (const word of names.flatMap((name) => name.split(" "))) expect(text).toContain(word);
  const { objects } = await objectsOf(path);
  const maps = Object.values(objects).map((object) => dataOf(object).toString("latin1"));
  // From the left, as the letters of the line.
  expect(maps.some((map) => map.includes("<064f 0645>") && map.includes("<0651 064e 0645>"))).toBe(true);
  expect(await accessibilityFaults(path)).toEqual([]);
});

testPdf("a name in bold looks bold in a script whose face has one weight", async () => {
  const path = join(folder, "bold.pdf");
  const report = model({ agents: 3, agencies: 1, sales: 20, agentName: (index) => NAMES[index + 1] ?? "" });
  await Bun.write(path, (await renderPdf(report)).bytes);
  const { objects } = await objectsOf(path);
  const contents = Object.values(objects).map((object) => dataOf(object).toString("latin1"));
  const outlined = contents.flatMap((content) => Array.from(content.matchAll(/q\n(.+) RG\n(.+) w\n1 j\n2 Tr\nBT/g)));
  expect(outlined.length).toBeGreaterThan(0);
  // As thick as a semibold letter's stem is more, and of the letters' colour.
  for (const [, colour = "", width] of outlined) {
    expect(Number(width)).toBeWithin(0.1, 0.5);
    expect(contents.some((content) => content.includes(`${colour} rg`))).toBe(true);
  }
});

test("every letter has a face, and a script its own", () => {
  const families = new Set(NAMES.flatMap((name) => runs(name, "Serif").map(({ family }) => family)));
  for (const family of [
    ..."Hebrew Arabic Thai Devanagari Tamil Sinhala Gurmukhi Bengali Khmer".split(" "),
    ..."Gujarati Telugu Kannada Malayalam Lao Armenian Georgian".split(" "),
    ..."Myanmar Ethiopic Syriac Oriya Tibetan".split(" "),
  ])
    expect([...families]).toContain(family as never);
  for (const name of NAMES)
    expect(
      runs(name, "Sans")
        .map(({ text }) => text)
        .join(""),
    ).toBe(name);
});

/** As a line shows it from left to right, a part for each word. */
const shown = (text: string) =>
  visualOrder(text.split(/(?<= )|(?= )/).map((word) => ({ text: word })))
    .map((part) => part.text)
    .join("");

test("what runs from right to left is in its order, numbers and English words in theirs", () => {
  expect(shown("Jane Smith, 2 Bay Street")).toBe("Jane Smith, 2 Bay Street");
  expect(shown("דניאל כהן")).toBe("כהן דניאל");
  expect(shown("Director, בית חדש")).toBe("Director, חדש בית");
  expect(shown("Ali محمد علي Smith")).toBe("Ali علي محمد Smith");
  expect(shown("דניאל 12 כהן")).toBe("כהן 12 דניאל");
  expect(shown("דניאל ( כהן ) לוי")).toBe("לוי ( כהן ) דניאל");
});

test("blanks are between the words that they separate, wherever a line is cut and whichever way it runs", () => {
  /** The letters from left to right: those of a part that runs from right to left are turned around when they are set. */
  const letters = (...words: string[]) =>
    visualOrder(words.map((text) => ({ text })))
      .map(({ text }) => (/[\u0590-\u08ff]/.test(text) ? Array.from(text).reverse().join("") : text))
      .join("");
  const turned = (word: string) => Array.from(word).reverse().join("");
  expect(letters("محمد ", "12 ", "علي")).toBe(`${turned("علي")} 12 ${turned("محمد")}`);
  expect(letters("Ali ", "محمد ", "علي ", "Smith")).toBe(`Ali ${turned("علي")} ${turned("محمد")} Smith`);
  expect(letters("דניאל ", "Cohen, ", "2 ", "Bay")).toBe(`${turned("דניאל")} Cohen, 2 Bay`);
});

testPdf("words are written in the order in which they are read, and a bracket as the one that was sent", async () => {
  const path = join(folder, "order.pdf");
  const name = "דניאל (לוי) כהן";
  const report = model({
    agents: 3,
    agencies: 1,
    sales: 20,
    agentName: (index) => (index === 0 ? name : `Mia ${index}`),
  });
  await Bun.write(path, (await renderPdf(report)).bytes);
  expect((await textOf(path)).replaceAll(" ", "")).toContain(name.replaceAll(" ", ""));
  // The letters of a word are as on paper, from the left; its words as they are read, one after the other.
  const turned = (word: string) => Array.from(word).reverse().join("");
  const read = (await Bun.$`pdfinfo -struct-text ${path}`.quiet().text()).replace(/[^\u05d0-\u05ea]+/g, " ");
  expect(read).toContain(["דניאל", "לוי", "כהן"].map(turned).join(" "));
});

test("letters that join and marks retain what joins them, and nothing else that cannot be seen stays", () => {
  expect(clean("ශ්\u200dරී")).toBe("ශ්\u200dරී");
  expect(clean("علی\u200cرضا")).toBe("علی\u200cرضا");
  for (const hidden of [
    "Ja\u200dne",
    "Ja\u200cne",
    "\u202eJane",
    "Jane\u200c",
    "علی\u200c",
    "\u2067Jane",
    "Ja\u034fne\u3164",
  ])
    expect(clean(hidden)).toBe(hidden.replace(/\u034f|\u200c|\u200d|\u202e|\u2067|\u3164/g, ""));
  // Unicode counts some signs that are seen as format: the end of a verse, and what is below a year.
  for (const seen of ["\u06dd\u0661", "\u0601\u0661\u0662", "\u070f\u0710\u0712"]) expect(clean(seen)).toBe(seen);
  expect(runs("Lo\ud800ne", "Sans")).toEqual([{ text: `Lo${REPLACEMENT}ne`, family: "Sans" }]);
  // Nothing but what is invisible is seen as what it is; a space of another width is one.
  expect(clean("\u3164\u115f")).toBe(REPLACEMENT);
  expect(clean("Jane\u2005Smith\u205f")).toBe("Jane Smith ");
});

test("the ellipsis of a name that is cut is behind its letters, whichever way they run", () => {
  const placed = (text: string) => visualOrder(runs(text, "Sans")).map((part) => part.text);
  expect(placed("Jane Smi…")).toEqual(["Jane Smi…"]);
  expect(placed("דני…")).toEqual(["…", "דני"]);
  expect(placed("Ali محم… leads")).toEqual(["Ali ", "…", "محم", " leads"]);
});

test("a telephone number is read from the left, beside and within letters that run from the right", () => {
  expect(shown("בית חדש · 02 9555 1234")).toBe("חדש בית · 02 9555 1234");
  expect(shown("בית · +61 2 9555 1234 · Ada")).toBe("בית · +61 2 9555 1234 · Ada");
  expect(shown("טלפון 02 9555 1234")).toBe("02 9555 1234 טלפון");
});

test("the letters of a monogram do not join", () => {
  expect(initials("Ada Quill")).toBe("AQ");
  expect(initials("דניאל כהן")).toBe("דכ");
  const shapes = (text: string) =>
    openFace(FONTS.Arabic.normal)
      .layout(clean(text))
      .glyphs.map(({ id }) => id);
  expect(shapes(initials("خالد الكبير"))).toEqual(expect.arrayContaining([...shapes("خ"), ...shapes("ا")]));
});

/** The lines of a table's narrow column on which a name begins that has no room on one. */
async function beginningsOf(name: string): Promise<readonly string[]> {
  const path = join(folder, `${Bun.randomUUIDv7()}.pdf`);
  const report = model({ agents: 4, agencies: 1, sales: 20, agencyName: () => name });
  await Bun.write(path, (await renderPdf(report)).bytes);
  const text = (await Bun.$`pdftotext -raw ${path} -`.quiet().text()).replace(/[\u200e\u200f\u202a-\u202e]/g, "");
  const lines = text.split("\n").map((line) => line.trim());
  const begins = lines.filter((line) => line.length > 4 && line.length < name.length && name.startsWith(line));
  expect(begins.length).toBeGreaterThan(0);
  return begins;
}

testPdf.each([
  ["Thai", "สำนักงานอสังหาริมทรัพย์ไทยแลนด์กรุงเทพมหานคร"],
  ["Burmese", "မောင်မောင်ကြီးအိမ်ခြံမြေအကျိုးဆောင်လုပ်ငန်းရန်ကုန်မြို့"],
])("a phrase without blanks is cut where its words end: %s", async (_, name) => {
  const words = Array.from(new Intl.Segmenter("th", { granularity: "word" }).segment(name), ({ index }) => index);
  for (const line of await beginningsOf(name)) expect(words).toContain(line.length);
});

testPdf.each([
  ["Tamil", "தமிழ்ச்செல்விகிருஷ்ணமூர்த்திசுப்பிரமணியம்லட்சுமிநாராயணன்"],
  ["Malayalam", "ശ്രീകൃഷ്ണനുണ്ണിത്തമ്പുരാൻപത്മനാഭസ്വാമിതിരുനാൾ"],
  ["Devanagari", "श्रीकृष्णचन्द्रद्विवेदीक्षत्रियसत्यनारायणत्रिपाठी"],
  ["Sinhala", "ගෙඩිගෙශ්\u200dරීලංකාප්\u200dරජාතාන්ත්\u200dරිකසමාජවාදීජනරජය"],
])("a word that is wider than its line is cut between two letters with their marks: %s", async (_, name) => {
  const cuts = Array.from(new Intl.Segmenter("en", { granularity: "grapheme" }).segment(name), ({ index }) => index);
  for (const line of await beginningsOf(name)) {
    expect(cuts).toContain(line.length);
    // Nor within letters that the sign for no vowel joins.
    expect(line).not.toMatch(/[\u094d\u0d4d\u0dca\u200d]$/);
  }
});

testPdf("a hyphen of a name is read as one, also where the name is cut with another one", async () => {
  const path = join(folder, "hyphen.pdf");
  const name = "Rhein-2024Donaudampfschifffahrtsgesellschaftskapitaen";
  const report = model({ agents: 4, agencies: 1, sales: 20, agencyName: () => name });
  await Bun.write(path, (await renderPdf(report)).bytes);
  const text = await Bun.$`pdftotext -raw ${path} -`.quiet().text();
  expect(text).toMatch(/Rhein-2024Donau[a-z]+\u00ad\n/);
  expect(text).not.toContain("Rhein\u00ad");
});

test("a name that no face has all letters of is named in a warning of the job", async () => {
  const named = (agentName: (index: number) => string, options = {}) =>
    DRAW.agents(dataSet({ agents: 3, sales: 12, agentName }), { ...OPTIONS, ...options }, () => {});
  expect((await named((index) => NAMES[index] ?? "")).warnings).toBeUndefined();
  const { warnings = [] } = await named((index) => (index === 1 ? "𞤀𞤣𞤤𞤢𞤥 Diallo" : `Mia ${index}`));
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toStartWith('No font has all letters of "𞤀𞤣𞤤𞤢𞤥 Diallo": where the text is printed, ◊');
  const many = await DRAW.agents_brief(
    dataSet({ agents: 23, sales: 40, agentName: (index) => `ᐃᓄᒃ ${index}` }),
    OPTIONS,
    () => {},
  );
  expect(many.warnings?.[0]).toMatch(/"ᐃᓄᒃ 19" and 3 more/);
  const elsewhere = await DRAW.agents(
    dataSet({ agents: 1, sales: 1, listings: 1, address: (index) => `${index} 🏡 Street` }),
    { ...OPTIONS, subject: { address: "1 𠀀 Road" } },
    () => {},
  );
  expect(elsewhere.warnings?.[0]).toMatch(/letters of .*"1 𠀀 Road", .*"\d+ 🏡 Street"/u);
  const plain = dataSet({ agents: 2, agencies: 1, sales: 12 });
  const credited = await DRAW.agents(
    {
      ...plain,
      agents: (plain.agents ?? []).map((agent, index) =>
        index > 0 ? agent : { ...agent, phone: "☎𞤀 1", reviews: [{ provider: "𞤀 Reviews", rating: 4.5, count: 3 }] },
      ),
      sources: [{ id: "s1", name: "𞤀 Register", licence: "𞤀 Licence", disclaimer: `${"No guarantee. ".repeat(9)}𞤀` }],
    },
    OPTIONS,
    () => {},
  );
  for (const text of ["☎𞤀 1", "𞤀 Reviews", "𞤀 Register", "𞤀 Licence"])
    expect(credited.warnings?.[0]).toContain(`"${text}"`);
  expect(credited.warnings?.[0]).toMatch(/"No guarantee\. [^"]{50,70}…"/);
});

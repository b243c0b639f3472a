import { LESSONS, rendererWithout } from "../../bench/lessons.ts";
import { model } from "./data-sets.ts";

/**
 * Writes a report of names that are hard to set to the path that is its first argument: as it was taught to, or
 * "plain", as pdfmake does it by itself. Its faces it shares also then: pdfmake's own cannot set all of these names.
 */
const [path = "", how] = process.argv.slice(2);
const lessons = how === "plain" ? LESSONS.filter((lesson) => lesson !== "faces") : [];
const NAMES = [
  "Q̃uentin Ávila",
  "AV Tāwhai fi ffi",
  "J̊ørn X̌ Y̋",
  "陳大文 Chan",
  "김민수",
  "Nguyễn Thị Hương",
  "Żółć & Co",
];
const report = model({
  agents: 40,
  sales: 200,
  agentName: (index) => `${NAMES[index % NAMES.length]} ${index}`,
  market: true,
});
const renderPdf = await rendererWithout(lessons);
await Bun.write(path, (await renderPdf(report)).bytes);

// False statements of a report's pages about themselves: notes and definitions of what they do not have, a figure that two
// pages round otherwise, a sentence twice.
import { messages as leasing } from "../../src/report/leasing/messages.ts";
import { messages as report } from "../../src/report/messages.ts";
import { type Page, squeeze } from "./page.ts";
import { isTick } from "./page-ticks.ts";

/** A note, without blanks, and what there is for it to explain. */
const NOTES: readonly (readonly [note: RegExp, needed: RegExp])[] = [
  [/\*nbelow10:toofewtorelyon\./g, /\*/],
  [/“–”withann:(?:unknown,or)?toofewtoshow\./g, /–n\d/],
  [/nbehindamedian:itsdisclosedprices\./g, /MEDIAN/],
  [/nisthenumberofsales,pricesorresultsbehindafigure\./g, /n\d/],
  [/†assuppliedby\S{0,50}?\./g, /†/],
  [/\(p\):provisional;laterecordsmaystillbeadded\./g, /\(p\)/],
  [/“–”:pricenotdisclosed\./g, /–/],
  [/Mom\.\(momentum\):shareofcurrentlistingsminus\S{0,40}?\./g, /MOM\./],
  [/Value:sumofdisclosedprices\./g, /VALUE/],
  [/Days:mediandays[a-z]*\./g, /DAYS/],
  [/Change:percentagepoints\./g, /CHANGE/],
  [/Change:ontheprevious12months\./g, /CHANGE/],
  [/Lead:salestheagentled\./g, /LEAD/],
  [/Rent:medianweeklyaskingrent,\S{0,50}?\./g, /RENTN/],
  [/Now:onthemarket\./g, /NOW/],
  [/n:thenumberofaskingrentsbehindamedian\./g, /MEDIANRENTN/],
];

/** Where a page has what Method defines. */
const TERMS: Readonly<Record<string, RegExp>> = {
  "Sales, 12 months": /SALES/i,
  "Lead and involved": /LEAD|\dled/,
  "Market share": /SHARE|of(?:the|\d[\d,]*)?sales?/,
  "Median sold price": /MEDIAN/i,
  "Disclosure rate": /Disclosurerate/,
  "Sales value": /VALUE|disclosedprices?|Value/,
  "Days on market": /DAYS/i,
  "Clearance rate": /CLEARANCERATE/i,
  "Method mix": /SALEMETHODS/,
  "Vendor discount": /VENDORDISCOUNT/i,
  "Sale-to-list": /Sale-to-list/,
  "Months of supply": /MONTHSOFSUPPLY/i,
  Growth: /GROWTH/i,
  "Gross yield": /Grossrentalyield/,
  Concentration: /\(HHI\)/,
  "Rank change": /new|=|[+−]\d/,
  Momentum: /MOM\./,
  Gap: /GAPTOTHENEXTRANK/,
  "As supplied": /†|assupplied/,
  "Rental listings, 12 months": /RENTALLISTINGS/,
  Share: /SHARE|oflistings/,
  "Median asking rent": /RENT/,
  "Days to lease": /DAYS/,
  Change: /CHANGE|points/,
  Rank: /RANK|#/,
};

/** What a page must not have without its definition: a term by its name, as a label or the head of a column. */
const DEFINED_IF: Readonly<Record<string, RegExp>> = {
  "Sales, 12 months": /SALES,12MONTHS|Sales,12months/,
  "Lead and involved": /INVOLVED|Involved|Led\d|\dled/,
  "Market share": /SHAREOFTHESALES|AGENCYSHARE/,
  "Median sold price": /MEDIANHOUSE|MEDIANUNIT|MEDIANLAND|MEDIANN?DAYS|Mediansoldprice|Medianprice/,
  "Disclosure rate": /Disclosurerate/,
  "Days on market": /DAYSONMARKET|Daysonmarket|MEDIANDAYS/,
  "Clearance rate": /CLEARANCERATE|Clearancerate/,
  "Method mix": /SALEMETHODS/,
  "Vendor discount": /VENDORDISCOUNT|Vendordiscount/,
  "Sale-to-list": /Sale-to-list/,
  "Months of supply": /MONTHSOFSUPPLY|Monthsofsupply/,
  Growth: /Growthinmedian|GROWTH/,
  "Gross yield": /Grossrentalyield/,
  Concentration: /\(HHI\)/,
  "Rank change": /newintheranks|placesontheyear|placeontheyear|#\d+\((?:new|=|[+−]\d)/,
  Momentum: /MOM\./,
  Gap: /GAPTOTHENEXTRANK\d/,
};

/** What is printed of a definition, and of a message with one. */
const DEFINED = Object.values<unknown>({ ...report, ...leasing }).flatMap((each) =>
  typeof each === "string" ? [squeeze(each)] : [],
);

/** Notes and definitions of what no page has. */
export function uselessNotes(pages: readonly Page[], terms: readonly string[]): readonly string[] {
  const all = pages.map(({ text }) => text).join("");
  const rest = [...NOTES.map(([note]) => note), ...DEFINED].reduce<string>(
    (text, said) => text.replaceAll(said, ""),
    all,
  );
  return [
    ...undefinedTerms(rest, terms),
    ...NOTES.flatMap(([note, needed]) => {
      const found = all.match(note);
      return found !== null && !needed.test(rest) ? [`explains what no page has: ${found[0]}`] : [];
    }),
    ...terms.flatMap((term) => {
      const use = TERMS[term];
      if (use === undefined) return [`no page is known where ${term} is used`];
      return use.test(rest.replaceAll(squeeze(term), "")) || use.test(titled(rest, term))
        ? []
        : [`defines what no page has: ${term}`];
    }),
  ];
}

/** What a report on sales that defines any term does not define, although a page has it. */
function undefinedTerms(text: string, terms: readonly string[]): readonly string[] {
  if (terms.length === 0 || terms.includes("Rental listings, 12 months")) return [];
  return Object.entries(DEFINED_IF).flatMap(([term, use]) =>
    use.test(text) && !terms.includes(term) ? [`does not define ${term}`] : [],
  );
}

/** Once it is the definition's own title. */
function titled(text: string, term: string): string {
  const own = squeeze(term);
  return text.split(own).length > 2 ? own : "";
}

/** Figures of the first page that the second has in another rounding, by what is left where both are as long. */
export function otherRounding([cover, ...others]: readonly Page[]): readonly string[] {
  const figures = (page: Page | undefined) =>
    (page?.words ?? []).flatMap(({ text }) => /^\$?[\d,]*\.?\d+[%kmb]?\*?$/.exec(text)?.[0] ?? []).map(plainly);
  const elsewhere = new Set(others.flatMap(figures));
  return (
    figures(cover)
      // All of them is not rounded.
      .filter((figure) => /[%kmb]$/.test(figure) && figure !== "100%" && !elsewhere.has(figure))
      .map((figure) => `${figure} on the cover is on no other page`)
  );
}

function plainly(figure: string): string {
  return figure.replace("*", "");
}

/** Shares and changes with a decimal that is 0, which sentences do not have; an axis has as many as all of its ticks. */
export function needlessDecimals(pages: readonly Page[]): readonly string[] {
  return pages.flatMap(({ words }, index) =>
    words
      .filter((word) => /^(?:[+−][\d,]+\.0|[\d,]+\.0%)[*†]?$/.test(word.text) && !isTick(word))
      .map(({ text }) => `page ${index + 1} has a decimal that is 0: ${text}`),
  );
}

/** The signs of a table, each of which must be explained. */
const KEY = /^(?:\*|†|n (?:behind|is)|“–”|\(p\)|The small number)/;

/** Sentences that are twice on a page, but for those of a source. */
export function repeatedSentences(texts: readonly string[], given: string): readonly string[] {
  return texts.flatMap((text, index) => {
    const sentences = text
      .split(/(?<=[a-z]{2}\.)\s+/)
      .filter((each) => each.length > 30 && !KEY.test(each) && !given.includes(each));
    return sentences
      .filter((each, at) => sentences.indexOf(each) !== at)
      .map((each) => `page ${index + 1} says twice: ${each}`);
  });
}

import { expect, test } from "bun:test";
import { BANDS, parseBand } from "../../../src/report/input/price-band.ts";

test.each(BANDS.map((band) => [band.label, band] as const))(
  "%s is read in the spellings of all forms",
  (label, band) => {
    const meta = label.toLowerCase().replace(/[ -]/g, "_");
    const n8n = label.replace(/^(\$[\d.]+)m-/, "$1-");
    const spellings = [
      label,
      meta,
      n8n,
      label.toUpperCase(),
      ` ${label} `,
      label.replace("-", " - "),
      label.replace("-", "–"),
    ];
    for (const spelling of spellings) expect([spelling, parseBand(spelling)]).toEqual([spelling, band]);
  },
);

test.each([
  ["$1-$1.5m", "$1m-$1.5m"],
  ["$500-$1m", "$500k-$1m"],
  ["less_than_$500k", "Less than $500k"],
  ["Under $500,000", "Less than $500k"],
  ["$500,000 - $1,000,000", "$500k-$1m"],
  ["$10m_+", "$10m+"],
  ["$10m plus", "$10m+"],
  ["over $10m", "$10m+"],
  ["4m to 6m", "$4m-$6m"],
])("%s means %s", (text, label) => {
  expect(parseBand(text)?.label).toBe(label);
});

test.each([
  "",
  "$1m",
  "$1m-$2m",
  "$6m-$4m",
  "about a million",
  "$1m-$1.5m or $2m-$2.5m",
  "10",
  "less than $1m",
  "$5m+",
  "$",
])("%p is no band", (text) => {
  expect(parseBand(text)).toBeNull();
});

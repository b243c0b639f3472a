import { expect } from "bun:test";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { until } from "../until.ts";

const FIT_MS = 30_000;
const OF_COLOURS = ["color-contrast", "link-in-text-block"];

/** What axe finds of weight on a page, with where. In the other theme only what has to do with colours can differ. */
export async function findings(page: Page, only: "all" | "colours" = "all"): Promise<readonly string[]> {
  return (await violationsOn(page, only)).filter(({ isGrave }) => isGrave).map(({ what }) => what);
}

/** Everything that axe finds on a page, or in the part of it that `part` selects, of whatever weight, with where. */
export async function violationsOn(
  page: Page,
  only: "all" | "colours" = "all",
  part = "html",
): Promise<readonly { readonly what: string; readonly isGrave: boolean }[]> {
  // Half a megabyte of script: once for each document.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    ({ rules, part }) =>
      (globalThis as unknown as { axe: typeof axe }).axe.run(part, {
        iframes: false,
        resultTypes: ["violations"],
        ...(rules === null ? {} : { runOnly: { type: "rule", values: rules } }),
      }),
    { rules: only === "colours" ? OF_COLOURS : null, part },
  );
  return violations.map(({ id, impact, nodes }) => ({
    what: `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`,
    isGrave: impact === "serious" || impact === "critical",
  }));
}

/** Asserts that a page is no wider than the screen. Charts are drawn again for another width, which takes a moment. */
export async function expectNoWider(page: Page, what: string, width: number): Promise<void> {
  await page.setViewportSize({ width, height: 800 });
  const fits = async () => (await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) === 0;
  await until(fits, FIT_MS, `${what} to be no wider than ${width} px`);
}

/** Asserts that axe finds nothing serious, and nothing is wider than the screen, on a phone and on a desk. */
export async function expectFit(page: Page, what: string): Promise<void> {
  for (const width of [375, 1_280]) {
    await expectNoWider(page, what, width);
    expect({ what, width, found: await findings(page) }).toEqual({ what, width, found: [] });
  }
}

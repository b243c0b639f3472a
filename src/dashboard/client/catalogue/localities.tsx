import { linkTo } from "../address.ts";
import { now } from "../clock.ts";
import type { ShownLocality } from "../responses.ts";
import { number } from "../words.ts";
import { messages } from "./messages.tsx";
import { ReportMark } from "./report-mark.tsx";
import { ageOf, dayWords, isStale } from "./words.ts";

/** The link to a locality's own page. */
function localityLink({ suburb, state, postcode }: Pick<ShownLocality, "suburb" | "state" | "postcode">): string {
  return linkTo(`catalogue/localities/${state}/${encodeURIComponent(suburb)}`, { postcode });
}

/** What there is of each locality, and what a report of it would be. */
export function LocalitiesTable({ localities }: { readonly localities: readonly ShownLocality[] }) {
  return (
    <table class="plain-table localities" aria-label={messages.localities}>
      <thead>
        <tr>
          <th scope="col">Suburb</th>
          <th scope="col">Report</th>
          <th scope="col" class="number">
            Sales
          </th>
          <th scope="col" class="number wide">
            In 12 months
          </th>
          <th scope="col" class="number wide">
            Listings
          </th>
          <th scope="col" class="number wide">
            Agents
          </th>
          <th scope="col">Newest sale</th>
          <th scope="col" class="wide">
            Source
          </th>
        </tr>
      </thead>
      <tbody>
        {localities.map((locality) => (
          <tr key={`${locality.state} ${locality.suburb} ${locality.postcode}`}>
            <th scope="row">
              <a href={localityLink(locality)}>{locality.suburb}</a>{" "}
              <span class="second">
                {locality.state} {locality.postcode}
              </span>
            </th>
            <td>
              <ReportMark report={locality.report} />
            </td>
            <td class="number">{number(locality.sales)}</td>
            <td class="number wide">{number(locality.sales_12m)}</td>
            <td class="number wide">{number(locality.listings)}</td>
            <td class="number wide">{number(locality.agents)}</td>
            <td>
              <Freshness newest={locality.newest} />
            </td>
            <td class="wide second">{locality.sources.join(", ") || "–"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The newest sale and how old it is; marked where a report would be of another time. */
export function Freshness({ newest, short = false }: { readonly newest: string | null; readonly short?: boolean }) {
  if (newest === null) return <span class="second">no sales</span>;
  const stale = isStale(newest, now.value);
  const age = ageOf(newest, now.value);
  return (
    <span class={stale ? "stale" : undefined}>
      {!short && <span class="wide-only">{dayWords(newest)} · </span>}
      {age === "today" ? "today" : `${age} old`}
      {stale && <span class="visually-hidden">{messages.tooOld}</span>}
    </span>
  );
}

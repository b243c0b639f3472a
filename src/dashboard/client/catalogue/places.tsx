import { linkTo } from "../address.ts";
import { now } from "../clock.ts";
import type { ShownLocality } from "../responses.ts";
import { number } from "../words.ts";
import { messages } from "./messages.tsx";
import { ReportMark } from "./report-mark.tsx";
import { ageOf, dayWords, isStale } from "./words.ts";

/** The link to a locality's own page. */
function localityLink({ suburb, state, postcode }: Pick<ShownLocality, "suburb" | "state" | "postcode">): string {
  return linkTo(`catalogue/places/${state}/${encodeURIComponent(suburb)}`, { postcode });
}

/** What there is of each locality, and what a report of it would be. */
export function LocalitiesTable({ places }: { readonly places: readonly ShownLocality[] }) {
  return (
    <table class="plain-table places" aria-label={messages.places}>
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
        {places.map((place) => (
          <tr key={`${place.state} ${place.suburb} ${place.postcode}`}>
            <th scope="row">
              <a href={localityLink(place)}>{place.suburb}</a>{" "}
              <span class="second">
                {place.state} {place.postcode}
              </span>
            </th>
            <td>
              <ReportMark report={place.report} />
            </td>
            <td class="number">{number(place.sales)}</td>
            <td class="number wide">{number(place.sales_12m)}</td>
            <td class="number wide">{number(place.listings)}</td>
            <td class="number wide">{number(place.agents)}</td>
            <td>
              <Freshness newest={place.newest} />
            </td>
            <td class="wide second">{place.sources.join(", ") || "–"}</td>
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

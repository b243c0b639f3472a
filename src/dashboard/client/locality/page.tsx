/*
 * The page of one suburb: its rows in the catalogue, and what a full report lacks.
 * Rows can be removed here.
 * Not here: other pages, except the words of the catalogue's page.
 */

import { useEffect, useState } from "preact/hooks";
import { go, linkTo, type PageProps } from "../address.ts";
import type { Refusal } from "../api.ts";
import { removeLocality } from "../catalogue/changes.tsx";
import { Freshness } from "../catalogue/localities.tsx";
import { ReportMark } from "../catalogue/report-mark.tsx";
import { dayWords } from "../catalogue/words.ts";
import type { ShownLocality, ShownPeople, ShownPerson } from "../responses.ts";
import { useResponse } from "../use-response.ts";
import { mayOperate, maySubmit } from "../viewer.ts";
import { asSentence, localityName, many, number } from "../words.ts";
import { messages } from "./messages.ts";
import { Rows } from "./rows.tsx";

const PEOPLE_FIRST = 15;

/** What the catalogue has of one locality, and what a full report of it lacks. */
export function Page({ named: { state = "", suburb = "" }, query }: PageProps) {
  const postcode = query.get("postcode");
  const path = `api/catalogue/localities/${encodeURIComponent(state)}/${encodeURIComponent(suburb)}`;
  const of = postcode === null ? "" : `?${new URLSearchParams({ postcode })}`;
  const { found: locality, refusal } = useResponse<ShownLocality>(path + of);
  const { found: people } = useResponse<ShownPeople>(locality === null ? null : `${path}/people${of}`);
  useEffect(() => {
    if (locality !== null) document.title = `${localityName(locality)} – AgentLink`;
  }, [locality]);

  if (refusal !== null && locality === null)
    return <Nothing refusal={refusal} requested={{ suburb, state, postcode }} />;
  if (locality === null)
    return (
      <div class="heading">
        <h1>{suburb}</h1>
      </div>
    );
  const requested = { suburb: locality.suburb, state: locality.state, postcode: locality.postcode };
  return (
    <>
      <div class="heading">
        <h1>{localityName(locality)}</h1>
        <ReportMark report={locality.report} />
        <div class="actions">
          {maySubmit && (
            <a class="button primary" href={linkTo("new", requested)}>
              New report
            </a>
          )}
          {mayOperate && (
            <>
              <a class="button" href={linkTo("catalogue/import", requested)}>
                Import a file
              </a>
              <button
                type="button"
                class="button"
                onClick={async () => {
                  if (await removeLocality(path + of, localityName(locality))) go(linkTo("catalogue"));
                }}
              >
                Remove…
              </button>
            </>
          )}
        </div>
      </div>
      <p class="under">
        <a href={linkTo("catalogue")}>All suburbs</a>
        <span>
          {locality.newest === null || locality.oldest === null
            ? "no sales"
            : messages.salesSpan(
                many(locality.sales, "record"),
                dayWords(locality.oldest),
                dayWords(locality.newest),
                number(locality.sales_12m),
              )}
        </span>
        {locality.newest !== null && (
          <span>
            newest <Freshness newest={locality.newest} short />
          </span>
        )}
        <span>{locality.sources.length === 0 ? "no source named" : `from ${locality.sources.join(", ")}`}</span>
      </p>
      <Missing locality={locality} />
      <div class="halves">
        <PeopleTable title="Agents" people={people?.agents ?? null} showAgency />
        <PeopleTable title="Agencies" people={people?.agencies ?? null} />
      </div>
      <Rows path={path} of={postcode} kind="sales" total={locality.sales} />
      <Rows path={path} of={postcode} kind="listings" total={locality.listings} />
      <Rows path={path} of={postcode} kind="rentals" total={locality.rentals} />
    </>
  );
}

function Missing({ locality }: { readonly locality: ShownLocality }) {
  if (locality.missing.length === 0) return null;
  return (
    <section class="callout" aria-labelledby="missing">
      <h2 id="missing">{messages.lacking}</h2>
      <ul class="dots">
        {locality.missing.map((what) => (
          <li key={what}>{what}</li>
        ))}
      </ul>
    </section>
  );
}

interface PeopleTableProps {
  readonly title: string;
  readonly people: readonly ShownPerson[] | null;
  readonly showAgency?: boolean;
}

function PeopleTable({ title, people, showAgency = false }: PeopleTableProps) {
  const [all, setAll] = useState(false);
  const shown = all ? people : people?.slice(0, PEOPLE_FIRST);
  return (
    <section class="panel" aria-labelledby={title}>
      <h2 id={title}>
        {title}
        {people !== null && people.length > 0 && <span class="count">{number(people.length)}</span>}
      </h2>
      {people === null ? (
        <p class="hint">…</p>
      ) : people.length === 0 ? (
        <p class="hint">{messages.noPeople}</p>
      ) : (
        <table class="plain-table" aria-labelledby={title}>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col" class="number">
                Sales
              </th>
              <th scope="col" class="number">
                Listings
              </th>
            </tr>
          </thead>
          <tbody>
            {shown?.map((each) => (
              <tr key={each.id}>
                <th scope="row">
                  {each.name}
                  {each.hidden && <span class="second"> hidden</span>}
                  {showAgency && each.agency !== null && <span class="second below">{each.agency}</span>}
                </th>
                <td class="number">{number(each.sales)}</td>
                <td class="number">{number(each.listings)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {people !== null && people.length > PEOPLE_FIRST && !all && (
        <button type="button" class="button small" onClick={() => setAll(true)}>
          Show all {number(people.length)} {title.toLowerCase()}
        </button>
      )}
    </section>
  );
}

interface RequestedLocality {
  readonly suburb: string;
  readonly state: string;
  readonly postcode: string | null;
}

function Nothing({ refusal, requested }: { readonly refusal: Refusal; readonly requested: RequestedLocality }) {
  const { suburb, state, postcode } = requested;
  const isUnknown = refusal.status === 404;
  return (
    <div class="empty">
      <h1>{isUnknown ? messages.noData : messages.notShown}</h1>
      <p role="alert">{asSentence(refusal.message)}</p>
      {isUnknown && !mayOperate && <p class="hint">{messages.adminImports}</p>}
      <div class="actions">
        {mayOperate && isUnknown && (
          <a class="button primary" href={linkTo("catalogue/import", { suburb, state, postcode: postcode ?? "" })}>
            Import a file
          </a>
        )}
        <a class="button" href={linkTo("catalogue")}>
          All suburbs
        </a>
      </div>
    </div>
  );
}

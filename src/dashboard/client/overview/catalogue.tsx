import { linkTo } from "../address.ts";
import { ageOf, dayWords } from "../catalogue/words.ts";
import { now } from "../clock.ts";
import type { ShownOverview } from "../responses.ts";
import { mayOperate, viewer } from "../viewer.ts";
import { many } from "../words.ts";
import { messages } from "./messages.tsx";

type CatalogueOverview = ShownOverview["catalogue"];

/** Whether reports have data: null where it is old or the sample, or where another source has it. */
export function catalogueOk({ state, other_source }: CatalogueOverview): boolean | null {
  if (state === "current") return true;
  return state === "empty" && !other_source ? false : null;
}

/** "34 suburbs, newest sale 3 weeks old". */
export function catalogueWords({ state, localities, newest }: CatalogueOverview): string {
  if (state === "empty") return "empty";
  const age = newest === null ? "no sales" : `newest sale ${dayWords(newest)}`;
  return `${state === "sample" ? "sample data, " : ""}${many(localities, "suburb")}, ${age}`;
}

/** What has to be done first if reports have no data, or only outdated data. */
export function CatalogueState({ figures }: { readonly figures: ShownOverview | null }) {
  if (figures === null) return null;
  const { state, newest, other_source } = figures.catalogue;
  if (state === "current" || (other_source && state !== "sample")) return null;
  if (state === "empty") return <FirstSteps targets={figures.deliveries.map(({ target }) => target)} />;
  return (
    <section class="callout" aria-labelledby="first">
      <h2 id="first">{state === "sample" ? messages.fromSample : messages.dataOld}</h2>
      <p>{state === "sample" ? messages.aboutSample : messages.newestSaleAge(ageOf(newest, now.value))}</p>
      <p>
        <a class="button" href={linkTo(state === "sample" ? "catalogue" : "catalogue/import")}>
          {state === "sample" ? messages.toCatalogue : "Import newer data"}
        </a>
      </p>
    </section>
  );
}

/** From a service that has nothing to its first report, without a word of the shell. */
function FirstSteps({ targets }: { readonly targets: readonly string[] }) {
  return (
    <section class="callout" aria-labelledby="first">
      <h2 id="first">{messages.addData}</h2>
      <p>{messages.noData}</p>
      {!mayOperate && <p>{messages.adminImports}</p>}
      {mayOperate && (
        <>
          <p>
            <a class="button primary" href={linkTo("catalogue/import")}>
              Import a file
            </a>
          </p>
          <ul class="dots">
            {!viewer.signedIn && (
              <li>{messages.localRequests(<a href={linkTo("keys")}>{messages.createFirstKey}</a>)}</li>
            )}
            <li>
              {messages.deliveredTo(
                targets.join(" and "),
                <a href={linkTo("delivery")}>test it</a>,
                <a href={linkTo("settings")}>the settings</a>,
              )}
            </li>
            {viewer.publicUrl === null && <li>{messages.localLinks(<code>AGENTLINK_PUBLIC_URL</code>)}</li>}
            <li>
              Then <a href={linkTo("new")}>{messages.requestFirstReport}</a>.
            </li>
          </ul>
        </>
      )}
    </section>
  );
}

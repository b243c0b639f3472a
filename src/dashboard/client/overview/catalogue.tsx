import { linkTo } from "../address.ts";
import { ageOf, dayWords } from "../catalogue/words.ts";
import { now } from "../clock.ts";
import type { Overview } from "../responses.ts";
import { mayOperate, viewer } from "../viewer.ts";
import { many } from "../words.ts";

type Catalogue = Overview["catalogue"];

/** Whether reports have data: null where it is old or the sample, or where another source has it. */
export function catalogueOk({ state, other_source }: Catalogue): boolean | null {
  if (state === "current") return true;
  return state === "empty" && !other_source ? false : null;
}

/** "34 places, newest sale 3 weeks old". */
export function catalogueWords({ state, places, newest }: Catalogue): string {
  if (state === "empty") return "empty";
  const age = newest === null ? "no sales" : `newest sale ${dayWords(newest)}`;
  return `${state === "sample" ? "sample data, " : ""}${many(places, "place")}, ${age}`;
}

/** What has to be done first where reports have nothing, or nothing of now, to be made from. */
export function CatalogueState({ figures }: { readonly figures: Overview | null }) {
  if (figures === null) return null;
  const { state, newest, other_source } = figures.catalogue;
  if (state === "current" || (other_source && state !== "sample")) return null;
  if (state === "empty") return <FirstSteps targets={figures.deliveries.map(({ target }) => target)} />;
  return (
    <section class="callout" aria-labelledby="first">
      <h2 id="first">{state === "sample" ? "Reports are made from the sample" : "The data is old"}</h2>
      <p>
        {state === "sample"
          ? "The agents, agencies and sales are fictitious, and every page of a report says so."
          : `The newest sale in the catalogue is ${ageOf(newest, now.value)} old, so reports describe that time.`}
      </p>
      <p>
        <a class="button" href={linkTo(state === "sample" ? "catalogue" : "catalogue/import")}>
          {state === "sample" ? "Go to the catalogue" : "Import newer data"}
        </a>
      </p>
    </section>
  );
}

/** From a service that has nothing to its first report, without a word of the shell. */
function FirstSteps({ targets }: { readonly targets: readonly string[] }) {
  return (
    <section class="callout" aria-labelledby="first">
      <h2 id="first">Add your data first</h2>
      <p>
        The catalogue is empty and no other source is set, so only requests that contain their own data can become
        reports.
      </p>
      {!mayOperate && <p>An administrator imports it.</p>}
      {mayOperate && (
        <>
          <p>
            <a class="button primary" href={linkTo("catalogue/import")}>
              Import a file
            </a>
          </p>
          <ul class="dots">
            {!viewer.signedIn && (
              <li>
                The service accepts only requests from this machine. For others,{" "}
                <a href={linkTo("keys")}>create the first key</a>.
              </li>
            )}
            <li>
              Reports are delivered to {targets.join(" and ")}: <a href={linkTo("delivery")}>test it</a>, or see{" "}
              <a href={linkTo("settings")}>the settings</a> to deliver elsewhere and to notify people of problems.
            </li>
            {viewer.publicUrl === null && (
              <li>
                Links work only on this machine. For others, set the address of the service:{" "}
                <code>AGENTLINK_PUBLIC_URL</code>.
              </li>
            )}
            <li>
              Then <a href={linkTo("new")}>request the first report</a>.
            </li>
          </ul>
        </>
      )}
    </section>
  );
}

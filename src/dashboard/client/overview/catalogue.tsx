import { linkTo } from "../address.ts";
import type { Overview } from "../answers.ts";
import { ageOf, dayWords } from "../catalogue/words.ts";
import { now } from "../clock.ts";
import { mayOperate } from "../viewer.ts";
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
  return `${state === "sample" ? "the made-up sample, " : ""}${many(places, "place")}, ${age}`;
}

/** What has to be done first where reports have nothing, or nothing of now, to be made from. */
export function CatalogueState({ figures }: { readonly figures: Overview | null }) {
  if (figures === null) return null;
  const { state, newest, other_source } = figures.catalogue;
  if (state === "current" || (other_source && state !== "sample")) return null;
  if (state === "empty")
    return (
      <section class="callout" aria-labelledby="first">
        <h2 id="first">Add your data first</h2>
        <p>
          The catalogue is empty and no other source is set, so a report that brings no data of its own has nothing to
          be made from.
        </p>
        <p>
          {mayOperate ? (
            <a class="button primary" href={linkTo("catalogue/import")}>
              Import a file
            </a>
          ) : (
            "An administrator imports it."
          )}
        </p>
      </section>
    );
  return (
    <section class="callout" aria-labelledby="first">
      <h2 id="first">{state === "sample" ? "Reports are made from the sample" : "The data is old"}</h2>
      <p>
        {state === "sample"
          ? "The agents, agencies and sales are made up, and every page of a report says so."
          : `The newest sale of the catalogue is ${ageOf(newest, now.value)} old: reports are of that time.`}
      </p>
      <p>
        <a class="button" href={linkTo(state === "sample" ? "catalogue" : "catalogue/import")}>
          {state === "sample" ? "Go to the catalogue" : "Import newer data"}
        </a>
      </p>
    </section>
  );
}

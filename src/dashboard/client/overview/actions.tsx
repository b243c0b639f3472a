import { Clock } from "../parts/time.tsx";
import type { Overview } from "../responses.ts";
import { who } from "../words.ts";

const WORDS = { paused: "Queue paused", resumed: "Queue resumed", imported: "Data imported" } as const;

/** Who did what to the queue as a whole, and to the data. */
export function Actions({ actions }: { readonly actions: Overview["actions"] }) {
  if (actions.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="actions">
      <h2 id="actions">Lately done</h2>
      <ul class="actions-list">
        {actions.map(({ at, action, actor, detail }) => (
          <li key={`${at} ${action}`}>
            {WORDS[action]} by {action === "imported" && actor === "operator" ? "operator (command line)" : who(actor)}
            {detail === null ? "" : `: ${detail}`}{" "}
            <span class="second">
              <Clock at={at} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

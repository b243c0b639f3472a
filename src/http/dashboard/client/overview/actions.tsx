import type { Overview } from "../answers.ts";
import { Clock } from "../parts/time.tsx";
import { who } from "../words.ts";

const WORDS = { paused: "Queue paused", resumed: "Queue resumed" } as const;

/** Who did what to the queue as a whole. */
export function Actions({ actions }: { readonly actions: Overview["actions"] }) {
  if (actions.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="actions">
      <h2 id="actions">Paused and resumed</h2>
      <ul class="actions-list">
        {actions.map(({ at, action, actor }) => (
          <li key={at}>
            {WORDS[action]} by {who(actor)}{" "}
            <span class="second">
              <Clock at={at} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

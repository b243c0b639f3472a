import { overview } from "../live.ts";
import { mayOperate } from "../viewer.ts";
import { clearAll } from "./changes.tsx";
import { messages } from "./messages.tsx";

/** Where the catalogue has the made-up sample: that it goes when anything of one's own comes in. */
export function Sample({ onChange }: { readonly onChange: () => void }) {
  if (overview.value?.catalogue.state !== "sample") return null;
  return (
    <section class="callout" aria-labelledby="sample">
      <h2 id="sample">{messages.isSample}</h2>
      <p>{messages.aboutSample}</p>
      {mayOperate && (
        <p>
          <button
            type="button"
            class="button small"
            onClick={async () => {
              if (!(await clearAll())) return;
              // The figures come in a moment; until then this is known.
              if (overview.value !== null)
                overview.value = { ...overview.value, catalogue: { ...overview.value.catalogue, state: "empty" } };
              onChange();
            }}
          >
            Remove the sample…
          </button>
        </p>
      )}
    </section>
  );
}

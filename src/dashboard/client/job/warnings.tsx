import { AlertIcon } from "../parts/icons.tsx";
import type { Job } from "../responses.ts";

/** What was odd about the request: whoever gets the PDF would be the first to see it. */
export function Warnings({ job: { warnings } }: { readonly job: Job }) {
  if (warnings.length === 0) return null;
  return (
    <section class="callout bad" aria-labelledby="warnings">
      <h2 id="warnings">
        <AlertIcon /> {warnings.length === 1 ? "Warning" : "Warnings"}
      </h2>
      {warnings.map((warning) => (
        <p key={warning}>{warning}</p>
      ))}
    </section>
  );
}

import { useState } from "preact/hooks";
import { at } from "../address.ts";
import { useNarrow } from "../jobs/narrow.ts";
import { DocumentIcon } from "../parts/icons.tsx";
import { hasEnded } from "../parts/status.tsx";
import type { ShownJob } from "../responses.ts";
import { kindName, localityName } from "../words.ts";
import { messages } from "./messages.tsx";

/** The PDF beside its details; if there are several, the selected one. Phones show a PDF on a page of its own, or not at all. */
export function Pdf({ job }: { readonly job: ShownJob }) {
  const narrow = useNarrow();
  const [chosen, choose] = useState<string | null>(null);
  const { documents } = job;
  const shown = documents.find(({ kind }) => kind === chosen) ?? documents[0];
  if (shown === undefined)
    return (
      <aside class="pdf none" aria-label="Report">
        <DocumentIcon />
        <p>{hasEnded(job) ? messages.noPdf : messages.pdfComing}</p>
      </aside>
    );
  const file = shown === documents[0] ? "report" : `documents/${shown.kind}`;
  const address = at(`api/jobs/${job.job_id}/${file}.pdf`);
  return (
    <aside class="pdf" aria-label="Report">
      {documents.length > 1 && (
        <div class="actions" role="tablist" aria-label="Documents">
          {documents.map(({ kind }) => (
            <button
              key={kind}
              type="button"
              role="tab"
              class={kind === shown.kind ? "button primary" : "button"}
              aria-selected={kind === shown.kind}
              onClick={() => choose(kind)}
            >
              {kindName(kind)}
            </button>
          ))}
        </div>
      )}
      <p class="actions">
        <a class="button" href={address} target="_blank" rel="noopener">
          <DocumentIcon />
          Open the PDF
        </a>
        <a class="button" href={address} download={shown.filename}>
          Download
        </a>
      </p>
      {!narrow && (
        <iframe
          key={shown.sha256}
          title={`${documents.length > 1 ? kindName(shown.kind) : "Report"} on ${localityName(job)}`}
          src={`${address}#view=FitH&navpanes=0`}
        />
      )}
    </aside>
  );
}

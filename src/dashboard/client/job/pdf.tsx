import { at } from "../address.ts";
import type { Job } from "../answers.ts";
import { useNarrow } from "../jobs/narrow.ts";
import { DocumentIcon } from "../parts/icons.tsx";
import { placeName } from "../words.ts";

/** The PDF beside what is told of it. Phones show a PDF on a page of its own, or not at all. */
export function Pdf({ job }: { readonly job: Job }) {
  const narrow = useNarrow();
  const address = at(`api/jobs/${job.job_id}/report.pdf`);
  if (job.result === null)
    return (
      <aside class="pdf none" aria-label="Report">
        <DocumentIcon />
        <p>{job.status === "processing" ? "The PDF appears here as soon as it is rendered." : "There is no PDF."}</p>
      </aside>
    );
  return (
    <aside class="pdf" aria-label="Report">
      <p class="actions">
        <a class="button" href={address} target="_blank" rel="noopener">
          <DocumentIcon />
          Open the PDF
        </a>
        <a class="button" href={address} download={`${placeName(job)}.pdf`}>
          Download
        </a>
      </p>
      {!narrow && (
        <iframe key={job.result.sha256} title={`Report on ${placeName(job)}`} src={`${address}#view=FitH&navpanes=0`} />
      )}
    </aside>
  );
}

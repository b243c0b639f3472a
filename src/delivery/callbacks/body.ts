import type { Job } from "../../queue/job.ts";
import { endedJobView } from "../../views/job-view.ts";
import type { Audience } from "../../views/views.ts";

export interface CallbackBodyDependencies extends Pick<Audience, "folders" | "statusContract"> {
  /** The service's address for whoever is called back. */
  readonly origin: () => string;
  /** Whether who runs the service is this client: without keys there is one person, whose the service is. */
  readonly runsService: (client: string) => boolean;
}

/**
 * Makes the body of a callback: the job as its status shows it. `operators`: it goes to the operator's own address, and
 * says all; any other says what is the client's.
 */
export function createCallbackBodies({ origin, runsService, ...audience }: CallbackBodyDependencies) {
  return (job: Job, operators: boolean): string =>
    JSON.stringify(endedJobView(job, { ...audience, origin: origin(), admin: operators || runsService(job.client) }));
}

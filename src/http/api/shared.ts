import type { Access, Admission } from "../../access/access.ts";
import type { Sessions } from "../../access/sessions/sessions.ts";
import type { Turns } from "../../host/scheduling/turns.ts";
import type { Submitted } from "../../queue/job.ts";
import type { BodyLimits } from "../body.ts";
import type { BodyReader } from "../body-reader.ts";
import type { Connections } from "../connections.ts";
import type { HttpDependencies } from "../http.ts";
import type { Outgoing } from "../outgoing.ts";
import type { NoteChange } from "./audited.ts";
import type { Feed } from "./events/feed.ts";
import type { Waiters } from "./waiters.ts";

/** What the routes are built from: the parts, and what the routes share with each other. */
export interface Shared extends HttpDependencies {
  readonly access: Access;
  readonly admission: Admission;
  readonly feed: Feed;
  readonly sessions: Sessions;
  readonly waiters: Waiters;
  readonly outgoing: Outgoing;
  readonly reader: BodyReader;
  readonly connections: Connections;
  readonly limits: BodyLimits;
  readonly turns: Turns;
  /** Adds details of what a request changed, for the audit list. */
  readonly noteChange: NoteChange;
  /** Called with the jobs that a request brought, as soon as they are stored. */
  readonly noteAccepted: (request: Request, submitted: readonly Submitted[]) => Promise<void>;
}

import type { Static } from "@sinclair/typebox";
import type { Overview as OverviewView } from "../../http/api/overview.ts";
import type { AuditList } from "../../http/api/routes/audit.ts";
import type { CallbackList } from "../../http/api/routes/callbacks.ts";
import type { CatalogueImports } from "../../http/api/routes/catalogue-changes.ts";
import type {
  CatalogueLocalities,
  CatalogueLocalityRows,
  CataloguePeople,
} from "../../http/api/routes/catalogue-localities.ts";
import type { CatalogueMaps } from "../../http/api/routes/catalogue-maps.ts";
import type { Deliveries as DeliveriesView } from "../../http/api/routes/deliveries.ts";
import type { DropboxView } from "../../http/api/routes/dropbox.ts";
import type { FailureGroups } from "../../http/api/routes/failures.ts";
import type { CatalogueFile } from "../../http/api/routes/import-file.ts";
import type { JobDetail as JobDetailView } from "../../http/api/routes/job-detail.ts";
import type { JobList } from "../../http/api/routes/jobs.ts";
import type { KeyView } from "../../http/api/routes/keys.ts";
import type { ExaminationView, SettingsView } from "../../http/api/routes/settings.ts";
import type { StatisticsView } from "../../http/api/routes/statistics.ts";
import type { AgencyList, SuburbList } from "../../http/api/routes/suburbs.ts";
import type { Territories } from "../../http/api/routes/territories.ts";
import type { UsageView } from "../../http/api/routes/usage.ts";
import type { SavedViews } from "../../http/api/routes/views.ts";
import type { Status } from "../../queue/job.ts";
import type { JobView } from "../../views/job-view.ts";

/** The shapes of the service's responses, from where they are promised. */
export type ShownJob = Static<typeof JobView> & { readonly client?: string };
export type ShownStage = ShownJob["stage"];
export type ShownJobList = Static<typeof JobList>;
export type ShownCallback = Static<typeof CallbackList>["callbacks"][number];
export type Agencies = Static<typeof AgencyList>["agencies"];
export type ShownSuburb = Static<typeof SuburbList>["suburbs"][number];
export type ShownKey = Static<typeof KeyView>;
export type AuditFound = Static<typeof AuditList>;
export type ShownAuditEntry = AuditFound["entries"][number];
export type SettingsFound = Static<typeof SettingsView>;
export type ShownSetting = SettingsFound["settings"][number];
export type ShownExamination = Static<typeof ExaminationView>;
export type Deliveries = Static<typeof DeliveriesView>;
export type DropboxState = Static<typeof DropboxView>;
export type Failures = Static<typeof FailureGroups>;
export type FailureGroup = Failures["groups"][number];
export type SavedView = Static<typeof SavedViews>["views"][number];
export type Territory = Static<typeof Territories>["territories"][number];
export type ShownUsage = Static<typeof UsageView>;
export type ShownStatistics = Static<typeof StatisticsView>;
export type ShownJobDetail = Omit<Static<typeof JobDetailView>, "job"> & { readonly job: ShownJob };
export type ShownAttempt = ShownJobDetail["attempts"][number];

export type ShownLocalities = Static<typeof CatalogueLocalities>;
export type ShownLocality = ShownLocalities["localities"][number];
export type ShownLocalityRows = Static<typeof CatalogueLocalityRows>;
export type ShownPeople = Static<typeof CataloguePeople>;
export type ShownPerson = ShownPeople["agents"][number];
export type Imports = Static<typeof CatalogueImports>["imports"];
export type Maps = Static<typeof CatalogueMaps>["maps"];
export type ImportedFile = Static<typeof CatalogueFile>;
export type ImportedTable = NonNullable<ImportedFile["table"]>;

export type ShownOverview = Omit<Static<typeof OverviewView>, "counts"> & {
  readonly counts: Readonly<Record<Status, number>>;
};

/** The data of `event: progress`. */
export interface Progress {
  readonly job_id: string;
  readonly stage: ShownStage;
  /** 0–100 over the whole job. */
  readonly progress: number;
  readonly section: string | null;
  readonly waiting_for: string | null;
}

import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Failure } from "../failure.ts";
import { createOutbound } from "../outbound/outbound.ts";
import { createRenderPool } from "../render/threads/pool.ts";
import { discountRule } from "../report/commission/discount.ts";
import { reportDay } from "../report/day.ts";
import { planDocuments } from "../report/documents.ts";
import { chooseTown, resolveTown } from "../report/localities/namesakes.ts";
import type { Locality } from "../report/localities/suburbs.ts";
import { reportOptions } from "../report/options.ts";
import { preparePicture, withPictures } from "../report/pictures/picture.ts";
import { type Beside, besideOf } from "../report/request/beside.ts";
import { createAddressedPictures } from "../report/sources/addressed-pictures.ts";
import { type DataOf, openCatalogue } from "../report/sources/catalogue.ts";
import { gatherDataSet, withDecisions } from "../report/sources/gather.ts";
import { parseRequest } from "../report/validation.ts";
import type { Config } from "../settings/config.ts";
import { messages } from "./messages.ts";
import { requireFolderOf } from "./output-file.ts";
import { readJson } from "./read-json.ts";

interface RenderFileOptions {
  /** A request as POST /api/generate-agents-report takes it; "-" is standard input. */
  readonly request: string;
  /** The PDF to write. */
  readonly output: string;
  /** Print JSON. */
  readonly json: boolean;
  readonly config: Config;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

/**
 * Renders one report without a service: the data of the request, else of the catalogue in the data folder.
 * @throws Failure, the same as from the service; no file is written then.
 */
export async function renderFile({ request: from, output, json, config, out, err }: RenderFileOptions): Promise<void> {
  requireFolderOf(output);
  const { request, warnings } = await parsedRequest(from);
  for (const warning of warnings) err(`warning: ${warning}`);
  const { locality, warning } = chooseTown(
    resolveTown(request, request.data?.suburb?.postcode ?? null),
    dataIn(config.dataDir),
  );
  if (warning !== null) err(`warning: ${warning}`);
  const [kind] = planDocuments(request, config);
  const { data } = request;
  const dataSet = data
    ? JSON.stringify(data)
    : await fromCatalogue(config.dataDir, locality, besideOf(request), kind === "agency" ? "rentals" : "sales");
  const pool = createRenderPool({ threads: 1 });
  // An unpredictable name: another writer of that folder could have put a link or a pipe at a usual one.
  const draft = join(dirname(resolve(output)), `.${basename(output)}.${crypto.randomUUID()}`);
  try {
    const { suburb, state, postcode } = locality;
    const date = reportDay(new Date().toISOString(), locality, config.reportDateZone);
    const options = reportOptions(request, {
      ...{ suburb, state, postcode, date, printEmails: config.printEmails },
      ...{ edition: config.edition, discount: discountRule(config) },
    });
    const whole = await createAddressedPictures({
      outbound: createOutbound({ allowHosts: config.allowHosts, allowHttp: config.allowHttp }),
      draw: (dataUri, use) => withPictures(() => preparePicture(dataUri, use)),
    }).fetchInto(dataSet);
    const {
      pages,
      bytes,
      warnings: drawn = [],
    } = await pool.render({ kind, dataSet: new TextEncoder().encode(whole), options, output: draft }, {});
    for (const warning of drawn) err(`warning: ${warning}`);
    await rename(draft, resolve(output));
    out(
      json ? JSON.stringify({ file: resolve(output), pages, bytes }) : `${output}: ${messages.pdfSize(pages, bytes)}`,
    );
  } finally {
    await rm(draft, { force: true });
    await pool.close();
  }
}

async function parsedRequest(from: string) {
  const body = await readJson(from, "a request");
  return withPictures(() => parseRequest(body));
}

/** Whether the catalogue of a data folder, if it has one, knows a locality. */
function dataIn(dataDir: string): (locality: Locality) => boolean {
  return (locality) => {
    const path = join(dataDir, "catalogue.db");
    if (!existsSync(path)) return false;
    const catalogue = openCatalogue({ path });
    const known = catalogue.hasData(locality);
    catalogue.close();
    return known;
  };
}

async function fromCatalogue(dataDir: string, locality: Locality, beside: Beside | null, of: DataOf): Promise<string> {
  const path = join(dataDir, "catalogue.db");
  if (existsSync(path)) {
    const catalogue = openCatalogue({ path });
    const dataSet = await gatherDataSet([catalogue], locality, beside, of);
    const decisions = catalogue.decisions();
    catalogue.close();
    if (dataSet !== null) return withDecisions(dataSet, decisions);
  }
  throw new Failure("no_data", messages.noDataFor(locality.suburb, locality.state, locality.postcode));
}

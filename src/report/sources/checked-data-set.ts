import type { DataSet } from "../data-set.ts";
import { parseJsonText } from "../input/json.ts";
import { withPreparedPictures } from "../pictures/pictures.ts";
import { readDataSet } from "../validation.ts";
import { messages } from "./messages.ts";

/** A data set as JSON text, with what is to be known of it without reading it again. */
export interface CheckedDataSet {
  readonly text: string;
  readonly suburb: DataSet["suburb"];
}

const PICTURES_NAMED = 5;

/**
 * A picture that cannot be drawn is left out and named in Method: it must not cost the report.
 * @throws Failure "bad_json" or "invalid_data_set" (permanent).
 */
export function checkDataSet(text: string): CheckedDataSet {
  const { dataSet, problems } = withPreparedPictures(readDataSet(parseJsonText(text)), "");
  const named = problems.slice(0, PICTURES_NAMED).map(({ path, message }) => messages.pictureLeftOut(path, message));
  const more = problems.length - named.length;
  const notes = more > 0 ? [...named, messages.morePictures(more)] : named;
  const noted = notes.length === 0 ? dataSet : { ...dataSet, notes: [...(dataSet.notes ?? []), ...notes] };
  return { text: JSON.stringify(noted), suburb: dataSet.suburb };
}

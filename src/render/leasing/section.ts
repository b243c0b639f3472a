import type { LeasingModel } from "../../report/leasing/model.ts";
import type { Chapter } from "../chapter.ts";
import type { Palette } from "../style/theme.ts";

/** Draws its part of the agency report; null where the model has nothing for it. */
export type LeasingSection = (model: LeasingModel, palette: Palette) => Chapter | null;

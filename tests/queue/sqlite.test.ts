import { describeQueue } from "./contract.ts";
import { sqlitePlace } from "./place.ts";

describeQueue("SQLite", sqlitePlace);

import { describeQueue } from "./contract.ts";
import { sqliteStorage } from "./sqlite-storage.ts";

describeQueue("SQLite", sqliteStorage);

import { onLinux } from "../programs.ts";
import { describeFloods } from "./reading.ts";

describeFloods(onLinux, { backend: () => "sqlite", jobs: 24_000 });

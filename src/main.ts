#!/usr/bin/env bun
import { startWithEngineOptions } from "./host/engine-options.ts";

// Before anything else is loaded, since the program may start again here.
startWithEngineOptions();
void import("./command-line.ts");

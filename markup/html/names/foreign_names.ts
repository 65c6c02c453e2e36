/** Namespace of SVG. */
export const SVG = "http://www.w3.org/2000/svg";
/** Namespace of MathML. */
export const MATHML = "http://www.w3.org/1998/Math/MathML";
/** Namespace of XLink. */
export const XLINK = "http://www.w3.org/1999/xlink";
const XML = "http://www.w3.org/XML/1998/namespace";
const XMLNS = "http://www.w3.org/2000/xmlns/";

/** Elements of SVG with capitals in their names. */
const ELEMENTS =
  "altGlyph altGlyphDef altGlyphItem animateColor animateMotion animateTransform clipPath feBlend feColorMatrix " +
  "feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood " +
  "feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset fePointLight " +
  "feSpecularLighting feSpotLight feTile feTurbulence foreignObject glyphRef linearGradient radialGradient textPath";

/** The names of elements of SVG with capitals, by the names without. */
export const ELEMENT_CASE: ReadonlyMap<string, string> = new Map(
  ELEMENTS.split(" ").map((local) => [local.toLowerCase(), local]),
);

/** Attributes of SVG with capitals in their names. */
export const ATTRIBUTE_CASE: readonly string[] =
  ("attributeName attributeType baseFrequency baseProfile calcMode clipPathUnits diffuseConstant edgeMode filterUnits glyphRef " +
    "gradientTransform gradientUnits kernelMatrix kernelUnitLength keyPoints keySplines keyTimes lengthAdjust " +
    "limitingConeAngle markerHeight markerUnits markerWidth maskContentUnits maskUnits numOctaves pathLength " +
    "patternContentUnits patternTransform patternUnits pointsAtX pointsAtY pointsAtZ preserveAlpha preserveAspectRatio " +
    "primitiveUnits refX refY repeatCount repeatDur requiredExtensions requiredFeatures specularConstant specularExponent " +
    "spreadMethod startOffset stdDeviation stitchTiles surfaceScale systemLanguage tableValues targetX targetY textLength " +
    "viewBox viewTarget xChannelSelector yChannelSelector zoomAndPan").split(" ");

/** Attributes of foreign elements that are in a namespace: as written, then URI, prefix and local name. */
export const FOREIGN_ATTRIBUTES: readonly (readonly [string, readonly [string, string, string]])[] =
  [
    ..."actuate arcrole href role show title type".split(" ").map((local) =>
      [`xlink:${local}`, [XLINK, "xlink", local]] as const
    ),
    ["xml:lang", [XML, "xml", "lang"]],
    ["xml:space", [XML, "xml", "space"]],
    ["xmlns", [XMLNS, "", "xmlns"]],
    ["xmlns:xlink", [XMLNS, "xmlns", "xlink"]],
  ];

/** Selectors that somebody would write, for HTML and XML, in what cssselect knows. */
export const HAND_WRITTEN: readonly string[] = `
*
a
A
div
DIV
p
li
h1, h2, h3
a, a
*, p
a[href]
a[HREF]
a[href^="http"]
a[href^='#']
a[href$=".html"]
a[href*="index"]
a[href!="index.html"]
a:not([href])
a[name]
[id]
[class]
[class=""]
[class~=""]
[class^=""]
[class$=""]
[class*=""]
[title|=en]
[id|="a"]
[href][title]
img[src][alt]
[src$=".png"]
*[src]
*.note
div.section
div.section > h2
div.section div.section
div div div
div > div > div
div > p + p
div > p ~ p
div > * + *
h2 + p
h2 ~ p
h1 ~ h2, h2 ~ h3
body > *
body > :first-child
body > :last-child
html > head > title
html > body
head + body
head ~ body
title
html title
html:root
:root
:root > *
:root:root
*:root *
ul li
ul > li
ul ul
ol > li:first-child
li:last-child
li:only-child
li:nth-child(1)
li:nth-child(2)
li:nth-child(odd)
li:nth-child(even)
li:nth-child(2n)
li:nth-child(2n+1)
li:nth-child(3n-1)
li:nth-child(-n+2)
li:nth-child(n+3)
li:nth-child( 2n + 1 )
li:nth-child(0)
li:nth-child(-5)
li:nth-child(n)
li:nth-child(-n)
li:nth-child(+3)
li:nth-child(+2n-1)
li:nth-last-child(1)
li:nth-last-child(2n)
li:nth-last-child(-n+3)
p:nth-of-type(2)
p:nth-of-type(odd)
p:nth-last-of-type(1)
p:nth-last-of-type(2n+1)
p:first-of-type
p:last-of-type
p:only-of-type
a:only-of-type
tr:first-of-type td:last-of-type
table tr
table > tr
table > tbody > tr
tr:nth-child(2) > td
td:nth-child(2)
td + td
td ~ td
th, td
tbody tr:nth-child(odd) td:nth-child(even)
table[border]
table[summary]
tr > :first-child
tr > :not(:first-child)
tr > :not(th)
:not(p)
:not(*)
:not(.note)
:not([class])
:not(#top)
p:not(:empty)
p:empty
a:empty
td:empty
:empty
:first-child
:last-child
:only-child
:first-child:last-child
*:first-child
p > a
p a
p > code
p code
pre > code
pre code
pre span
span[class]
span > span
code + code
dt + dd
dl > dt
dl dd p
dt:first-child ~ dd
div#content
#content
#top
#main p
#toc a
.toc a
.toc > ul > li
.navheader a
.navfooter
.chapter > .titlepage
.title
.title > a
.sect1 .sect2
.index a
.programlisting
.highlight pre
.highlight > *
.literal
tt.literal
code.literal
em, strong, b, i
em > strong
a > img
a > *
* > a
* a
* + a
* ~ a
* > * > * > a
p:contains("the")
a:contains("e")
li:contains('a')
h1:contains("a"), h2:contains("a")
:contains("zzzzzzzz")
title:contains("e")
p:contains("e"):contains("a")
p:not(:contains("e"))
:is(h1, h2, h3)
:is(h1, h2) + p
:is(.note, .warning) p
div:is(.a, .section)
:where(ul, ol) > li
:matches(ul, ol) li
p:not(.a)
p:not(.a):not(.b)
a:not([href^="http"])
a:not([href^="http"]):not([href^="#"])
link[href]
meta[name]
meta[content]
script
style
br
hr
br + br
hr ~ p
input
form input
font
center
center > *
svg
g > path
path[d]
rect[x][y]
path:first-of-type
metadata *
defs > *
g g
circle, ellipse
interface > object
object > property
property[name]
property[name="visible"]
property:contains("True")
child > object[class]
object[class^="Gtk"]
object[class$="Label"]
object[class*="o"]
mime-type
mime-type > comment
glob[pattern]
glob[pattern$=".xml"]
match[value]
magic > match
alias
alias > family
family
prefer > family
test[name="family"]
edit[mode="assign"]
string
a#b.c
a.b#c
.a.b.c
#a#b
a:hover
a:visited
a:link
a:active
a:focus
:target
\\61
d\\69v
#\\74op
[\\69 d]
.\\6eote
a[href="\\69ndex.html"]
a [href]
a  >  b
a>b
a+b
a~b
a ,b
/**/a
a/**/[href]
a /* > */ b
`.trim().split("\n");

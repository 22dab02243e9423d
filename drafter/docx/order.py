"""Children of w:pPr, w:rPr and w:sectPr in the schema's order (ECMA-376 part 1, §17.3, §17.6)."""

from __future__ import annotations

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from drafter.docx.markup import element

_PARAGRAPH = """pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers
    pBdr shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct
    autoSpaceDE autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing
    mirrorIndents suppressOverlap jc textDirection textAlignment textboxTightWrap
    outlineLvl divId cnfStyle rPr sectPr pPrChange"""
_RUN = """ins del moveFrom moveTo rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline
    shadow emboss imprint noProof snapToGrid vanish webHidden color spacing w kern
    position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang
    eastAsianLayout specVanish oMath rPrChange"""
_SECTION = """headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders
    lnNumType pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi
    rtlGutter docGrid printerSettings sectPrChange"""
_STYLE = """name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed
    qFormat locked personal personalCompose personalReply rsid pPr rPr tblPr trPr tcPr
    tblStylePr"""
_LEVEL = "start numFmt lvlRestart pStyle isLgl suff lvlText lvlPicBulletId legacy lvlJc pPr rPr"

_PLACES = {
    qn(parent): {qn(f"w:{name}"): place for place, name in enumerate(names.split())}
    for parent, names in {
        "w:pPr": _PARAGRAPH,
        "w:rPr": _RUN,
        "w:sectPr": _SECTION,
        "w:lvl": _LEVEL,
        "w:style": _STYLE,
    }.items()
}


def put(parent: BaseOxmlElement, child: BaseOxmlElement) -> None:
    """Put `child` at its place in `parent`, instead of the children that have its tag."""
    remove(parent, child.tag)
    places = _PLACES[parent.tag]
    mine = places[child.tag]
    for other in parent:
        if places.get(other.tag, len(places)) > mine:
            other.addprevious(child)
            return
    parent.append(child)


def remove(parent: BaseOxmlElement, *tags: str) -> None:
    """Take out of `parent` its children with one of `tags` (in Clark notation)."""
    for child in parent.findall("*"):
        if child.tag in tags:
            parent.remove(child)


def properties_of(parent: BaseOxmlElement, tag: str) -> BaseOxmlElement:
    """The w:pPr of a paragraph or w:rPr of a run (`tag` with prefix), made at its head when there is none."""
    found: BaseOxmlElement | None = parent.find(qn(tag))
    if found is None:
        found = element(tag)
        parent.insert(0, found)
    return found


def properties_of_style(style: BaseOxmlElement, tag: str) -> BaseOxmlElement:
    """The w:pPr or w:rPr of a w:style (`tag` with prefix), made at its place when there is none."""
    found: BaseOxmlElement | None = style.find(qn(tag))
    if found is None:
        found = element(tag)
        put(style, found)
    return found

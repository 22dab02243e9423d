"""The `drafter` command. Results go to stdout, everything else to stderr.

Exit 0: done; 1: done, with findings at error level; 2: the input or the usage is wrong.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from drafter import doctypes
from drafter.cli_admin import backup, doctor, restore
from drafter.cli_endpoint import endpoint_app
from drafter.cli_import import import_file
from drafter.cli_review import batch, check, put_format_right, save
from drafter.cli_user import user_app
from drafter.cli_work import worker
from drafter.config import Settings, load
from drafter.errors import DrafterError, InputError
from drafter.model import Brief, DocType, Draft, Outline

if TYPE_CHECKING:
    from drafter.grounding.gate import OnUnsupported

app = typer.Typer(
    help="把要点事实写成公文：工作总结、自查情况汇报等，按 GB/T 9704—2012 排版，附必备内容检查表。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
types_app = typer.Typer(help="查看文种，或由样本学出文种。", no_args_is_help=True)
app.add_typer(types_app, name="types")
app.add_typer(endpoint_app, name="endpoint")
app.add_typer(user_app, name="user")


class Writer(StrEnum):
    """Who writes: the model when one is set, else the templates."""

    auto = "auto"
    template = "template"
    llm = "llm"


class Unsupported(StrEnum):
    """What becomes of a claim that no fact supports and no repair mends."""

    mark = "mark"
    cut = "cut"


class DraftFormat(StrEnum):
    """What `drafter draft` gives."""

    docx = "docx"
    pdf = "pdf"
    md = "md"
    json = "json"


class Copy(StrEnum):
    """The two copies of a document."""

    review = "review"
    final = "final"


class TextFormat(StrEnum):
    """What a listing is printed as."""

    text = "text"
    json = "json"


BriefFile = Annotated[Path, typer.Argument(metavar="BRIEF", help="要点文件（YAML、Markdown 或纯文本）")]
AsFormat = Annotated[TextFormat, typer.Option("--format", help="输出格式")]


def read(path: Path, settings: Settings) -> tuple[Brief, DocType]:
    """The brief and its document type."""
    from drafter import intake

    brief = intake.read_brief(path, folders=settings.template_folders)
    return brief, doctypes.load(brief.doctype, settings.template_folders)


@contextmanager
def errors_in(path: Path) -> Iterator[None]:
    """Name the brief in an error that only knows its line."""
    try:
        yield
    except InputError as error:
        if error.file:
            raise
        raise InputError(error.what, mend=error.mend, file=path, line=error.line, key=error.key) from None


def say(text: str) -> None:
    """Tell the person something that is not the result."""
    print(text, file=sys.stderr, flush=True)


@app.command()
def draft(
    brief_file: BriefFile,
    out: Annotated[Path | None, typer.Option("-o", "--output", metavar="OUT", help="输出文件")] = None,
    writer: Annotated[Writer, typer.Option(help="由谁写：自动、内置模板、大模型")] = Writer.auto,
    form: Annotated[
        DraftFormat | None, typer.Option("--format", help="输出格式，默认按 OUT 的扩展名")
    ] = None,
    checklist: Annotated[bool, typer.Option(help="送审稿是否附检查表")] = True,
    copy: Annotated[
        Copy, typer.Option(help="review 送审稿（检查表、批注），final 正式稿（没有写完的不出）")
    ] = Copy.review,
    unsupported: Annotated[
        Unsupported, typer.Option(help="改不好的无依据内容：mark 标出〔待核实〕，cut 删去该句")
    ] = Unsupported.mark,
) -> None:
    """由要点生成整篇公文。"""
    settings = load()
    brief, doctype = read(brief_file, settings)
    if form is None:
        form = form_of(out)
    with errors_in(brief_file):
        done = asyncio.run(written(brief, doctype, settings, writer.value, unsupported.value))
    paper = paper_of(form, out)
    if paper is not None:
        from drafter.exporting import export, pdf
        from drafter.houses import house_for

        house = house_for(settings, brief.unit, doctype.id)
        data = export(done, doctype, checklist=checklist, copy=copy.value, house=house)
        target = out or Path(f"{brief_file.stem}.{paper.value}")
        save(target, pdf(data) if paper is DraftFormat.pdf else data)
    if paper is not form:
        text = as_json(done) if form is DraftFormat.json else as_markdown(done)
        if out and paper is None:
            save(out, text.encode())
        else:
            sys.stdout.write(text)
    for finding in done.findings:
        say(f"{finding.severity}: {finding.message}")
    if any(finding.severity == "error" for finding in done.findings):
        raise typer.Exit(1)


def paper_of(form: DraftFormat, out: Path | None) -> DraftFormat | None:
    """What is to be printed: the format, or, with a text format, what the output's name asks for besides."""
    papers = (DraftFormat.docx, DraftFormat.pdf)
    asked = out.suffix.lower().lstrip(".") if out else ""
    return form if form in papers else next((one for one in papers if one.value == asked), None)


def form_of(out: Path | None) -> DraftFormat:
    """The format that the output's name asks for."""
    suffix = out.suffix.lower().lstrip(".") if out else "docx"
    try:
        return DraftFormat(suffix)
    except ValueError:
        raise InputError(
            f"不认识的输出扩展名“.{suffix}”", file=out, mend="请用 .docx、.pdf、.md、.json，或加 --format"
        ) from None


async def written(
    brief: Brief, doctype: DocType, settings: Settings, choice: str, on_unsupported: OnUnsupported
) -> Draft:
    """Write the draft, telling on stderr how it goes when a model writes."""
    from drafter import drafting
    from drafter.writing.choose import make_writer

    writer = make_writer(settings, choice)
    done = count = 0
    labels: dict[str, str] = {}
    events = drafting.stream(brief, doctype, writer, on_unsupported=on_unsupported)
    async for event in events:
        if isinstance(event, drafting.DraftDone):
            if writer.tokens:
                cost = "" if writer.cost is None else f"，约 {writer.cost:.4f} 元"
                say(f"模型用量：{writer.tokens} 词元{cost}")
            return event.draft
        if writer.name == "template":
            continue
        if isinstance(event, drafting.Planned):
            count = sum(section.written for section in event.outline.sections)
            labels = {section.id: doctype.label_of(section) for section in event.outline.sections}
            say(f"正在由 {writer.name} 写作，共{count}节")
        elif isinstance(event, drafting.Repairing):
            say(f"{labels[event.section]}：发现{len(event.faults)}处与事实不符，已退回修改")
        elif isinstance(event, drafting.StoodIn):
            say(f"{labels[event.section]}：{event.why}，改由备用模型 {event.writer} 写作")
        elif isinstance(event, drafting.SectionDone):
            done += 1
            say(f"[{done}/{count}] {doctype.label_of(event.section)}")
        elif isinstance(event, drafting.SectionFailed):
            done += 1
            label = labels[event.section]
            say(f"[{done}/{count}] {label} 未写成：{event.message}")
    raise AssertionError("a draft always ends in DraftDone")


def as_json(draft: Draft) -> str:
    """The contract of `drafter draft --format json`."""
    content = {
        "title": draft.title,
        "doctype": draft.brief.doctype,
        "writer": draft.writer,
        "sections": [
            section.model_dump(include={"id", "number", "heading", "level", "text", "facts"}, mode="json")
            for section in draft.sections
        ],
        "unplaced": list(draft.unplaced),
        "checklist": [
            result.model_dump(mode="json", exclude={"applicable", "line"}) for result in draft.checklist
        ],
        "findings": [finding.model_dump(mode="json") for finding in draft.findings],
        "claims": [claim.model_dump(mode="json") for claim in draft.claims],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def as_markdown(draft: Draft) -> str:
    """The draft as Markdown."""
    from drafter.printed import markdown

    return markdown(draft)


@app.command()
def outline(brief_file: BriefFile, form: AsFormat = TextFormat.text) -> None:
    """由要点列出提纲，看每条事实归在哪里。"""
    from drafter.outline import build_outline

    brief, doctype = read(brief_file, load())
    with errors_in(brief_file):
        plan = build_outline(brief, doctype)
    sys.stdout.write(outline_json(plan) if form is TextFormat.json else outline_text(plan, brief, doctype))


def outline_json(plan: Outline) -> str:
    """Title, sections and unplaced facts."""
    content = {
        "title": plan.title,
        "doctype": plan.doctype,
        "sections": [
            section.model_dump(include={"id", "number", "heading", "level", "facts"}, mode="json")
            for section in plan.sections
        ],
        "unplaced": list(plan.unplaced),
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def outline_text(plan: Outline, brief: Brief, doctype: DocType) -> str:
    """The outline as a person reads it: headings, and under each the facts it holds."""
    rows = [plan.title]
    for section in plan.sections:
        spec = doctype.section(section.spec)
        indent = "  " * max(section.level - 1, 0)
        rows.append(f"{indent}{f'{section.number}{section.heading}' or f'［{spec.label}］'}")
        rows += [f"{indent}    {fact_id} {brief.fact(fact_id).text}" for fact_id in section.facts]
        if spec.needs and section.written and not section.facts:
            rows.append(f"{indent}    〔待补充：{spec.needs}〕")
    if plan.unplaced:
        rows.append("未归入任何部分的事实：")
        rows += [f"    {fact_id} {brief.fact(fact_id).text}" for fact_id in plan.unplaced]
    return "\n".join(rows) + "\n"


app.command("check")(check)
app.command("format")(put_format_right)
app.command("batch")(batch)
app.command("import")(import_file)
app.command("worker")(worker)
app.command("doctor")(doctor)
app.command("backup")(backup)
app.command("restore")(restore)


@types_app.command("list")
def list_types(form: AsFormat = TextFormat.text) -> None:
    """列出可用文种。"""
    found = doctypes.available(load().template_folders)
    if form is TextFormat.json:
        rows = [{"id": doctype.id, "name": doctype.name, "english": doctype.english} for doctype in found]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for doctype in found:
        print(f"{doctype.id}\t{doctype.name}\t{doctype.english}")


@types_app.command("show")
def show_type(
    doctype_id: Annotated[str, typer.Argument(metavar="ID", help="文种编号")],
    form: AsFormat = TextFormat.text,
) -> None:
    """查看一个文种的各部分、篇幅、检查项和版式。"""
    from drafter.docx.own_choices import choices
    from drafter.houses import house_for

    settings = load()
    doctype = doctypes.load(doctype_id, settings.template_folders)
    house = house_for(settings, "", doctype_id)
    if form is TextFormat.json:
        content = doctype.model_dump(mode="json", exclude={"skeletons"})
        content["layout"] = {
            "files": [str(file) for file in house.files],
            "own": [str(choice) for choice in choices(house.layout)],
        }
        print(json.dumps(content, ensure_ascii=False, indent=2))
        return
    print(f"{doctype.id}\t{doctype.name}\t{doctype.english}")
    for spec in doctype.sections:
        low, high = spec.length
        need = "必备" if spec.required else "可选"
        print(f"  {spec.id}\t{spec.heading or spec.label}\t{need}\t{low}—{high}字")
    print("检查项：")
    for item in doctype.checklist:
        print(f"  {item.id}\t{item.label}\t{'必备' if item.required else '建议'}")
    print(f"版式：{'、'.join(map(str, house.files)) or 'GB/T 9704—2012'}")
    for choice in choices(house.layout):
        print(f"  {choice}")


@types_app.command("learn")
def learn_type(
    sample: Annotated[Path, typer.Argument(metavar="SAMPLE", help="样本文稿（.docx、.md、.txt、.pdf）")],
    doctype_id: Annotated[str, typer.Option("--id", metavar="ID", help="新文种的编号，如 safety-summary")],
    name: Annotated[str, typer.Option("--name", help="新文种的名称，默认取自标题")] = "",
    out: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="DIR", help="放在哪个文件夹，默认在数据文件夹")
    ] = None,
) -> None:
    """由一份现成的文稿学出文种：各部分、次序、篇幅和必备内容，可再修改，马上可用。"""
    from drafter.review.document import read_source
    from drafter.review.learn import learn, write
    from drafter.review.outline_reader import read as read_outline

    settings = load()
    reading = read_outline(read_source(sample).lines)
    folder = (out or settings.own_types) / doctype_id
    with errors_in(sample):
        write(learn(reading, doctype_id, name), folder)
    say(f"已生成 {folder}")
    if out and out.expanduser().absolute() not in [one.absolute() for one in settings.template_folders]:
        say(f"要使用这个文种，请设置 DRAFTER_TEMPLATES={out}")


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="监听地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口")] = 7860,
) -> None:
    """打开网页版。"""
    from drafter import logs
    from drafter.web.app import serve as run

    settings = load()
    logs.set_up(settings.log)
    run(settings, host, port)


def main() -> None:
    """Run the command; a person's mistake ends as one line and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    try:
        app()
    except DrafterError as error:
        print(f"错误：{error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)

"""The `drafter` command as a person runs it: results on stdout, one-line errors on stderr, exit codes."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import docx
import pytest

from drafter.data import folder
from tests import rendering

ROOT = Path(__file__).parent.parent
EXAMPLE = folder("examples") / "waste-sorting-summary.yaml"


def drafter(*arguments: str | Path, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command with no endpoint set, unless `environment` sets one."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("DRAFTER_", "OPENAI_"))}
    return subprocess.run(
        [sys.executable, "-m", "drafter", *map(str, arguments)],
        cwd=cwd,
        env={**clean, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


def test_draft_writes_a_docx_and_leaves_stdout_empty(tmp_path: Path) -> None:
    done = drafter("draft", EXAMPLE, "-o", tmp_path / "x.docx")
    assert (done.returncode, done.stdout) == (0, "")
    text = "\n".join(paragraph.text for paragraph in docx.Document(str(tmp_path / "x.docx")).paragraphs)
    assert "累计培训人员超过500人次" in text


def test_the_checklist_can_be_left_out(tmp_path: Path) -> None:
    drafter("draft", EXAMPLE, "-o", tmp_path / "with.docx")
    drafter("draft", EXAMPLE, "-o", tmp_path / "without.docx", "--no-checklist")
    assert len(docx.Document(str(tmp_path / "with.docx")).tables) == 1
    assert docx.Document(str(tmp_path / "without.docx")).tables == []


def test_a_final_copy_is_clean_and_is_refused_in_one_line_while_something_waits(
    tmp_path: Path,
) -> None:
    done = drafter("draft", EXAMPLE, "-o", tmp_path / "x.docx", "--copy", "final")
    assert done.returncode == 0, done.stderr
    assert docx.Document(str(tmp_path / "x.docx")).tables == []
    (tmp_path / "b.yaml").write_text("doctype: work-summary\nunit: 某局\nfacts: [发放资料300份]\n", "utf-8")
    done = drafter("draft", tmp_path / "b.yaml", "-o", tmp_path / "y.docx", "--copy", "final")
    assert done.returncode == 2
    assert "不能出正式稿" in done.stderr.strip().split("\n")[-1]
    assert not (tmp_path / "y.docx").exists()


@pytest.mark.render
def test_the_outputs_name_can_ask_for_a_pdf(tmp_path: Path) -> None:
    rendering.require()
    done = drafter("draft", EXAMPLE, "-o", tmp_path / "x.pdf", "--copy", "final")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "x.pdf").read_bytes().startswith(b"%PDF")


def test_json_follows_the_contract() -> None:
    done = drafter("draft", EXAMPLE, "--format", "json")
    content = json.loads(done.stdout)
    assert {"title", "doctype", "writer", "sections", "checklist", "findings", "claims"} <= set(content)
    assert content["writer"] == "template"
    for section in content["sections"]:
        assert set(section) == {"id", "number", "heading", "level", "text", "facts"}
    for item in content["checklist"]:
        assert set(item) == {"id", "label", "required", "passed", "detail"}
    facts = [fact for section in content["sections"] for fact in section["facts"]]
    assert sorted(facts, key=lambda fact: int(fact[1:])) == [f"F{place}" for place in range(1, 28)]


def test_json_and_docx_can_be_had_in_one_run(tmp_path: Path) -> None:
    done = drafter("draft", EXAMPLE, "-o", tmp_path / "x.docx", "--format", "json")
    assert json.loads(done.stdout)["doctype"] == "work-summary"
    assert docx.Document(io.BytesIO((tmp_path / "x.docx").read_bytes())).paragraphs


def test_markdown_goes_to_the_named_file(tmp_path: Path) -> None:
    done = drafter("draft", EXAMPLE, "-o", tmp_path / "x.md")
    assert done.stdout == ""
    text = (tmp_path / "x.md").read_text(encoding="utf-8")
    assert text.startswith("# 某市交通运输局2025年生活垃圾分类工作总结\n")
    assert "## 一、基本情况" in text


def test_the_outline_lists_every_fact_under_its_section() -> None:
    done = drafter("outline", EXAMPLE)
    assert done.returncode == 0
    assert all(f"F{place} " in done.stdout for place in range(1, 28))
    content = json.loads(drafter("outline", EXAMPLE, "--format", "json").stdout)
    assert content["unplaced"] == []
    assert content["sections"][1]["number"] == "一、"


def test_types_are_listed_and_shown() -> None:
    assert "work-summary\t工作总结" in drafter("types", "list").stdout
    assert json.loads(drafter("types", "list", "--format", "json").stdout)[0]["id"]
    assert "具体措施与成效" in drafter("types", "show", "work-summary").stdout
    shown = json.loads(drafter("types", "show", "work-summary", "--format", "json").stdout)
    assert shown["sections"][0]["id"] == "opening"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("draft", "nowhere.yaml"), "nowhere.yaml"),
        (("draft", EXAMPLE, "-o", "no/such/folder/x.docx"), "no/such/folder/x.docx"),
        (("draft", EXAMPLE, "-o", "x.pages"), ".pages"),
        (("draft", EXAMPLE, "--writer", "llm"), "DRAFTER_LLM_BASE_URL"),
        (("types", "show", "work-sumary"), "work-summary"),
    ],
)
def test_a_mistake_is_one_line_on_stderr_and_exit_2(arguments: tuple[str | Path, ...], says: str) -> None:
    done = drafter(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert says in done.stderr


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("doctype: work-summary\nunit: 某局\nfacts: []\n", "facts"),
        ("doctype: work-summary\nfacts: [巡河9次]\n", "unit"),
        ("doctype: nothing\nunit: 某局\nfacts: [巡河9次]\n", "nothing"),
        ("doctype: work-summary\nunit: 某局\nunits: 某局\nfacts: [巡河9次]\n", ":3"),
        (
            "doctype: work-summary\nunit: 某局\nfacts:\n  - {text: 巡河9次, section: nowhere}\n",
            "b.yaml:4: section",
        ),
    ],
)
def test_a_wrong_brief_is_one_line_naming_file_and_key(tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "b.yaml").write_text(content, encoding="utf-8")
    done = drafter("draft", tmp_path / "b.yaml", "-o", tmp_path / "x.docx")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert says in done.stderr
    assert not (tmp_path / "x.docx").exists()


def test_a_wrong_setting_names_its_variable() -> None:
    done = drafter("types", "list", DRAFTER_LLM_CONCURRENCY="none")
    assert done.returncode == 2
    assert "DRAFTER_LLM_CONCURRENCY" in done.stderr


def test_an_own_type_folder_is_used(tmp_path: Path) -> None:
    own = tmp_path / "own" / "brief-note"
    own.mkdir(parents=True)
    (own / "doctype.yaml").write_text(
        "name: 简要说明\nenglish: Short note\ngenre: 说明\ntitle: '{{ unit }}{{ genre }}'\n"
        "sections:\n  - {id: all, label: 正文, heading: 情况, kinds: [work], default: true, needs: 情况}\n"
        "checklist:\n  - {id: all, label: 正文, kind: present, section: all}\n",
        encoding="utf-8",
    )
    (own / "all.jinja").write_text("{% for fact in facts %}{{ fact.text }}。{% endfor %}", encoding="utf-8")
    brief = tmp_path / "b.yaml"
    brief.write_text("doctype: brief-note\nunit: 某局\nfacts: [巡河9次]\n", encoding="utf-8")
    done = drafter("draft", brief, "--format", "md", DRAFTER_TEMPLATES=str(tmp_path / "own"))
    assert "巡河9次。" in done.stdout, done.stderr


def test_check_finds_changed_figures_and_missing_facts_in_any_text(tmp_path: Path) -> None:
    drafter("draft", EXAMPLE, "-o", tmp_path / "x.md")
    done = drafter("check", tmp_path / "x.md", "--brief", EXAMPLE)
    assert (done.returncode, "需核对0处" in done.stdout) == (0, True)
    text = (tmp_path / "x.md").read_text(encoding="utf-8")
    wrong = text.replace("6次", "8次").replace("300余份", "300份").replace("设立举报热线和意见箱", "设立信箱")
    (tmp_path / "y.md").write_text(wrong, encoding="utf-8")
    done = drafter("check", tmp_path / "y.md", "--brief", EXAMPLE, "--format", "json")
    assert done.returncode == 1
    content = json.loads(done.stdout)
    claims = {claim["text"]: claim for claim in content["claims"]}
    assert claims["8次"]["status"] == "unsupported"
    assert (claims["300份"]["status"], claims["300份"]["supported_by"]) == ("drift", ["F7"])
    assert (claims["15张"]["status"], claims["15张"]["supported_by"]) == ("supported", ["F9"])
    line = wrong.splitlines()[claims["8次"]["line"] - 1]
    assert line[claims["8次"]["column"] - 1 :].startswith("8次")
    assert {finding["rule"] for finding in content["findings"]} >= {
        "grounding.unsupported",
        "grounding.drift",
    }
    for finding in content["findings"]:
        assert set(finding) == {"rule", "severity", "line", "column", "length", "message", "suggestion"}


def test_check_reads_a_docx_by_paragraphs(tmp_path: Path) -> None:
    drafter("draft", EXAMPLE, "-o", tmp_path / "x.docx")
    done = drafter("check", tmp_path / "x.docx", "--brief", EXAMPLE)
    assert (done.returncode, "需核对0处" in done.stdout) == (0, True)


@pytest.mark.parametrize("content", ["", "   \n", "12345\n", "Only English, 42 of it.\n", "一二三"])
def test_check_answers_sensibly_for_odd_texts(tmp_path: Path, content: str) -> None:
    (tmp_path / "x.txt").write_text(content, encoding="utf-8")
    done = drafter("check", tmp_path / "x.txt", "--brief", EXAMPLE)
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr


def test_check_needs_no_model_page_or_store(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("举办培训班6次", encoding="utf-8")
    code = (
        "import sys; sys.argv = ['drafter', 'check', 'x.txt', '--brief', sys.argv[1]]\n"
        "from drafter.cli import app\n"
        "app(standalone_mode=False)\n"
        "heavy = {'gradio', 'langchain_core', 'openai', 'sqlalchemy'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(EXAMPLE)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip().endswith("[]"), done.stderr


DOCUMENT = "某市水务局2025年河湖管护工作总结\n一、基本情况\n我局举办培训班XX次，，成效很好。\n"


def document(folder: Path, name: str = "材料.docx") -> Path:
    """A document as somebody else made it."""
    path = folder / name
    if path.suffix != ".docx":
        path.write_text(DOCUMENT, encoding="utf-8")
        return path
    made = docx.Document()
    for line in DOCUMENT.splitlines():
        made.add_paragraph(line)
    made.save(str(path))
    return path


def test_check_reports_as_text_json_and_sarif(tmp_path: Path) -> None:
    path = document(tmp_path)
    text = drafter("check", path)
    assert text.returncode == 1
    assert text.stdout.startswith(f"{path}：缺必备内容")
    assert f"{path}:3:" in text.stdout
    content = json.loads(drafter("check", path, "--format", "json").stdout)
    assert {"doctype", "complete", "outline", "checklist", "findings"} <= set(content)
    assert content["outline"][0]["heading"] == "基本情况"
    assert any(finding["rule"].startswith("GB9704") for finding in content["findings"])
    log = json.loads(drafter("check", path, "--format", "sarif").stdout)
    assert log["runs"][0]["artifacts"][0]["location"]["uri"] == path.as_uri()
    assert {result["ruleId"] for result in log["runs"][0]["results"]} >= {
        finding["rule"] for finding in content["findings"]
    }


def test_check_holds_a_document_to_the_type_it_is_told(tmp_path: Path) -> None:
    path = document(tmp_path, "a.txt")
    for doctype in ("work-plan", "self-assessment"):
        content = json.loads(drafter("check", path, "--type", doctype, "--format", "json").stdout)
        assert content["doctype"] == doctype


@pytest.mark.parametrize("name", ["材料.docx", "材料.txt"])
def test_check_saves_a_commented_copy_and_leaves_the_file(tmp_path: Path, name: str) -> None:
    path = document(tmp_path, name)
    before = path.read_bytes()
    done = drafter("check", path, "--annotate", tmp_path / "批注.docx")
    assert done.returncode == 1
    assert "已生成" in done.stderr
    made = docx.Document(str(tmp_path / "批注.docx"))
    assert len(list(made.comments)) > 1
    assert [paragraph.text for paragraph in made.paragraphs] == DOCUMENT.splitlines()
    assert path.read_bytes() == before


def test_format_sets_a_document_right_word_for_word(tmp_path: Path) -> None:
    path = document(tmp_path)
    done = drafter("format", path, "-o", tmp_path / "新.docx")
    assert (done.returncode, done.stdout) == (0, "")
    made = docx.Document(str(tmp_path / "新.docx"))
    assert [paragraph.text for paragraph in made.paragraphs] == DOCUMENT.splitlines()
    rules = [
        {
            finding["rule"]
            for finding in json.loads(drafter("check", one, "--format", "json").stdout)["findings"]
        }
        for one in (path, tmp_path / "新.docx")
    ]
    formats = [{rule for rule in found if rule.startswith("GB9704")} for found in rules]
    assert formats[0]
    assert not formats[1]


def test_a_learned_type_is_used_at_once(tmp_path: Path) -> None:
    drafter("draft", EXAMPLE, "-o", tmp_path / "样本.docx", "--no-checklist")
    own = {"DRAFTER_DATA_DIR": str(tmp_path / "data")}
    done = drafter("types", "learn", tmp_path / "样本.docx", "--id", "own-summary", **own)
    assert done.returncode == 0, done.stderr
    assert "own-summary" in drafter("types", "list", **own).stdout
    checked = drafter("check", tmp_path / "样本.docx", "--type", "own-summary", "--format", "json", **own)
    assert json.loads(checked.stdout)["complete"] is True


MISTAKES = [
    ("check", "没有.docx"),
    ("check", "."),
    ("check", "broken.docx"),
    ("check", "a.docx", "--type", "nothing"),
    ("check", "a.docx", "--brief", "没有.yaml"),
    ("check", "a.docx", "--annotate", "a.docx"),
    ("check", "a.docx", "--annotate", "no/such/x.docx"),
    ("format", "a.txt", "-o", "x.docx"),
    ("format", "a.docx", "-o", "a.docx"),
    ("format", "broken.docx", "-o", "x.docx"),
    ("batch", "没有", "-o", "out"),
    ("types", "learn", "broken.docx", "--id", "x"),
    ("types", "learn", "a.docx", "--id", "../x"),
]


@pytest.mark.parametrize("arguments", MISTAKES, ids=" ".join)
def test_a_reviewers_mistake_is_one_line_and_exit_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    original = document(tmp_path, "a.docx").read_bytes()
    document(tmp_path, "a.txt")
    (tmp_path / "broken.docx").write_bytes(b"PK\x03\x04broken")
    done = drafter(*arguments, cwd=tmp_path, DRAFTER_DATA_DIR=str(tmp_path / "data"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("错误：")
    assert len(done.stderr.splitlines()) == 1
    assert (tmp_path / "a.docx").read_bytes() == original
    assert not (tmp_path / "x.docx").exists()

"""Personal data does not reach a service elsewhere, and is in the document all the same."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from pydantic import SecretStr
from stdnum import luhn
from stdnum.cn import ric, uscc

from drafter import drafting
from drafter.config import Settings
from drafter.errors import WriterError
from drafter.model import Attachment, Brief, DocType, Draft, Fact, Official, Table
from drafter.store import Store
from drafter.writing import Piece, Restart, Revision, SectionWriter, Task
from drafter.writing.choose import make_writer
from drafter.writing.llm import LLMWriter
from drafter.writing.private import PrivateWriter, guarded
from drafter.writing.sent import admit, sent_by
from drafter.writing.standin import StandIn
from drafter.writing.template import TemplateWriter
from tests.scripted_server import END_MARK, Exchange, ScriptedServer
from tests.writing.tasks import DOCTYPE, brief, task

PHONE, LANDLINE, MAIL = "13800138000", "0571-85212345", "li.ming@example.com"
SECRET = "某预案（机密）"


def settings_for(url: str, **more: object) -> Settings:
    limits = {"llm_idle_timeout": 20.0, "llm_timeout": 20.0, "llm_total_timeout": 60.0, "llm_concurrency": 16}
    return Settings(llm_base_url=url, llm_api_key=SecretStr("test-key"), llm_model="ok", **limits, **more)


def private(server: ScriptedServer, *names: str) -> PrivateWriter:
    """The writer of the scripted server, as if it stood elsewhere."""
    return PrivateWriter(LLMWriter(settings_for(server.base_url)), "model.example.com", names)


def bodies(server: ScriptedServer) -> list[str]:
    """Every request body in full, as text."""
    return [json.dumps(one.body, ensure_ascii=False) for one in server.requests]


SMALL = DOCTYPE.model_copy(
    update={"sections": (DOCTYPE.section("body").model_copy(update={"layout": "paragraphs"}),)}
)
"""A document of one section."""


async def drafted(given: Brief, writer: SectionWriter, doctype: DocType = DOCTYPE) -> Draft:
    async for event in drafting.stream(given, doctype, writer):
        if isinstance(event, drafting.DraftDone):
            return event.draft
    raise AssertionError


async def text_of(writer: PrivateWriter, of: Task) -> tuple[str, int]:
    """What stands at the end, and how often it was begun anew."""
    text, restarts = "", 0
    async for piece in writer.write(of):
        if isinstance(piece, Restart):
            text, restarts = "", restarts + 1
        elif isinstance(piece, str):
            text += piece
    return text, restarts


def facts(*texts: str) -> tuple[Fact, ...]:
    return tuple(Fact(id=f"F{number}", text=text, topic="演练") for number, text in enumerate(texts, 1))


class People:
    """Personal data that nobody's is, with the check digits right."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def digits(self, count: int) -> str:
        return "".join(self.chance.choices("0123456789", k=count))

    def phone(self) -> str:
        number = self.chance.choice(["138", "139", "150", "166", "177", "188", "199"]) + self.digits(8)
        if self.chance.random() < 0.3:
            mark = self.chance.choice(" -")
            return mark.join((number[:3], number[3:7], number[7:]))
        return number

    def identity(self) -> str:
        place = self.chance.choice(["330106", "110101", "440305", "510104", "620102"])
        day = (
            f"{self.chance.randint(1940, 2007)}{self.chance.randint(1, 12):02}{self.chance.randint(1, 28):02}"
        )
        number = place + day + self.digits(3)
        return number + ric.calc_check_digit(number + "0")

    def card(self) -> str:
        number = "62" + self.digits(16)
        return number + luhn.calc_check_digit(number)

    def company(self) -> str:
        number = "91330106" + self.digits(9)
        return number + uscc.calc_check_digit(number)

    def plate(self) -> str:
        return self.chance.choice(["浙A", "京B", "粤S"]) + self.digits(4) + self.chance.choice("ABCDEFGH")

    def mail(self) -> str:
        return f"user{self.digits(6)}@example.com"

    def landline(self) -> str:
        return f"0571-8{self.digits(7)}"

    def name(self) -> str:
        return self.chance.choice("王李张刘陈杨赵黄") + "".join(self.chance.choices("晓玥梓涵翊宸睿煊", k=2))

    def brief(self) -> tuple[Brief, list[str]]:
        """A brief of three to five facts, and the personal data in it."""
        forms = [
            (self.phone, "聘请监督员{}名，联系电话{}"),
            (self.identity, "核查身份证号为{1}的申请人材料{0}份"),
            (self.card, "向账户{1}发放补助{0}笔"),
            (self.company, "对统一社会信用代码为{1}的企业检查{0}次"),
            (self.plate, "查处车辆{1}违规{0}次"),
            (self.mail, "通过邮箱{1}收到建议{0}条"),
            (self.landline, "开通{1}受理投诉{0}件"),
            (self.name, "由〖{1}〗带队走访企业{0}家"),
        ]
        rows, values = [], []
        for make, form in self.chance.sample(forms, self.chance.randint(3, 5)):
            value = make()
            rows.append(form.format(self.chance.randint(2, 90), value))
            values.append(value)
        unit = f"某区应急管理局（{self.phone()}）"
        values.append(unit[8:-1])
        return brief(*facts(*rows), unit=unit), values


async def in_pieces_of_any_size(exchange: Exchange) -> None:
    """All facts of the prompt once, cut anywhere; the first answer to every third section loses one fact, so
    that it comes back to be mended."""
    text = exchange.prose
    if len(exchange.request.body["messages"]) == 2 and len(text) % 3 == 0:
        text = text[: text.rfind("。", 0, -1) + 1] or text
    await exchange.delta(role="assistant", content="")
    await exchange.say(f"{text}\n{END_MARK}", size=random.Random(text).choice([7, 40, 120]))
    await exchange.finish()


async def test_of_a_thousand_briefs_no_personal_data_is_sent_and_all_of_it_is_in_the_drafts() -> None:
    made = [People(seed).brief() for seed in range(1000)]
    with ScriptedServer(in_pieces_of_any_size) as server:
        writer = private(server)
        turn = asyncio.Semaphore(16)

        async def one(given: Brief) -> Draft:
            async with turn:
                return await drafted(given, writer, SMALL)

        drafts = await asyncio.gather(*(one(given) for given, _ in made))
    everything = "\n".join({line for body in bodies(server) for line in body.split("\\n")})
    unfenced = re.sub(r"(?<![0-9a-f])[0-9a-f]{16}(?![0-9a-f])", "", everything)
    told = set(re.findall(r"[0-9]{6,}", unfenced))
    assert len(server.requests) > 1.1 * len(made), "some sections came back to be mended"
    for (given, values), draft in zip(made, drafts, strict=True):
        text = "\n".join(section.text for section in draft.sections)
        for value in values[:-1]:
            assert value in text
        for value in values:
            assert value not in everything
            assert not told & {re.sub("[ -]", "", value), *re.findall(r"[0-9]{6,}", value)}
        assert not re.search("[⟦⟧]|待核实", text)
        assert draft.brief == given
    assert len(writer.sent) == len(server.requests)


async def test_brief_fields_revision_faults_and_instruction_are_masked_with_one_placeholder_a_value() -> None:
    given = brief(
        *facts(f"聘请〖李明〗为监督员，电话{PHONE}", "巡查3次", "巡查4次", "巡查5次"),
        topic=f"李明（{PHONE}）反映问题",
        basis=(f"《关于{PHONE}的通知》",),
    )
    revision = Revision(text=f"李明电话{PHONE}。", faults=(f"“{PHONE}”有误",))
    wish = Revision(text=f"李明电话{PHONE}。", instruction=f"写上{MAIL}")
    with ScriptedServer() as server:
        writer = private(server)
        for one in (None, revision, wish):
            await text_of(writer, task(of=given).model_copy(update={"revision": one}))
    for body in bodies(server):
        assert not [value for value in (PHONE, "李明", MAIL) if value in body]
        assert body.count("⟦手机1⟧") >= 3
        assert "⟦手机2⟧" not in body
    system = server.requests[0].system
    assert "占位符" in system


async def test_a_prompt_without_personal_data_says_nothing_of_placeholders() -> None:
    with ScriptedServer() as server:
        await text_of(private(server), task())
    assert "占位符" not in server.requests[0].system


def says(*answers: str) -> ScriptedServer:
    """A server whose model gives these answers in turn."""
    left = list(answers)

    async def script(exchange: Exchange) -> None:
        await exchange.answer(f"{left.pop(0)}\n{END_MARK}")

    return ScriptedServer(script)


async def test_a_damaged_placeholder_goes_back_to_the_model_and_is_mended() -> None:
    of = task(of=brief(*facts(f"联系电话{PHONE}", "巡查3次", "巡查4次", "巡查5次")))
    with says("联系电话【手机1】。", "联系电话⟦手机1⟧。") as server:
        assert await text_of(private(server), of) == (f"联系电话{PHONE}。", 1)
    asked = server.requests[1].body["messages"][-1]["content"]
    assert "【手机1】" in asked
    assert "⟦手机1⟧" in asked


async def test_a_placeholder_that_stays_damaged_or_is_made_up_is_marked() -> None:
    of = task(of=brief(*facts(f"联系电话{PHONE}", "巡查3次", "巡查4次", "巡查5次")))
    with says("联系电话⟦手机7⟧。", "联系电话⟦手机8⟧。") as server:
        text, restarts = await text_of(private(server), of)
    assert (text, restarts) == ("联系电话〔待核实：手机〕。", 0)


async def test_a_mark_of_a_lost_placeholder_stands_in_the_finished_draft() -> None:
    given = brief(*facts(f"联系电话{PHONE}", "巡查3次"))

    async def script(exchange: Exchange) -> None:
        await exchange.answer(exchange.prose.replace("⟦手机1⟧", "⟦手机5⟧") + f"\n{END_MARK}")

    with ScriptedServer(script) as server:
        draft = await drafted(given, private(server))
    text = "\n".join(section.text for section in draft.sections)
    assert "〔待核实：手机〕" in text
    assert "⟦" not in text


async def test_each_request_is_kept_as_it_left(tmp_path: Path) -> None:
    given = brief(*facts(f"〖李明〗电话{PHONE}、{PHONE}", f"邮箱{MAIL}"))
    with ScriptedServer() as server:
        writer = private(server)
        draft = await drafted(given, writer)
    first = writer.sent[0]
    left = [{"role": role, "content": text} for role, text in first.messages]
    assert left == server.requests[0].body["messages"]
    assert (first.host, first.model) == ("model.example.com", "ok")
    assert {one.section for one in writer.sent} <= {section.id for section in draft.sections}
    body = next(one for one in writer.sent if one.section.startswith("body"))
    assert body.masked == {"姓名": 1, "手机": 1, "邮箱": 1}
    assert not [value for value in (PHONE, MAIL, "李明") if value in body.model_dump_json()]

    store = Store(f"sqlite:///{tmp_path}/drafts.db")
    saved, other = store.create(draft, "甲", "生成"), store.create(draft, "甲", "生成")
    store.note_sent(saved.id, sent_by(writer)[:1])
    store.note_sent(saved.id, sent_by(writer))
    assert store.sent(saved.id) == list(writer.sent)
    assert store.sent(other.id) == []


async def test_a_brief_with_a_secrecy_mark_is_refused_before_anything_is_sent() -> None:
    given = brief(*facts("巡查3次", SECRET))
    with ScriptedServer() as server:
        writer = private(server)
        with pytest.raises(WriterError) as caught:
            await drafted(given, writer)
        with pytest.raises(WriterError):
            await text_of(writer, task(of=brief(title=SECRET)))
    assert server.requests == []
    assert writer.sent == ()
    said = str(caught.value)
    assert "第2条事实有国家秘密标志“（机密）”" in said
    assert "涉密不上网" in said
    assert "模板写作" in said
    assert "\n" not in said


async def test_a_secrecy_given_for_the_copy_is_refused_as_well() -> None:
    with (
        ScriptedServer() as server,
        pytest.raises(WriterError, match="“密级”有国家秘密标志“秘密”，涉密不上网"),
    ):
        await drafted(brief(*facts("巡查3次"), official=Official(secrecy="秘密")), private(server))
    assert server.requests == []


async def test_head_attachments_and_tables_of_a_copy_are_not_sent() -> None:
    table = Table(rows=(("姓名", "电话"), ("王小五", PHONE)), number=1)
    fact = Fact(id="F1", text="值守情况见表1", topic="演练", table=table)
    official = Official(signers=("赵钱孙",), attachments=(Attachment(title="名单", text="周吴郑"),))
    with ScriptedServer() as server:
        await drafted(brief(fact, official=official), private(server))
    sent = "".join(bodies(server))
    assert "值守情况见表1" in sent
    assert not any(word in sent for word in ("王小五", PHONE, "赵钱孙", "周吴郑", "名单"))


@pytest.mark.parametrize(
    "revision",
    [
        Revision(text="巡查3次。\n秘密★", faults=("漏写",)),
        Revision(text="巡查3次。", instruction="写上【内部资料】"),
    ],
)
async def test_a_text_or_wish_with_a_secrecy_mark_is_refused(revision: Revision) -> None:
    with ScriptedServer() as server, pytest.raises(WriterError, match="涉密不上网"):
        await text_of(private(server), task().model_copy(update={"revision": revision}))
    assert server.requests == []


async def test_a_model_on_this_machine_gets_the_text_as_it_is_and_secret_briefs_too() -> None:
    given = brief(*facts(f"联系电话{PHONE}", SECRET))
    with ScriptedServer() as server:
        writer = make_writer(settings_for(server.base_url), "llm")
        draft = await drafted(given, writer)
    assert "机密" in "".join(section.text for section in draft.sections)
    assert any(PHONE in body and "机密" in body for body in bodies(server))
    assert sent_by(writer) == ()


def test_the_template_writer_takes_a_secret_brief() -> None:
    admit(TemplateWriter(), brief(title=SECRET))


@pytest.mark.parametrize(
    ("url", "local", "masks"),
    [
        ("http://127.0.0.1:11434/v1", False, False),
        ("http://localhost:8000/v1", False, False),
        ("http://[::1]:8000/v1", False, False),
        ("http://10.0.0.5:8000/v1", False, True),
        ("http://192.168.1.9/v1", False, True),
        ("http://10.0.0.5:8000/v1", True, False),
        ("https://model.example.com/v1", False, True),
    ],
)
def test_only_the_own_machine_and_a_declared_endpoint_count_as_local(
    url: str, local: bool, masks: bool
) -> None:
    writer = make_writer(settings_for(url, llm_local=local), "llm")
    assert isinstance(writer, PrivateWriter) is masks


def test_the_second_endpoint_is_local_only_by_its_own_setting() -> None:
    settings = settings_for(
        "http://10.0.0.5/v1", llm_local=True, llm2_base_url="https://model.example.com/v1", llm2_model="b"
    )
    assert settings.second
    assert isinstance(guarded(LLMWriter(settings.second), settings.second), PrivateWriter)
    admit(make_writer(settings, "llm"), brief(title=SECRET))


async def test_a_second_endpoint_elsewhere_gets_no_secret_and_no_personal_data() -> None:
    async def down(exchange: Exchange) -> None:
        await exchange.error(503, "Overloaded")

    with ScriptedServer(down) as near, ScriptedServer() as far:
        writer = StandIn(LLMWriter(settings_for(near.base_url)), private(far))
        with pytest.raises(WriterError, match="涉密不上网"):
            async for _ in writer.write(task(of=brief(title=SECRET))):
                pass
        assert far.requests == []
        writer = StandIn(LLMWriter(settings_for(near.base_url)), private(far))
        text = ""
        async for piece in writer.write(
            task(of=brief(*facts(f"电话{PHONE}", "巡查3次", "巡查4次", "巡查5次")))
        ):
            text += piece if isinstance(piece, str) else ""
    assert PHONE in text
    assert any(PHONE in body for body in bodies(near))
    assert not any(PHONE in body for body in bodies(far))
    assert len(sent_by(writer)) == len(far.requests)


async def test_two_endpoints_elsewhere_refuse_a_secret_brief_at_once() -> None:
    with ScriptedServer() as server, pytest.raises(WriterError, match="涉密不上网"):
        admit(StandIn(private(server), private(server)), brief(title=SECRET))


def test_names_of_the_settings_are_masked() -> None:
    writer = guarded(
        LLMWriter(settings_for("https://model.example.com/v1")),
        settings_for("https://model.example.com/v1", private_names="李明、欧阳晓月"),
    )
    assert isinstance(writer, PrivateWriter)
    assert (
        writer._mask_of(brief(Fact(id="F1", text="欧阳晓月和李明到场"))).text("李明、欧阳晓月")
        == "⟦姓名2⟧、⟦姓名1⟧"
    )


class Careless:
    """A writer that sends what it should not."""

    name, revises, tokens, cost = "careless", False, 0, None

    def __init__(self) -> None:
        self.on_request = lambda of, messages: None
        self.left: list[str] = []

    async def write(self, of: Task) -> AsyncGenerator[Piece, None]:
        text = f"电话{PHONE}"
        self.on_request(of, [("user", text)])
        self.left.append(text)
        yield "好。"


async def test_a_known_number_that_slipped_into_a_message_stops_the_request() -> None:
    inner = Careless()
    writer = PrivateWriter(inner, "model.example.com")
    with pytest.raises(WriterError, match="没有全部隐去"):
        await text_of(writer, task(of=brief(*facts(f"电话{PHONE}", "巡查3次", "巡查4次", "巡查5次"))))
    assert inner.left == []
    assert writer.sent == ()

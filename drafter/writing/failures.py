"""Says in one Chinese sentence what a model endpoint did wrong and how to mend it.

Reads what openai and LangChain raise without importing them: by `status_code`, `code` and the chain of
causes. The key never stands in a sentence.
"""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

from drafter.config import Settings
from drafter.errors import WriterError

QUOTED = 120
"""Most characters of an endpoint's own words that are passed on."""

NO_BALANCE = re.compile(
    r"insufficient.{0,3}(quota|balance|funds)|arrear|exceeded_current_quota|余额|欠费|billing", re.I
)
FILTERED = re.compile(r"content.?(filter|policy)|data_?inspection|sensitive|敏感|审核", re.I)
TOO_LONG = re.compile(
    r"context.?(length|window|size)|maximum context|too many tokens|prompt is too long|input.{0,12}too long",
    re.I,
)
NO_MODEL = re.compile(r"model|模型", re.I)
MODEL_MISSING = re.compile(r"model.{0,3}not.{0,3}found|model\b.{0,80}does not exist|模型.{0,40}不存在", re.I)
SECRET = re.compile(r"(sk|ak|key|Bearer)[-_ ][\w*.-]{4,}", re.I)

NO_ROUTE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN}

LATER = "请稍后重试"
ADDRESS = "请检查 DRAFTER_LLM_BASE_URL（通常以 /v1 结尾）"
KEY = "请检查 DRAFTER_LLM_API_KEY"
MODEL = "请检查 DRAFTER_LLM_MODEL"
SLOW = "请稍后重试，或调大 {} 、调小 DRAFTER_LLM_CONCURRENCY"


class EndpointError(WriterError):
    """The endpoint itself failed (connection, 5xx, no balance, too many requests, silence), whatever was
    asked of it: another endpoint may do better.
    """


class Cut(Exception):
    """An answer broke off after it had begun: worth one more try. `failure` is for when that fails too."""

    def __init__(self, failure: WriterError) -> None:
        super().__init__(str(failure))
        self.failure = failure


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error, then what caused it, then what caused that."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def words_of(error: BaseException) -> str:
    """What the endpoint says of an error: its message, code and type."""
    parts = [str(error), getattr(error, "code", None), getattr(error, "type", None)]
    return " ".join(str(part) for part in parts if part)


def quoted(error: BaseException, settings: Settings) -> str:
    """The endpoint's own words, fit to be shown: short, on one line, without the key or anything like one."""
    body = getattr(error, "body", None)
    said = str(body.get("message") or "") if isinstance(body, dict) else ""
    key = settings.llm_api_key.get_secret_value().strip()
    said = SECRET.sub("***", said.replace(key, "***") if key else said)
    said = " ".join(said.split())
    return f"：{said[:QUOTED]}" if said and "<" not in said else ""


def host_of(settings: Settings) -> str:
    """Host and port of the endpoint, without user name or password."""
    parts = urlsplit(settings.llm_base_url or "https://api.openai.com/v1")
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def explain(error: BaseException, settings: Settings) -> WriterError:
    """The WriterError for whatever a call of the endpoint raised."""
    status = getattr(error, "status_code", None)
    what, mend = (
        of_words(words_of(error))
        or (of_status(status, error, settings) if isinstance(status, int) else None)
        or of_connection(error, settings)
        or (f"模型服务中途报错{quoted(error, settings)}", LATER)
    )
    return (EndpointError if is_endpoints(error) else WriterError)(what, mend=mend)


def is_endpoints(error: BaseException) -> bool:
    """Whether the endpoint itself failed, rather than what was asked of it or how it is set."""
    words = words_of(error)
    if NO_BALANCE.search(words):
        return True
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return of_words(words) is None and (status in (402, 408, 429) or status >= 500)
    return of_words(words) is None and not any(isinstance(one, UnicodeEncodeError) for one in causes(error))


def no_such_model(error: BaseException) -> bool:
    """Whether the endpoint says that it has no such model."""
    status, words = getattr(error, "status_code", None), words_of(error)
    return bool(MODEL_MISSING.search(words)) or (status == 404 and bool(NO_MODEL.search(words)))


def broken_off(error: BaseException, settings: Settings) -> Cut:
    """The Cut for whatever ended an answer that had begun."""
    what, mend = of_words(words_of(error)) or (f"模型的应答中途断开{quoted(error, settings)}", LATER)
    return Cut((EndpointError if is_endpoints(error) else WriterError)(what, mend=mend))


def of_words(words: str) -> tuple[str, str] | None:
    """What endpoints name in words, under whichever status."""
    if NO_BALANCE.search(words):
        return "模型服务账户余额或额度不足", "请充值，或换一个模型服务"
    if TOO_LONG.search(words):
        return "本节内容超过模型的长度限制", "请减少本节的事实，或换上下文更长的模型"
    if FILTERED.search(words):
        return "模型服务的内容审核拦下了本节", "请检查本节事实的措辞，或改用模板写作"
    return None


def of_status(status: int, error: BaseException, settings: Settings) -> tuple[str, str]:
    """What an HTTP status means here."""
    model = settings.llm_model
    if no_such_model(error) and status < 500:
        return f"模型服务没有模型 {model}（{status}）", MODEL
    if 300 <= status < 400:
        return f"模型服务的地址转到了别处（{status}）", ADDRESS
    if status == 401:
        return "模型服务不认可密钥（401）", KEY
    if status == 402:
        return "模型服务账户余额或额度不足（402）", "请充值，或换一个模型服务"
    if status == 403:
        return f"密钥无权使用模型 {model}（403）", f"{KEY}和 DRAFTER_LLM_MODEL"
    if status == 404:
        return "模型服务地址不对（404）", ADDRESS
    if status == 408:
        return "模型服务等待超时（408）", LATER
    if status == 413:
        return "本节内容超过模型服务的限制（413）", "请减少本节的事实"
    if status == 429:
        return "模型服务请求过于频繁（429）", "请稍后重试，或调小 DRAFTER_LLM_CONCURRENCY"
    if status >= 500:
        return f"模型服务暂时出错（{status}）", LATER
    return f"模型服务不接受请求（{status}）{quoted(error, settings)}", f"{MODEL}和 DRAFTER_LLM_BASE_URL"


def of_connection(error: BaseException, settings: Settings) -> tuple[str, str] | None:
    """What went wrong below HTTP, or in reading the answer."""
    chain = list(causes(error))
    names = {type(cause).__name__ for cause in chain}
    text = " ".join(str(cause) for cause in chain)
    host = host_of(settings)
    if "CERTIFICATE_VERIFY_FAILED" in text or any(isinstance(cause, ssl.CertificateError) for cause in chain):
        return f"模型服务 {host} 的证书不受信任", "请安装单位的根证书，或用 SSL_CERT_FILE 指明证书文件"
    if any(isinstance(cause, ssl.SSLError) for cause in chain):
        return f"无法与模型服务 {host} 建立加密连接", "请检查 DRAFTER_LLM_BASE_URL 应为 http 还是 https"
    if any(isinstance(cause, socket.gaierror) for cause in chain):
        return f"找不到模型服务 {host}", "请检查网络和 DRAFTER_LLM_BASE_URL"
    if any(isinstance(cause, OSError) and cause.errno in NO_ROUTE for cause in chain):
        return f"没有通往模型服务 {host} 的网络", "请检查网线、网络设置，或请信息部门开通访问"
    if any(isinstance(cause, ImportError) for cause in chain) or "ProxyError" in names:
        return "无法使用所设的代理", "请检查 HTTP_PROXY、ALL_PROXY，或把模型服务地址加入 NO_PROXY"
    if any(isinstance(cause, TimeoutError) or "Timeout" in type(cause).__name__ for cause in chain):
        return f"模型服务 {host} 迟迟没有应答", SLOW.format("DRAFTER_LLM_TIMEOUT")
    if any(isinstance(cause, UnicodeEncodeError) for cause in chain):
        return "密钥中有中文或全角字符", f"{KEY}，只应有英文字母、数字和符号"
    if "APIConnectionError" in names or "ConnectError" in names or any(isinstance(c, OSError) for c in chain):
        return f"连接不上模型服务 {host}", "请检查网络，确认服务已启动且 DRAFTER_LLM_BASE_URL 正确"
    if isinstance(error, ValueError | LookupError | TypeError | AttributeError):
        return "模型服务的应答不是约定的格式（可能是网页）", ADDRESS
    return None

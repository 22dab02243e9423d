"""A real engine for tests: llama.cpp's own HTTP server with a tiny model whose weights are random.

    with TinyEngine(folder, ending=1 / 15) as engine:
        … base URL engine.base_url, model MODEL …

Tokenisation, usage, streaming and refusals are llama.cpp's; the text is random Chinese with figures in it. It
runs in a process of its own and listens on loopback only.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import gguf
import numpy as np

MODEL = "tiny"
END = "。\n〔完〕"
STOP = "</s>"
FIGURES = ("15公里", "300人", "2023年")
TEMPERATURE, KEPT = 0.3, 40
"""At which the chances hold: what drafter asks for, and how many of the likeliest tokens are drawn from."""
WIDTH, LAYERS, HEADS, INNER = 64, 2, 4, 128
NEVER = -40.0
STEADY = 8.0
"""What every token brings in its first dimension. No layer changes it, so that it weighs the output rows'
first column like a bias, which this architecture does not have."""

CHATML = (
    "{% for m in messages %}<s>{{ m['role'] }}\n{{ m['content'] }}</s>\n{% endfor %}"
    "{% if add_generation_prompt %}<s>assistant\n{% endif %}"
)


def vocabulary() -> tuple[list[str], list[gguf.TokenType]]:
    """Control tokens, all bytes, common characters, figures, punctuation, and the end mark as one token."""
    control = ["<unk>", "<s>", STOP]
    kinds = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL]
    octets = [f"<0x{octet:02X}>" for octet in range(256)]
    common = [bytes((high, low)) for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFF)]
    words = [*(pair.decode("gb2312") for pair in common), *"0123456789，。、；", *FIGURES, END]
    kinds += [gguf.TokenType.BYTE] * len(octets) + [gguf.TokenType.NORMAL] * len(words)
    return [*control, *octets, *words], kinds


def logits(
    tokens: list[str], kinds: list[gguf.TokenType], chances: Mapping[str, float]
) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Logits that give each of `chances` (0, or more than 1 / KEPT) about its probability."""
    normal = [kind == gguf.TokenType.NORMAL for kind in kinds]
    found = np.where(normal, 0.0, NEVER)
    for token, chance in chances.items():
        found[tokens.index(token)] = TEMPERATURE * np.log(chance * KEPT) if chance else NEVER
    return found.astype(np.float32)


def write_model(path: Path, *, ending: float, stopping: float) -> None:
    """A GGUF file; `ending` and `stopping` are the chances of the end mark and of the end at each token."""
    tokens, kinds = vocabulary()
    chance = np.random.default_rng(1)

    def random(*shape: int) -> np.ndarray[Any, np.dtype[np.float32]]:
        return chance.normal(0, 0.05, shape).astype(np.float32)

    def steady(*shape: int) -> np.ndarray[Any, np.dtype[np.float32]]:
        weights = random(*shape)
        weights[0] = 0
        return weights

    chances = {**dict.fromkeys((*FIGURES, "，", "。"), 0.05), END: ending, STOP: stopping}
    bias = logits(tokens, kinds, chances)
    embeddings, output = random(len(tokens), WIDTH), random(len(tokens), WIDTH)
    embeddings[:, 0] = STEADY
    output[:, 0] = bias / np.sqrt(WIDTH)
    ones = np.ones(WIDTH, dtype=np.float32)

    out = gguf.GGUFWriter(path, "llama")
    out.add_context_length(8192)
    out.add_embedding_length(WIDTH)
    out.add_block_count(LAYERS)
    out.add_feed_forward_length(INNER)
    out.add_head_count(HEADS)
    out.add_head_count_kv(HEADS)
    out.add_rope_dimension_count(WIDTH // HEADS)
    out.add_layer_norm_rms_eps(1e-5)
    out.add_tokenizer_model("llama")
    out.add_token_list(tokens)
    out.add_token_scores([0.0] * len(tokens))
    out.add_token_types(kinds)
    out.add_unk_token_id(0)
    out.add_bos_token_id(1)
    out.add_eos_token_id(2)
    out.add_add_space_prefix(False)
    out.add_chat_template(CHATML)
    out.add_tensor("token_embd.weight", embeddings)
    out.add_tensor("output_norm.weight", ones)
    out.add_tensor("output.weight", output)
    for layer in range(LAYERS):
        for name in ("attn_norm", "ffn_norm"):
            out.add_tensor(f"blk.{layer}.{name}.weight", ones)
        for name in ("attn_q", "attn_k", "attn_v"):
            out.add_tensor(f"blk.{layer}.{name}.weight", random(WIDTH, WIDTH))
        out.add_tensor(f"blk.{layer}.attn_output.weight", steady(WIDTH, WIDTH))
        for name in ("ffn_gate", "ffn_up"):
            out.add_tensor(f"blk.{layer}.{name}.weight", random(INNER, WIDTH))
        out.add_tensor(f"blk.{layer}.ffn_down.weight", steady(WIDTH, INNER))
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


class TinyEngine:
    """The server with a model of its own; a context manager.

    `ending` and `stopping` as for write_model; `context` is the room for prompt and answer in tokens, `most`
    the most tokens of one answer, `places` how many are written at once.
    """

    def __init__(
        self,
        folder: Path,
        *,
        ending: float = 0.0,
        stopping: float = 0.0,
        context: int = 8192,
        most: int = 200,
        places: int = 2,
    ) -> None:
        self._path = folder / "tiny.gguf"
        write_model(self._path, ending=ending, stopping=stopping)
        self._options = [str(context * places), str(most), str(places)]
        self.base_url = ""

    def __enter__(self) -> Self:
        command = [sys.executable, __file__, str(self._path), *self._options]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout
        self.base_url = next((line for line in self._process.stdout if line.startswith("http")), "").strip()
        assert self.base_url, "the engine did not start"
        return self

    def __exit__(self, *error: object) -> None:
        self.kill()
        self._process.communicate()

    def kill(self) -> None:
        """End the server at once."""
        self._process.kill()


def serve(model: str, context: int, most: int, places: int) -> None:
    """Serve the model until standard input closes; the base URL is the first line printed."""
    import xllamacpp  # type: ignore[import-untyped]

    params = xllamacpp.CommonParams()
    params.model.path = model
    params.model_alias = {MODEL}
    params.n_ctx, params.n_predict, params.n_parallel = context, most, places
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.warmup, params.fit_params, params.verbosity = False, False, 0
    server = xllamacpp.Server(params)
    print(f"{server.listening_address}/v1", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    serve(sys.argv[1], *map(int, sys.argv[2:]))

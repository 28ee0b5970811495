"""The built-in model's own small vocabulary, learned from captions and stored as an ordinary CLIP tokenizer."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.models import BPE
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.trainers import BpeTrainer
from transformers import CLIPTokenizer

from huebrush_backend.models.demo import TEXT_LENGTH

START, END = "<|startoftext|>", "<|endoftext|>"


def train_tokenizer(captions: Iterable[str], folder: Path, size: int = 1024) -> CLIPTokenizer:
    """Train a CLIP tokenizer with at most `size` words from `captions` and save it in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    bpe = Tokenizer(BPE(unk_token=END, end_of_word_suffix="</w>"))
    bpe.normalizer = Lowercase()  # pyright: ignore[reportAttributeAccessIssue]
    bpe.pre_tokenizer = Whitespace()  # pyright: ignore[reportAttributeAccessIssue]
    letters = [chr(code) for code in range(ord("!"), ord("~") + 1)]
    trainer = BpeTrainer(
        vocab_size=size,
        special_tokens=[START, END],
        initial_alphabet=letters,
        end_of_word_suffix="</w>",
        show_progress=False,
    )
    bpe.train_from_iterator(captions, trainer)
    model = json.loads(bpe.to_str())["model"]
    vocabulary = dict(model["vocab"])
    for letter in letters:  # CLIP marks a word's last letter; a rare letter may never be last in the captions
        vocabulary.setdefault(f"{letter}</w>", len(vocabulary))
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in model["merges"]]
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n")
    return CLIPTokenizer.from_pretrained(str(folder), model_max_length=TEXT_LENGTH, unk_token=END, pad_token=END)

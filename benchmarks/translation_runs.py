"""One measurement of `translation` in a process of its own: what, directory, beam."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

SENTENCE_END = ". "
MEMORY_TEXTS = 5_000
MEMORY_STEP = 500


def main() -> None:
    """Measure and print one line of JSON."""
    what, home, beam = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    texts = json.loads((home / "texts.json").read_text(encoding="utf-8"))
    measure = {"ours": ours, "peer": peer, "memory": memory}[what]
    print(json.dumps(measure(texts, home, beam) | {"peak_mb": peak_megabytes()}))


def peak_megabytes() -> float:
    """Peak resident memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def ours(texts: list[str], home: Path, beam: int) -> dict[str, Any]:
    """Translate cold, then from the cache on disk."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from translation_model import partners  # noqa: PLC0415 - the peer has none of this

    from normalize.translate import Translator  # noqa: PLC0415

    cache = home / f"cache-{beam}-{os.getpid()}.sqlite"
    translator = Translator("fr", models_dir=home / "models", beam_size=beam, cache=cache)
    translator.translate(["Batu."], "en")
    start, cpu_start = time.perf_counter(), time.process_time()
    found = translator.translate(texts, "en")
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
    start = time.perf_counter()
    translator.translate(texts, "en")
    warm_seconds = time.perf_counter() - start
    outputs = [translation.text or "" for translation in found]
    (home / "ours.json").write_text(json.dumps(outputs), encoding="utf-8")
    right = [a == partners(b) for a, b in zip(outputs, texts, strict=True)]
    return {
        "texts": len(texts),
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "warm_seconds": warm_seconds,
        "right": sum(right) / len(right),
        "ok": sum(translation.status == "ok" for translation in found) / len(found),
    }


class OurSentences:
    """In place of a splitter that would have to be downloaded."""

    def split_sentences(self, text: str) -> list[str]:
        """Divide an invented text."""
        parts = text.split(SENTENCE_END)
        return [f"{part}." for part in parts[:-1]] + parts[-1:]


def peer(texts: list[str], home: Path, beam: int) -> dict[str, Any]:
    """Translate with argostranslate, one call a text, at its own settings (beam 4)."""
    del beam
    os.environ |= {
        "HOME": str(home / "peer-home"),
        "ARGOS_PACKAGES_DIR": str(home / "models"),
        "ARGOS_DEVICE_TYPE": "cpu",
    }
    for name in ("stanza", "minisbd"):
        sys.modules[name] = ModuleType(name)
    sys.modules["minisbd"].__dict__.update(SBDetect=None, models=ModuleType("models"))
    sys.modules["minisbd"].models.list_models = list  # type: ignore[attr-defined]
    from argostranslate import translate as argos  # noqa: PLC0415

    translation = argos.get_translation_from_codes("en", "fr")
    translation.underlying.sentencizer = OurSentences()
    argos.translate("Batu.", "en", "fr")
    start, cpu_start = time.perf_counter(), time.process_time()
    outputs = [argos.translate(text, "en", "fr") for text in texts]
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
    (home / "peer.json").write_text(json.dumps(outputs), encoding="utf-8")
    return {"texts": len(texts), "seconds": seconds, "cpu_seconds": cpu_seconds}


def memory(texts: list[str], home: Path, beam: int) -> dict[str, Any]:
    """Translate many texts in batches as a crawl does; the memory must level off."""
    del texts, beam
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from translation_model import abstracts  # noqa: PLC0415

    from normalize.translate import Translator  # noqa: PLC0415

    translator = Translator("fr", models_dir=home / "models", beam_size=1)
    # First sentences alone, so that 5,000 different texts take minutes rather than hours.
    short = [text.partition(SENTENCE_END)[0] + "." for text in abstracts(MEMORY_TEXTS)]
    for at in range(0, len(short), MEMORY_STEP):
        translator.translate(short[at : at + MEMORY_STEP], "en")
        print(f"{at + MEMORY_STEP:6} texts  {current_megabytes():6.0f} MB", flush=True)
    return {"texts": len(short)}


def current_megabytes() -> float:
    """Resident memory of this process at the moment."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


if __name__ == "__main__":
    main()

"""Language identification: ``detect(text)`` says which language a text is in.

Evidence is weighed in this order: the script (line by line, so that an interface line in another
script does not decide), letters and function words within the script, the languages that the
source declares, statistics (py3langid, restricted to the script's languages), and where its lead
is small a second opinion (langdetect's profiles). Engines load on first use.
"""

from __future__ import annotations

from normalize.language.detector import UNDETERMINED, Detection, Method, detect

__all__ = ["UNDETERMINED", "Detection", "Method", "detect"]

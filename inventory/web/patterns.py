"""What the fields accept, as regular expressions (ECMA-262) for the description.

`inventory.web.fields` decides; these say the same to programs before they ask. Halves
of a surrogate pair cannot be named here, and no text in UTF-8 has one.
"""

from typing import Final

_CONTROLS: Final = r"\u0000-\u001f\u007f-\u009f"
_ALL_BUT_GROUP_SEPARATOR: Final = r"\u0000-\u001c\u001e\u001f\u007f-\u009f"
_SEPARATORS: Final = r"\u2028\u2029"
_DIRECTION_MARKS: Final = r"\u202a-\u202e\u2066-\u2069"
_BLANKS: Final = r" \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"

_SEEN: Final = f"[^{_CONTROLS}{_SEPARATORS}{_DIRECTION_MARKS}]"
_SCANNED: Final = f"[^{_ALL_BUT_GROUP_SEPARATOR}{_SEPARATORS}{_DIRECTION_MARKS}]"
_INKED: Final = f"[^{_CONTROLS}{_SEPARATORS}{_DIRECTION_MARKS}{_BLANKS}]"

# Characters that can be seen, or blanks.
PLAIN_LINE: Final = f"^{_SEEN}*$"
# The same with the group separators of a GS1 scan.
SCANNED_LINE: Final = f"^{_SCANNED}*$"
# The same with no blank at either end, and not empty.
TRIMMED_LINE: Final = f"^{_INKED}({_SEEN}*{_INKED})?$"

SHA256: Final = "^[0-9a-f]{64}$"  # in hex

_DAY: Final = "(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}"  # kernel.clock: 1900 to 2199
_TIME: Final = r"[0-9]{2}:[0-9]{2}:[0-5][0-9](\.[0-9]{1,6})?"

# With the formats `date` and `date-time`, which say more of days and hours.
DAY: Final = f"^{_DAY}$"
MOMENT: Final = f"^{_DAY}T{_TIME}(Z|[+-][0-9]{{2}}:[0-5][0-9])$"

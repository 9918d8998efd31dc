"""The nouns of a room that take numbers: channel 19 is not track 19."""

from __future__ import annotations

# Each noun of the room, with what people call it. A strip is a channel of the console.
NOUNS = {
    "ch": ("ch", "chs", "chan", "chans", "channel", "channels", "strip", "strips", "#"),
    "track": ("track", "tracks", "trk", "trks", "tk"),
    "group": ("group", "groups", "grp", "grps", "subgroup", "subgroups"),
    "bus": ("bus", "buss", "buses", "busses"),
    "vca": ("vca", "vcas"),
    "tie": ("tie", "ties", "tieline", "tielines", "tie line", "tie lines", "tie-line", "tie-lines"),
    "micline": ("mic line", "mic lines", "mic-line", "mic-lines", "micline", "miclines"),
    "aux": ("aux", "auxes", "auxs"),
    "cue": ("cue", "cues"),
    "row": ("row", "rows"),
    "mult": ("mult", "mults"),
    "box": ("box", "boxes"),
    "input": ("input", "inputs"),
    "output": ("output", "outputs"),
    "insert": ("insert", "inserts"),
    "return": ("return", "returns"),
    "send": ("send", "sends"),
    "meter": ("meter", "meters"),
    "head": ("head", "heads"),
    "pair": ("pair", "pairs"),
    "di": ("di", "dis"),
    "fader": ("fader", "faders"),
    "slot": ("slot", "slots"),
    "amp": ("amp", "amps"),
}
NOUN_OF = {word: noun for noun, words in NOUNS.items() for word in words}

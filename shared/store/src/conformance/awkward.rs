//! Texts that stores and queues have been known to change, refuse or mix up.

/// Each is a legal string, and none may come back as another.
pub(super) const TEXTS: [&str; 12] = [
    "plain",
    "",
    " with space ",
    "a#b",
    "a#b#link",
    "\u{fffe}\u{ffff}",
    "\u{0}\u{1}\u{8}\u{b}\u{1f}\u{7f}\u{85}",
    "tab\tline\nreturn\r\n",
    "quote\" back\\slash \\uffff \\\\ufffe",
    "😀👩‍👩‍👧‍👦\u{10ffff}\u{1fffe}",
    "\u{202e}שלום\u{202c} مرحبا",
    "<a&b>'\u{2028}\u{feff}",
];
